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
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
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

    /** A reader that a writer is in the way of tries again, but not for ever. */
    private static final int MOST_ATTEMPTS = 1000;

    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final Path directory;
    private final boolean writable;
    private final WriteOptions unlogged;
    private volatile Opened opened;

    /**
     * The database as it was when it was opened.
     *
     * @param time how often it was opened before
     * @param files its files with their sizes just before
     */
    private record Opened(
            int time, Map<String, Long> files, RocksDB db, ColumnFamilyHandle blocks, ColumnFamilyHandle objects) {}

    private RocksParameterStore(Path directory, boolean writable) throws RocksDBException {
        this.directory = directory;
        this.writable = writable;
        this.unlogged = closing(new WriteOptions().setDisableWAL(true));
        boolean ready = false;
        try {
            this.opened = open(0);
            checkFormat(writable);
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    private Opened open(int time) throws RocksDBException {
        Map<String, Long> files = writable ? Map.of() : StoreFiles.sizes(directory);
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        List<ColumnFamilyDescriptor> families = List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions(false)),
                new ColumnFamilyDescriptor(BLOCKS, familyOptions(true)),
                new ColumnFamilyDescriptor(OBJECTS, familyOptions(false)));
        DBOptions options = databaseOptions();
        RocksDB db = writable
                ? RocksDB.open(options, directory.toString(), families, handles)
                : RocksDB.openReadOnly(options, directory.toString(), families, handles);
        closeables.add(db);
        closeables.addAll(handles);
        return new Opened(time, files, db, handles.get(1), handles.get(2));
    }

    /** Opens for reading and writing, creating the database if there is none. The caller holds the writer lock. */
    public static RocksParameterStore openWritable(Path directory) {
        NativeLibrary.load();
        try {
            Files.createDirectories(directory);
            return new RocksParameterStore(directory, true);
        } catch (RocksDBException e) {
            throw notOpened(directory, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Opens a snapshot for reading. Every table is opened at once, so that a writer's clean-up cannot pull one away
     * later; if a writer changes files while they are being opened, opening is tried again.
     *
     * @return empty if nothing was ever stored
     */
    public static Optional<RocksParameterStore> openReadOnly(Path directory) {
        if (Files.notExists(directory.resolve("CURRENT"))) {
            return Optional.empty();
        }
        NativeLibrary.load();
        for (int attempt = 1; ; attempt++) {
            Map<String, Long> before = StoreFiles.sizes(directory);
            try {
                return Optional.of(new RocksParameterStore(directory, false));
            } catch (RocksDBException e) {
                if (attempt == MOST_ATTEMPTS || StoreFiles.sizes(directory).equals(before)) {
                    throw notOpened(directory, e);
                }
            }
        }
    }

    /** What keeps a database with sound files from opening is its lock or the disk; anything else is damage. */
    private static MgitException notOpened(Path directory, RocksDBException e) {
        MgitException failure = failure("cannot open the parameter store", directory, e);
        String message = String.valueOf(e.getMessage());
        boolean fileMissing = message.contains("No such file") && Files.isDirectory(directory);
        boolean strange = e.getStatus() == null || e.getStatus().getCode() != Status.Code.IOError;
        return failure.kind() == MgitException.Kind.FAILED && (fileMissing || strange)
                ? new MgitException(MgitException.Kind.INTEGRITY, failure.getMessage(), "run 'mgit fsck'", e)
                : failure;
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
        byte[] stored = opened.db().get(FORMAT_KEY);
        if (stored == null) {
            if (create) {
                opened.db().put(unlogged, FORMAT_KEY, new byte[] {FORMAT});
            }
            return;
        }
        if (stored.length != 1 || stored[0] > FORMAT) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the parameter store in " + directory + " has format " + stored[0] + ", this mgit reads up to "
                            + FORMAT,
                    "use a newer mgit");
        }
    }

    @Override
    public Optional<byte[]> frame(BlockId id) {
        return Optional.ofNullable(get(Opened::blocks, id.bytes(), "block " + id.hex()));
    }

    @Override
    public boolean hasBlock(BlockId id) {
        return opened.db().keyExists(opened.blocks(), id.bytes());
    }

    @Override
    public Optional<StoredObject> object(ObjectId id) {
        return Optional.ofNullable(get(Opened::objects, key(id), "object " + id.hex()))
                .map(stored -> StoredObject.decode(id, stored));
    }

    @Override
    public boolean hasObject(ObjectId id) {
        return opened.db().keyExists(opened.objects(), key(id));
    }

    private static byte[] key(ObjectId id) {
        return HexFormat.of().parseHex(id.hex());
    }

    private byte @Nullable [] get(Function<Opened, ColumnFamilyHandle> family, byte[] key, String what) {
        for (int attempt = 1; ; attempt++) {
            Opened now = opened;
            try {
                return now.db().get(family.apply(now), key);
            } catch (RocksDBException e) {
                reopenOrThrow(now, attempt, "cannot read " + what, e);
            }
        }
    }

    /**
     * A reader opens files of blobs only when it reads from them, and a writer's clean-up may have rewritten them
     * elsewhere meanwhile. What is in the store is named by content, so a newer snapshot gives the same answers. The
     * older one stays open until the end: other threads may be reading it.
     */
    @SuppressWarnings("ReferenceEquality") // whether it is the very snapshot that failed
    private synchronized void reopenOrThrow(Opened used, int attempt, String what, RocksDBException cause) {
        boolean vanished = !writable && String.valueOf(cause.getMessage()).contains("No such file");
        boolean changed = !StoreFiles.sizes(directory).equals(used.files());
        if (!vanished || !changed || attempt >= MOST_ATTEMPTS) {
            throw failure(what, directory, cause);
        }
        if (opened.time() == used.time()) {
            opened = reopen(used.time() + 1);
        }
    }

    private Opened reopen(int time) {
        for (int attempt = 1; ; attempt++) {
            Map<String, Long> before = StoreFiles.sizes(directory);
            try {
                return open(time);
            } catch (RocksDBException e) {
                if (attempt == MOST_ATTEMPTS || StoreFiles.sizes(directory).equals(before)) {
                    throw notOpened(directory, e);
                }
            }
        }
    }

    @Override
    public void forEachBlock(BiConsumer<BlockId, byte[]> visitor) {
        forEach(Opened::blocks, (key, value) -> visitor.accept(BlockId.of(key), value));
    }

    @Override
    public void forEachObject(Consumer<StoredObject> visitor) {
        forEach(
                Opened::objects,
                (key, value) -> visitor.accept(
                        StoredObject.decode(new ObjectId(HexFormat.of().formatHex(key)), value)));
    }

    private void forEach(Function<Opened, ColumnFamilyHandle> family, BiConsumer<byte[], byte[]> visitor) {
        byte[] last = new byte[0];
        for (int attempt = 1; ; attempt++) {
            Opened now = opened;
            try (RocksIterator iterator = now.db().newIterator(family.apply(now))) {
                for (iterator.seek(last); iterator.isValid(); iterator.next()) {
                    byte[] key = iterator.key();
                    if (!Arrays.equals(key, last)) {
                        visitor.accept(key, iterator.value());
                        last = key;
                    }
                }
                iterator.status();
                return;
            } catch (RocksDBException e) {
                reopenOrThrow(now, attempt, "cannot read the parameter store", e);
            }
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
        writing(() -> opened.db().put(opened.blocks(), unlogged, id.bytes(), frame));
    }

    @Override
    public void putObject(StoredObject object) {
        writing(() -> opened.db().put(opened.objects(), unlogged, key(object.id()), object.encode()));
    }

    @Override
    public void removeBlock(BlockId id) {
        writing(() -> opened.db().delete(opened.blocks(), unlogged, id.bytes()));
    }

    @Override
    public void removeObject(ObjectId id) {
        writing(() -> opened.db().delete(opened.objects(), unlogged, key(id)));
    }

    @Override
    public void flush() {
        writing(() -> {
            try (var options = new FlushOptions().setWaitForFlush(true)) {
                opened.db()
                        .flush(
                                options,
                                List.of(opened.db().getDefaultColumnFamily(), opened.blocks(), opened.objects()));
            }
        });
    }

    @Override
    public void compact() {
        writing(() -> {
            for (ColumnFamilyHandle family : List.of(opened.blocks(), opened.objects())) {
                try (var options = new CompactRangeOptions()
                        .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForce)) {
                    opened.db().compactRange(family, null, null, options);
                }
            }
        });
    }

    @Override
    public void verifyFiles() {
        try {
            opened.db().verifyChecksum();
        } catch (RocksDBException e) {
            throw failure("the parameter store is damaged", directory, e);
        }
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
