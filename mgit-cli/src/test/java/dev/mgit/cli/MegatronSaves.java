package dev.mgit.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Legacy Megatron-LM checkpoints, written by the real torch ({@code resources/megatron/make.py}). Made weights. */
final class MegatronSaves {
    private MegatronSaves() {}

    /** Lays all of them out, a folder each. */
    static void unpack(Path target) throws IOException {
        unpack("", target);
    }

    /** Lays one of them out, such as {@code tp2}. */
    static void unpack(String save, Path target) throws IOException {
        String prefix = save.isEmpty() ? "" : save + "/";
        try (InputStream in = Objects.requireNonNull(MegatronSaves.class.getResourceAsStream("/megatron/ranks.zip"));
                var zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().startsWith(prefix)) {
                    Path file = target.resolve(entry.getName().substring(prefix.length()));
                    Files.createDirectories(file.getParent());
                    Files.write(file, zip.readAllBytes());
                }
            }
        }
    }
}
