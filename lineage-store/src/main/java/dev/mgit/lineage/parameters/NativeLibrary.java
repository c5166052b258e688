package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/**
 * RocksDB's native library, unpacked once into a folder that is kept rather than at every start into a temporary one.
 */
public final class NativeLibrary {
    /** System property naming the folder; without it RocksDB unpacks for itself. */
    static final String FOLDER_PROPERTY = "mgit.native.dir";

    private static boolean loaded;

    private NativeLibrary() {}

    /** @throws MgitException of kind FAILED if it cannot be unpacked or started here */
    public static String version() {
        load();
        return RocksDB.rocksdbVersion().toString();
    }

    /** The folder that it is unpacked into; empty if that is a temporary one. */
    public static Optional<String> folder() {
        return Optional.of(System.getProperty(FOLDER_PROPERTY, "")).filter(folder -> !folder.isEmpty());
    }

    /** @throws MgitException of kind FAILED if the library cannot be unpacked or started here */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        String folder = System.getProperty(FOLDER_PROPERTY, "");
        try {
            if (folder.isEmpty()) {
                RocksDB.loadLibrary();
            } else {
                RocksDB.loadLibrary(List.of(unpacked(Path.of(folder)).toString()));
            }
        } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
            String place = folder.isEmpty() ? System.getProperty("java.io.tmpdir") : folder;
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the parameter store's native library cannot be loaded from " + place,
                    "the folder must be writable, have 20 MB free and not be mounted noexec",
                    e);
        }
        loaded = true;
    }

    /** The folder that holds this version's library, named by its size so that an update never meets an old file. */
    private static Path unpacked(Path parent) throws IOException {
        String name = Environment.getJniLibraryFileName("rocksdb");
        try (InputStream in = RocksDB.class.getClassLoader().getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no RocksDB library for this platform: " + name);
            }
            var connection = RocksDB.class.getClassLoader().getResource(name).openConnection();
            Path folder = parent.resolve("rocksdb-" + connection.getContentLengthLong());
            // The name RocksDB gives it when it looks into folders, which is not that of the resource.
            Path library = folder.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
            if (Files.notExists(library)) {
                Files.createDirectories(folder);
                Path temporary = Files.createTempFile(folder, name, ".new");
                Files.copy(in, temporary, StandardCopyOption.REPLACE_EXISTING);
                Files.move(temporary, library, StandardCopyOption.ATOMIC_MOVE);
            }
            return folder;
        }
    }
}
