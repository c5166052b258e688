package dev.mgit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** One thing that happens to one stored file, chosen by a number alone: the same number hits the same bytes. */
record FileFault(Kind kind, String file, String other, double place) {
    /** What disks, careless copies and people do to files. */
    enum Kind {
        FLIPPED,
        TRUNCATED,
        DELETED,
        EMPTIED,
        SWAPPED,
        OLDER,
        FOLDER,
        APPENDED,
        ZEROED
    }

    /**
     * A fault in any file below a folder, each folder as likely as another so that a thousand objects do not hide the rest.
     *
     * @param within folders and files that are hit, relative to the root
     * @param older the same tree as it was before
     */
    static FileFault random(Random random, Path root, List<String> within, Path older) throws IOException {
        List<String> kinds = new ArrayList<>();
        List<String> files = new ArrayList<>();
        for (String start : within) {
            for (String file : filesBelow(root, start)) {
                files.add(file);
                if (!kinds.contains(kindOf(file))) {
                    kinds.add(kindOf(file));
                }
            }
        }
        String wanted = kinds.get(random.nextInt(kinds.size()));
        List<String> some = files.stream()
                .filter(file -> kindOf(file).equals(wanted))
                .sorted(Comparator.comparing(file -> root.resolve(file).toFile().length()))
                .toList();
        String file = some.get(random.nextInt(some.size()));
        Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
        if (kind == Kind.OLDER && !isOlder(root.resolve(file), older.resolve(file))) {
            kind = Kind.FLIPPED;
        }
        return new FileFault(kind, file, files.get(random.nextInt(files.size())), random.nextDouble());
    }

    private static boolean isOlder(Path file, Path older) throws IOException {
        return Files.isRegularFile(older) && Files.mismatch(file, older) >= 0;
    }

    private static List<String> filesBelow(Path root, String start) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve(start))) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> root.relativize(file).toString())
                    .filter(file -> !file.endsWith("/lock") && !file.endsWith("LOCK"))
                    .sorted()
                    .toList();
        }
    }

    /** What a file is one of: its path without numbers and ids. */
    static String kindOf(String file) {
        return file.replaceAll("[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{38}", "ID")
                .replaceAll("objects/[0-9a-f]{2}/", "objects/")
                .replaceAll("\\d{4,}", "N");
    }

    String kindOfFile() {
        return kindOf(file);
    }

    void hit(Path root, Path older) throws IOException {
        Path hit = root.resolve(file);
        if (!hit.toFile().setWritable(true)) {
            throw new IOException("cannot make writable: " + hit);
        }
        byte[] bytes = Files.readAllBytes(hit);
        int at = (int) (place * bytes.length);
        switch (kind) {
            case FLIPPED -> Files.write(hit, flipped(bytes, at));
            case TRUNCATED -> Files.write(hit, Arrays.copyOf(bytes, at));
            case DELETED -> Files.delete(hit);
            case EMPTIED -> Files.write(hit, new byte[0]);
            case SWAPPED -> swap(hit, root.resolve(other), bytes);
            case OLDER -> Files.copy(older.resolve(file), hit, StandardCopyOption.REPLACE_EXISTING);
            case FOLDER -> {
                Files.delete(hit);
                Files.createDirectory(hit);
            }
            case APPENDED -> Files.write(hit, random(at), StandardOpenOption.APPEND);
            case ZEROED -> {
                Arrays.fill(bytes, at - at % 512, Math.min(bytes.length, at - at % 512 + 512), (byte) 0);
                Files.write(hit, bytes);
            }
            default -> throw new AssertionError(kind);
        }
    }

    private byte[] flipped(byte[] bytes, int at) {
        if (bytes.length > 0) {
            bytes[at] ^= (byte) (1 << (int) (place * 8192) % 8);
        }
        return bytes;
    }

    private static void swap(Path hit, Path with, byte[] bytes) throws IOException {
        if (with.toFile().setWritable(true)) {
            Files.write(hit, Files.readAllBytes(with));
            Files.write(with, bytes);
        }
    }

    private static byte[] random(int seed) {
        byte[] bytes = new byte[1 + seed % 600];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
