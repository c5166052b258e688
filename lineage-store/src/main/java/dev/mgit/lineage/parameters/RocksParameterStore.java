package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteOptions;

/**
 * Blocks and objects in two column families of one RocksDB database. Frames are large and already compressed, so they
 * lie in blob files, uncompressed by RocksDB. Nothing goes through a write-ahead log: a commit flushes once, before
 * its version becomes visible, and what a crash loses was never acknowledged.
 */
public final class RocksParameterStore implements ParameterStore {
    private static final byte[] BLOCKS = "blocks".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OBJECTS = "objects".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FORMAT_KEY = "format".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;

    /** Frames below this size stay in the sorted tables, where a read costs one access less. */
    private static final int MIN_BLOB_BYTES = 4096;

    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    private static final int WRITE_BUFFERS = 4;
    private static final long BLOCK_CACHE_BYTES = 8L << 20;
    private static final double BLOOM_BITS = 10;
    private static final int OPEN_ATTEMPTS = 5;

    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final Path directory;
    private final WriteOptions unlogged;
    private final RocksDB db;
    private final ColumnFamilyHandle blocks;
    private final ColumnFamilyHandle objects;

    private RocksParameterStore(Path directory, boolean writable) throws RocksDBException {
        this.directory = directory;
        this.unlogged = closing(new WriteOptions().setDisableWAL(true));
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        List<ColumnFamilyDescriptor> families = List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions(false)),
                new ColumnFamilyDescriptor(BLOCKS, familyOptions(true)),
                new ColumnFamilyDescriptor(OBJECTS, familyOptions(false)));
        DBOptions options = databaseOptions();
        this.db = writable
                ? RocksDB.open(options, directory.toString(), families, handles)
                : RocksDB.openReadOnly(options, directory.toString(), families, handles);
        closeables.add(db);
        closeables.addAll(handles);
        this.blocks = handles.get(1);
        this.objects = handles.get(2);
    }

    /** Opens for reading and writing, creating the database if there is none. The caller holds the writer lock. */
    public static RocksParameterStore openWritable(Path directory) {
        NativeLibrary.load();
        try {
            Files.createDirectories(directory);
            var store = new RocksParameterStore(directory, true);
            store.checkFormat(true);
            return store;
        } catch (RocksDBException e) {
            throw failure("cannot open the parameter store", directory, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Opens a snapshot for reading. Every file is opened at once, so that a writer's clean-up cannot pull one away
     * later; if it does so while they are being opened, opening is tried again.
     *
     * @return empty if nothing was ever stored
     */
    public static Optional<RocksParameterStore> openReadOnly(Path directory) {
        if (Files.notExists(directory.resolve("CURRENT"))) {
            return Optional.empty();
        }
        NativeLibrary.load();
        for (int attempt = 1; ; attempt++) {
            try {
                var store = new RocksParameterStore(directory, false);
                store.checkFormat(false);
                return Optional.of(store);
            } catch (RocksDBException e) {
                if (attempt == OPEN_ATTEMPTS) {
                    throw failure("cannot open the parameter store", directory, e);
                }
            }
        }
    }

    private <T extends AutoCloseable> T closing(T resource) {
        closeables.add(resource);
        return resource;
    }

    private DBOptions databaseOptions() {
        return closing(new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setAtomicFlush(true)
                .setMaxOpenFiles(-1)
                .setMaxBackgroundJobs(2)
                .setDbWriteBufferSize(WRITE_BUFFER_BYTES * WRITE_BUFFERS)
                .setInfoLogLevel(InfoLogLevel.ERROR_LEVEL)
                .setKeepLogFileNum(1));
    }

    private ColumnFamilyOptions familyOptions(boolean blobs) {
        var table = new BlockBasedTableConfig()
                .setBlockCache(closing(new LRUCache(BLOCK_CACHE_BYTES)))
                .setFilterPolicy(closing(new BloomFilter(BLOOM_BITS)));
        var options = closing(new ColumnFamilyOptions())
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMaxWriteBufferNumber(WRITE_BUFFERS)
                .setTableFormatConfig(table);
        if (blobs) {
            options.setEnableBlobFiles(true)
                    .setMinBlobSize(MIN_BLOB_BYTES)
                    .setBlobCompressionType(CompressionType.NO_COMPRESSION)
                    .setEnableBlobGarbageCollection(true)
                    .setBlobGarbageCollectionAgeCutoff(1.0);
        }
        return options;
    }

    private void checkFormat(boolean create) throws RocksDBException {
        byte[] stored = db.get(FORMAT_KEY);
        if (stored == null) {
            if (create) {
                db.put(unlogged, FORMAT_KEY, new byte[] {FORMAT});
            }
            return;
        }
        if (stored.length != 1 || stored[0] > FORMAT) {
            close();
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the parameter store in " + directory + " has format " + stored[0] + ", this mgit reads up to "
                            + FORMAT,
                    "use a newer mgit");
        }
    }

    @Override
    public Optional<byte[]> frame(BlockId id) {
        return Optional.ofNullable(get(blocks, id.bytes(), "block " + id.hex()));
    }

    @Override
    public boolean hasBlock(BlockId id) {
        return db.keyExists(blocks, id.bytes());
    }

    @Override
    public Optional<StoredObject> object(ObjectId id) {
        return Optional.ofNullable(get(objects, key(id), "object " + id.hex()))
                .map(stored -> StoredObject.decode(id, stored));
    }

    @Override
    public boolean hasObject(ObjectId id) {
        return db.keyExists(objects, key(id));
    }

    private static byte[] key(ObjectId id) {
        return HexFormat.of().parseHex(id.hex());
    }

    private byte @Nullable [] get(ColumnFamilyHandle family, byte[] key, String what) {
        try {
            return db.get(family, key);
        } catch (RocksDBException e) {
            throw failure("cannot read " + what, directory, e);
        }
    }

    @Override
    public void forEachBlock(BiConsumer<BlockId, byte[]> visitor) {
        forEach(blocks, (key, value) -> visitor.accept(BlockId.of(key), value));
    }

    @Override
    public void forEachObject(Consumer<StoredObject> visitor) {
        forEach(
                objects,
                (key, value) -> visitor.accept(
                        StoredObject.decode(new ObjectId(HexFormat.of().formatHex(key)), value)));
    }

    private void forEach(ColumnFamilyHandle family, BiConsumer<byte[], byte[]> visitor) {
        try (RocksIterator iterator = db.newIterator(family)) {
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                visitor.accept(iterator.key(), iterator.value());
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw failure("cannot read the parameter store", directory, e);
        }
    }

    private interface Write {
        void run() throws RocksDBException;
    }

    private void writing(Write write) {
        try {
            write.run();
        } catch (RocksDBException e) {
            throw failure("cannot write to the parameter store", directory, e);
        }
    }

    @Override
    public void putBlock(BlockId id, byte[] frame) {
        writing(() -> db.put(blocks, unlogged, id.bytes(), frame));
    }

    @Override
    public void putObject(StoredObject object) {
        writing(() -> db.put(objects, unlogged, key(object.id()), object.encode()));
    }

    @Override
    public void removeBlock(BlockId id) {
        writing(() -> db.delete(blocks, unlogged, id.bytes()));
    }

    @Override
    public void removeObject(ObjectId id) {
        writing(() -> db.delete(objects, unlogged, key(id)));
    }

    @Override
    public void flush() {
        writing(() -> {
            try (var options = new FlushOptions().setWaitForFlush(true)) {
                db.flush(options, List.of(db.getDefaultColumnFamily(), blocks, objects));
            }
        });
    }

    @Override
    public void compact() {
        writing(() -> {
            for (ColumnFamilyHandle family : List.of(blocks, objects)) {
                try (var options = new CompactRangeOptions()
                        .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForce)) {
                    db.compactRange(family, null, null, options);
                }
            }
        });
    }

    /** Says in the user's words what RocksDB said in its own. */
    private static MgitException failure(String what, Path directory, RocksDBException e) {
        Status status = e.getStatus();
        boolean full = status != null && status.getSubCode() == Status.SubCode.NoSpace
                || String.valueOf(e.getMessage()).contains("No space left on device"); // where it wraps the status away
        if (full) {
            return new MgitException(
                    MgitException.Kind.FAILED,
                    what + ": no space left on the disk that holds " + directory,
                    "free some space and run the command again; nothing was changed",
                    e);
        }
        boolean damaged = status != null && status.getCode() == Status.Code.Corruption;
        return new MgitException(
                damaged ? MgitException.Kind.INTEGRITY : MgitException.Kind.FAILED,
                what + " in " + directory + ": " + e.getMessage(),
                damaged ? "run 'mgit fsck'" : null,
                e);
    }

    @Override
    public void close() {
        for (int i = closeables.size() - 1; i >= 0; i--) {
            try {
                closeables.get(i).close();
            } catch (Exception e) {
                throw new IllegalStateException("RocksDB resources close without failing", e);
            }
        }
        closeables.clear();
    }
}
