package dev.mgit.bench;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What lies on disk. */
final class Contents {
    private Contents() {}

    /** Bytes of all files below a folder. */
    static long bytesBelow(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).mapToLong(Contents::size).sum();
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean isSame(Path given, Path back) throws IOException {
        return Files.isRegularFile(back) && Files.mismatch(given, back) < 0;
    }

    /** @throws MgitException of kind INTEGRITY if what came back is not what was given */
    static void requireSame(String tool, Path given, Path back) throws IOException {
        if (!isSame(given, back)) {
            throw MgitException.integrity(tool + ": round trip of '" + given.getFileName() + "' failed");
        }
    }

    /** Writes the first bytes of a file to another. */
    static Path head(Path file, long bytes, Path target) throws IOException {
        try (InputStream in = Files.newInputStream(file);
                OutputStream out = Files.newOutputStream(target)) {
            byte[] buffer = new byte[1 << 16];
            long left = bytes;
            while (left > 0) {
                int got = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (got < 0) {
                    break;
                }
                out.write(buffer, 0, got);
                left -= got;
            }
        }
        return target;
    }
}
