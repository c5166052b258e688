package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** The files of a parameter store, by which a reader tells a writer at work from damage. */
final class StoreFiles {
    /** Names the file that lists all others. */
    static final String CURRENT = "CURRENT";

    private StoreFiles() {}

    /**
     * A store without its list is not a new store: RocksDB would take it for one, and remove what is not listed.
     *
     * @throws MgitException of kind INTEGRITY
     */
    static void requireCurrent(Path directory) {
        Path current = directory.resolve(CURRENT);
        if (Files.notExists(current) && holdsAnything(directory)) {
            throw new StoreException(
                    MgitException.Kind.INTEGRITY,
                    "cannot open the parameter store: " + current + " is missing",
                    RocksFailures.REPAIR);
        }
    }

    /** Whether anything was ever stored; a store that was not made to the end, on a full disk, is made anew. */
    static boolean holdsAnything(Path directory) {
        if (Files.notExists(directory)) {
            return false;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{sst,blob}")) {
            return files.iterator().hasNext();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every file's name and size in bytes, but for RocksDB's own log, to which readers write too. */
    static Map<String, Long> sizes(Path directory) {
        Map<String, Long> sizes = new TreeMap<>();
        if (Files.notExists(directory)) {
            return sizes;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                try {
                    if (!name.startsWith("LOG")) {
                        sizes.put(name, Files.size(file));
                    }
                } catch (NoSuchFileException e) {
                    // went away between listing and looking
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sizes;
    }

    /** RocksDB never removes what a killed process left while it wrote its options. The caller holds the writer lock. */
    static void removeUnfinishedOptions(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "OPTIONS-*.dbtmp")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }
}
