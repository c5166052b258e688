package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.DurableNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * How far RocksDB's list of files had come when it was last written for sure. RocksDB takes a list that ends early for one
 * that a crash cut short, opens the older state, and removes the files that this does not name: all that was committed since.
 * So a line beside the list, {@code NAME LENGTH CHECKSUM}, says what it has to begin with. It is written after RocksDB has
 * synced the list, and is not synced itself: one that is behind, torn or missing asks for less.
 */
final class Acknowledged {
    static final String FILE = "acknowledged";

    private static final Pattern LINE = Pattern.compile("MANIFEST-(\\d{1,18}) (\\d{1,9}) ([0-9a-f]{8})\\n");
    private static final Pattern LIST = Pattern.compile("MANIFEST-(\\d{1,18})\\n");

    private Acknowledged() {}

    /** Writes down what there is now. The caller holds the writer lock, and has flushed the store. */
    static void write(Path directory) {
        try {
            Optional<Long> number = number(directory);
            if (number.isPresent()) {
                String name = name(number.get());
                byte[] list = Files.readAllBytes(directory.resolve(name));
                Files.writeString(
                        directory.resolve(FILE),
                        name + " " + list.length + " " + checksum(list, list.length) + "\n",
                        StandardCharsets.US_ASCII);
            }
        } catch (IOException e) {
            // what was committed is stored; the line that is there, or what is left of it, asks for less
        }
    }

    /**
     * Sees that the list is not an older one, before RocksDB acts on it.
     *
     * @throws MgitException of kind INTEGRITY
     */
    static void require(Path directory) {
        try {
            Matcher line = LINE.matcher(text(directory.resolve(FILE)));
            Optional<Long> now = number(directory);
            if (line.matches() && now.isPresent()) {
                require(directory, Long.parseLong(line.group(1)), now.get(), line);
            }
        } catch (NoSuchFileException e) {
            // a writer has begun a new list meanwhile, or one is missing, as RocksDB will say
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether the power failed as RocksDB went over to a new list: its name is in {@code CURRENT}, and the list is not there. What
     * was acknowledged is in the one before.
     */
    static boolean isBehind(Path directory) {
        try {
            Matcher line = LINE.matcher(text(directory.resolve(FILE)));
            Optional<Long> now = number(directory);
            if (!line.matches() || now.isEmpty() || Files.exists(directory.resolve(name(now.get())))) {
                return false;
            }
            long then = Long.parseLong(line.group(1));
            Path list = directory.resolve(name(then));
            return then < now.get() && Files.isRegularFile(list) && begins(list, line);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Goes back to the list before, if {@link #isBehind}. The caller holds the writer lock. */
    static void goBack(Path directory) throws IOException {
        if (isBehind(directory)) {
            Matcher line = LINE.matcher(text(directory.resolve(FILE)));
            if (line.matches()) {
                Path temporary = directory.resolve("000000.dbtmp"); // RocksDB removes what is called so
                Files.writeString(
                        temporary,
                        name(Long.parseLong(line.group(1))) + "\n",
                        StandardCharsets.US_ASCII,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DSYNC);
                Files.move(
                        temporary,
                        directory.resolve(StoreFiles.CURRENT),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
                DurableNames.sync(directory);
            }
        }
    }

    private static boolean begins(Path list, Matcher line) throws IOException {
        byte[] bytes = Files.readAllBytes(list);
        int length = Integer.parseInt(line.group(2));
        return bytes.length >= length && checksum(bytes, length).equals(line.group(3));
    }

    private static void require(Path directory, long then, long now, Matcher line) throws IOException {
        Path list = directory.resolve(name(now));
        if (now < then) {
            throw older(directory.resolve(StoreFiles.CURRENT) + " names " + name(now) + ", which came before "
                    + name(then));
        }
        if (now == then && Files.isRegularFile(list) && !begins(list, line)) {
            throw older(list + " is not what it was when the last commit was acknowledged");
        }
    }

    private static StoreException older(String why) {
        return new StoreException(
                MgitException.Kind.INTEGRITY, "the parameter store is damaged: " + why, RocksFailures.REPAIR);
    }

    private static Optional<Long> number(Path directory) throws IOException {
        Matcher current = LIST.matcher(text(directory.resolve(StoreFiles.CURRENT)));
        return current.matches() ? Optional.of(Long.valueOf(current.group(1))) : Optional.empty();
    }

    private static String name(long number) {
        return "MANIFEST-%06d".formatted(number);
    }

    private static String text(Path file) throws IOException {
        return Files.isRegularFile(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    }

    private static String checksum(byte[] bytes, int length) {
        var crc = new CRC32C();
        crc.update(bytes, 0, length);
        return "%08x".formatted(crc.getValue());
    }
}
