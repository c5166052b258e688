package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Below {@code .mgit} there are files and folders only. A link would turn what mgit writes, empties or removes there to
 * any other place; a pipe or a device would hold it up.
 */
final class PlainFiles {
    /** What is only ever read, renamed into place or removed by its name, and what commands of the user's left. */
    private static final Pattern SKIPPED =
            Pattern.compile("lineage\\.git/objects/[0-9a-f]{2}|hooks/[^/]+/[^/]+|merge/[^/]+");

    /** What every command reads as a file, if it is there. */
    private static final List<String> FILES = List.of(
            "format",
            "id",
            "config",
            "operations",
            "operations.head",
            "lock",
            "bisect",
            "lineage.git/config",
            "lineage.git/HEAD",
            "lineage.git/packed-refs");

    private PlainFiles() {}

    /** Folders where there belongs a file. */
    static List<Path> foldersForFiles(RepositoryFiles files) {
        List<Path> folders = new ArrayList<>();
        for (String name : FILES) {
            Path file = files.mgit().resolve(name);
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                folders.add(file);
            }
        }
        return folders;
    }

    /** @throws MgitException of kind INTEGRITY if there is a folder where there belongs a file */
    static void requireFiles(RepositoryFiles files) {
        for (Path folder : foldersForFiles(files)) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    folder + " is damaged: it is a folder, not a file",
                    folder.equals(files.lockFile()) ? "remove it" : "run 'mgit fsck --repair', which puts it aside");
        }
    }

    /** The entries every command comes by. */
    static void require(RepositoryFiles files) throws IOException {
        requireEntries(files.mgit());
        for (Path folder : List.of(
                files.lineage(),
                files.index(),
                files.hooks(),
                files.mgit().resolve("checkouts"),
                files.mgit().resolve("journal"))) {
            if (Files.isDirectory(folder)) {
                requireEntries(folder);
            }
        }
    }

    /** What there is where RocksDB reads: it would wait for ever for a pipe to say something. */
    static void requireParameters(RepositoryFiles files) {
        try {
            if (Files.isDirectory(files.parameters())) {
                requireEntries(files.parameters());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loose objects of the lineage, which are too many to look at before each command. */
    static void requireObjects(RepositoryFiles files) throws IOException {
        Path objects = files.lineage().resolve("objects");
        if (Files.isDirectory(objects)) {
            requireEntries(objects);
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(objects)) {
                for (Path folder : folders) {
                    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                        requireEntries(folder);
                    }
                }
            }
        }
    }

    private static void requireEntries(Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)
                        && !Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)
                        && Files.exists(entry, LinkOption.NOFOLLOW_LINKS)) {
                    throw refused(entry);
                }
            }
        }
    }

    /** All that a command which changes the repository may come by. */
    static void requireAll(RepositoryFiles files) throws IOException {
        Path mgit = files.mgit().toRealPath(); // may itself be a link
        Files.walkFileTree(mgit, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = mgit.relativize(folder).toString().replace('\\', '/');
                return SKIPPED.matcher(name).matches() ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!attributes.isRegularFile()) {
                    throw refused(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException gone) {
                return FileVisitResult.CONTINUE; // a reader's temporary file, or one that may not be read
            }
        });
    }

    private static MgitException refused(Path entry) {
        boolean link = Files.isSymbolicLink(entry);
        return new MgitException(
                MgitException.Kind.INTEGRITY,
                entry + (link ? " is a link, and mgit follows none below .mgit" : " is neither a file nor a folder"),
                link
                        ? "put what it leads to in its place; to keep a repository elsewhere, make .mgit itself the link"
                        : "remove it");
    }
}
