package dev.mgit.lineage.parameters;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.NativeFiles;
import dev.mgit.delta.codec.ZstdLibrary;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/** The native libraries that the store runs on: RocksDB and zstd. */
public final class NativeLibrary {
    private static boolean loaded;

    private NativeLibrary() {}

    /** @throws MgitException of kind FAILED if RocksDB cannot be unpacked or started here */
    public static String version() {
        load();
        return RocksDB.rocksdbVersion().toString();
    }

    /** @throws MgitException of kind FAILED if a library cannot be unpacked or started here */
    static synchronized void load() {
        if (loaded) {
            return;
        }
        AddressSpace.require();
        try {
            Optional<Path> folder = NativeFiles.folder();
            if (folder.isEmpty()) {
                RocksDB.loadLibrary();
            } else {
                RocksDB.loadLibrary(List.of(unpacked(folder.get()).toString()));
            }
        } catch (IOException | RuntimeException | UnsatisfiedLinkError e) {
            throw NativeFiles.notLoaded("the parameter store", e);
        }
        ZstdLibrary.load();
        loaded = true;
    }

    /** The folder that holds this version's library under the name that RocksDB gives it when it looks into folders. */
    private static Path unpacked(Path parent) throws IOException {
        String name = Environment.getJniLibraryFileName("rocksdb");
        URL resource = RocksDB.class.getClassLoader().getResource(name);
        if (resource == null) {
            throw new IOException("no RocksDB library for this platform: " + name);
        }
        String wanted = Environment.getJniLibraryFileName("rocksdbjni");
        return NativeFiles.unpacked(parent, "rocksdb", resource, wanted).resolveSibling("");
    }
}
