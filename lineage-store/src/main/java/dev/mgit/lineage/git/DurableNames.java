package dev.mgit.lineage.git;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Names of files that outlive a power failure. Syncing a file keeps its content; that it exists, under this name, is kept
 * by syncing its folder.
 */
public final class DurableNames {
    private DurableNames() {}

    /** Makes what was created, renamed and removed in a folder durable, where the operating system can. */
    public static void sync(Path folder) throws IOException {
        if (System.getProperty("os.name", "").startsWith("Windows")) {
            return; // folders cannot be opened there, and renames are journaled by the file system
        }
        force(folder);
    }

    /** Makes a folder, and those it is to be in, each of them with its name on disk. */
    public static void createFolders(Path folder) throws IOException {
        Path above = folder.toAbsolutePath().getParent();
        if (above == null || Files.isDirectory(folder)) {
            return;
        }
        createFolders(above);
        try {
            createFolder(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
            sync(above); // somebody else's is as good
        }
    }

    /**
     * Makes a folder in one that is there, with its name on disk.
     *
     * @throws FileAlreadyExistsException if there is something of that name
     */
    public static void createFolder(Path folder) throws IOException {
        Files.createDirectory(folder);
        sync(Objects.requireNonNull(folder.toAbsolutePath().getParent(), "the root is there"));
    }

    /** Makes a folder durable with all it holds. */
    public static void syncTree(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    sync(path);
                } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                    force(path);
                }
            }
        }
    }

    /** Makes the names of references durable, be they files of their own or in the file that packs them. */
    static void syncReferences(Path git, Collection<String> references) throws IOException {
        Set<Path> folders = new LinkedHashSet<>(Set.of(git));
        for (String reference : references) {
            Path folder = git.resolve(reference).getParent();
            while (folder != null && folders.add(folder)) {
                folder = folder.getParent();
            }
        }
        for (Path folder : folders) {
            if (folder.startsWith(git) && Files.isDirectory(folder)) {
                sync(folder);
            }
        }
    }

    /** Makes the names below a folder durable, not what the files hold. */
    public static void syncFolders(Path folder) throws IOException {
        try (Stream<Path> tree = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) tree::iterator) {
                if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                    sync(path);
                }
            }
        }
    }

    private static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
