package dev.mgit.lineage.sign;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The digests of the files in a folder, each read once. */
final class FolderFiles {
    private static final int CHUNK = 1 << 20;

    private FolderFiles() {}

    /**
     * @param ignored paths below the folder that are passed over
     * @throws MgitException of kind USAGE if there is no such folder, FAILED if it has a link, which may lead anywhere
     */
    static ModelFiles of(Path folder, List<String> ignored) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw MgitException.usage("there is no folder " + folder);
        }
        Map<String, String> digests = new LinkedHashMap<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes) {
                return !inner.equals(folder) && ModelFiles.ignored(name(inner), ignored)
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                String name = name(file);
                if (!ModelFiles.ignored(name, ignored)) {
                    if (!attributes.isRegularFile()) {
                        throw new MgitException(
                                MgitException.Kind.FAILED,
                                "'" + name + "' in " + folder + " is a link or a special file, which was not signed",
                                "verify a copy with the files themselves");
                    }
                    digests.put(name, digest(file));
                }
                return FileVisitResult.CONTINUE;
            }

            private String name(Path inner) {
                return folder.relativize(inner).toString().replace('\\', '/');
            }
        });
        return new ModelFiles(digests);
    }

    private static String digest(Path file) throws IOException {
        MessageDigest digest = Hashes.sha256();
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] chunk = new byte[CHUNK];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
