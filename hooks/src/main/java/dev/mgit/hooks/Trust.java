package dev.mgit.hooks;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one user has accepted to run in one repository, by digest: a changed text is a new one. The list is a file of
 * the user's own, outside the repository, so that no copy of it brings its trust along; one {@code DIGEST  NAME} a line.
 */
public final class Trust {
    /**
     * Something that may run here once accepted.
     *
     * @param name for people: a registry path, or {@code recipe of MODEL}
     * @param content what would run, as it is shown
     */
    public record Item(String name, String digest, String content) {
        public static Item of(String name, byte[] content) {
            return new Item(name, FolderTools.digest(content), new String(content, StandardCharsets.UTF_8));
        }
    }

    private final Path file;

    public Trust(Path file) {
        this.file = file;
    }

    public boolean accepts(Item item) {
        return lines().stream().anyMatch(line -> line.startsWith(item.digest() + " "));
    }

    /** Whether anything of a name that begins so was accepted. */
    public boolean acceptsAny(String beginning) {
        return lines().stream().anyMatch(line -> line.startsWith("  " + beginning, line.indexOf(' ')));
    }

    public void accept(Item item) {
        accept(List.of(item));
    }

    public synchronized void accept(Collection<Item> items) {
        var lines = new TreeSet<>(linesToKeep());
        items.stream()
                .filter(item -> !accepts(item))
                .forEach(item -> lines.add(item.digest() + "  " + item.name().replace('\n', ' ')));
        write(lines);
    }

    public synchronized void withdraw(String digest) {
        var lines = new TreeSet<>(linesToKeep());
        lines.removeIf(line -> line.startsWith(digest + " "));
        write(lines);
    }

    /** @throws MgitException if the user has no place to keep the list in */
    public void requireWritable() {
        Path there = file.toAbsolutePath().getParent();
        while (there != null && Files.notExists(there)) {
            there = there.getParent();
        }
        if (there == null || !Files.isDirectory(there) || !Files.isWritable(there)) {
            throw nowhere(null);
        }
    }

    private void write(Set<String> lines) {
        try {
            FolderTools.replace(file, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (UncheckedIOException e) {
            throw nowhere(e);
        }
    }

    private MgitException nowhere(@Nullable Throwable cause) {
        return new MgitException(
                MgitException.Kind.FAILED,
                "what you trust cannot be written down: there is no writing to " + file.getParent(),
                "set HOME, or XDG_STATE_HOME to a folder of your own",
                cause);
    }

    private List<String> lines() {
        try {
            return read();
        } catch (FileSystemException e) {
            return List.of(); // nothing was ever accepted, or there is no place to keep it
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A list that is there and cannot be read is not written over. */
    private List<String> linesToKeep() {
        try {
            return Files.exists(file) ? read() : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> read() throws IOException {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> !line.isBlank()).toList();
        }
    }
}
