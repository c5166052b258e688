package dev.mgit.lineage.parameters;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * The database as it was when it was opened: two column families, one of blocks and one of objects. Frames are large
 * and already compressed, so they lie in blob files, uncompressed by RocksDB.
 */
final class RocksDatabase implements AutoCloseable {
    private static final byte[] BLOCKS = "blocks".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OBJECTS = "objects".getBytes(StandardCharsets.US_ASCII);
    /** Frames below this size stay in the sorted tables, where a read costs one access less. */
    private static final int MIN_BLOB_BYTES = 4096;

    private static final long WRITE_BUFFER_BYTES = 16L << 20;
    private static final int WRITE_BUFFERS = 4;
    /** Bytes of a table or blob file after which the system begins to write them, rather than at the sync at its end. */
    private static final long SYNCED_EARLY = 8L << 20;

    private static final long BLOCK_CACHE_BYTES = 8L << 20;
    private static final double BLOOM_BITS = 10;

    /** A reader that a writer is in the way of tries again, but not for ever. */
    static final int MOST_ATTEMPTS = 1000;

    private final List<AutoCloseable> closeables = new ArrayList<>();
    private final Path directory;
    private final Map<String, Long> files;
    private final RocksDB db;
    private final ColumnFamilyHandle blocks;
    private final ColumnFamilyHandle objects;
    private final FrameReads frames;
    private final @Nullable HeldDeletions deletions;

    private RocksDatabase(Path directory, boolean writable) throws RocksDBException {
        this.directory = directory;
        this.files = writable ? Map.of() : StoreFiles.sizes(directory);
        boolean ready = false;
        try {
            List<ColumnFamilyHandle> handles = new ArrayList<>();
            this.db = open(writable, handles);
            this.blocks = handles.get(1);
            this.objects = handles.get(2);
            this.frames = closing(new FrameReads(db));
            this.deletions = writable ? closing(new HeldDeletions(db)) : null;
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    private RocksDB open(boolean writable, List<ColumnFamilyHandle> handles) throws RocksDBException {
        List<ColumnFamilyDescriptor> families = List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, familyOptions(false)),
                new ColumnFamilyDescriptor(BLOCKS, familyOptions(true)),
                new ColumnFamilyDescriptor(OBJECTS, familyOptions(false)));
        DBOptions options = databaseOptions();
        RocksDB opened = writable
                ? RocksDB.open(options, directory.toString(), families, handles)
                : RocksDB.openReadOnly(options, directory.toString(), families, handles);
        closeables.add(opened);
        closeables.addAll(handles);
        return opened;
    }

    /** For reading and writing; the database is created if there is none. */
    static RocksDatabase writable(Path directory) throws RocksDBException {
        return new RocksDatabase(directory, true);
    }

    /**
     * A snapshot for reading. Every table is opened at once, so that a writer's clean-up cannot pull one away later; if
     * a writer changes files while they are being opened, opening is tried again.
     */
    static RocksDatabase readOnly(Path directory) throws RocksDBException {
        for (int attempt = 1; ; attempt++) {
            Map<String, Long> before = StoreFiles.sizes(directory);
            try {
                return new RocksDatabase(directory, false);
            } catch (RocksDBException e) {
                if (attempt == MOST_ATTEMPTS || StoreFiles.sizes(directory).equals(before)) {
                    throw e;
                }
            }
        }
    }

    RocksDB db() {
        return db;
    }

    ColumnFamilyHandle blocks() {
        return blocks;
    }

    /** A block's frame, whose own checksum is still to be verified. */
    byte @Nullable [] frame(byte[] id) throws RocksDBException {
        return frames.get(blocks, id);
    }

    ColumnFamilyHandle objects() {
        return objects;
    }

    /** Removes the files of a writer's database that are not needed any more; otherwise they go when it closes. */
    void removeObsoleteFiles() throws RocksDBException {
        if (deletions != null) {
            deletions.release();
        }
    }

    /** Whether a writer has changed the files of a snapshot since. */
    boolean isOutdated() {
        return !StoreFiles.sizes(directory).equals(files);
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
                .setMaxFileOpeningThreads(4)
                .setMaxBackgroundJobs(2)
                .setDbWriteBufferSize(WRITE_BUFFER_BYTES * 2)
                .setBytesPerSync(SYNCED_EARLY)
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
                    .setBlobGarbageCollectionAgeCutoff(1.0); // in effect only while a compaction is asked for
        }
        return options;
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
