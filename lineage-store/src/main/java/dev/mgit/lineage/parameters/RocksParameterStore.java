package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.DurableNames;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteOptions;

/**
 * Blocks and objects in one RocksDB database. Nothing goes through a write-ahead log: a commit flushes once, before
 * its version becomes visible, and what a crash loses was never acknowledged.
 */
public final class RocksParameterStore implements ParameterStore {
    private static final byte[] FORMAT_KEY = "format".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;

    private final Path directory;
    private final boolean writable;
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    /** Checked before anything else looks at them: RocksDB's decompressors trust the bytes they are given. */
    private final ReadOptions reading = new ReadOptions().setVerifyChecksums(true);

    private final List<RocksDatabase> all = new ArrayList<>();
    private volatile RocksDatabase opened;

    private RocksParameterStore(Path directory, boolean writable) throws RocksDBException {
        this.directory = directory;
        this.writable = writable;
        SpareThreads.require();
        this.opened = writable ? RocksDatabase.writable(directory) : RocksDatabase.readOnly(directory);
        all.add(opened);
        boolean ready = false;
        try {
            checkFormat(writable);
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
    }

    /** Opens for reading and writing, creating the database if there is none. The caller holds the writer lock. */
    public static RocksParameterStore openWritable(Path directory) {
        NativeLibrary.load();
        try {
            DurableNames.createFolders(directory);
            StoreFiles.requireCurrent(directory);
            Acknowledged.goBack(directory);
            Acknowledged.require(directory);
            StoreFiles.removeUnfinishedOptions(directory);
            var store = new RocksParameterStore(directory, true);
            Acknowledged.write(directory); // RocksDB has begun a new list
            return store;
        } catch (RocksDBException e) {
            throw RocksFailures.notOpened(directory, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a power failure left a store that has to be opened for writing once before it can be read. */
    public static boolean isBehind(Path directory) {
        return Acknowledged.isBehind(directory);
    }

    /**
     * Opens a snapshot for reading.
     *
     * @return empty if nothing was ever stored
     */
    public static Optional<RocksParameterStore> openReadOnly(Path directory) {
        StoreFiles.requireCurrent(directory);
        if (!StoreFiles.holdsAnything(directory)) {
            return Optional.empty();
        }
        NativeLibrary.load();
        Acknowledged.require(directory);
        try {
            return Optional.of(new RocksParameterStore(directory, false));
        } catch (RocksDBException e) {
            throw RocksFailures.notOpened(directory, e);
        }
    }

    private void checkFormat(boolean create) throws RocksDBException {
        byte[] stored = opened.db().get(FORMAT_KEY);
        if (stored == null) {
            if (create) {
                opened.db().put(unlogged, FORMAT_KEY, new byte[] {FORMAT});
            }
            return;
        }
        if (stored.length != 1) {
            throw new StoreException(
                    MgitException.Kind.INTEGRITY,
                    "the parameter store in " + directory + " does not say which format it has",
                    RocksFailures.REPAIR);
        }
        int format = Byte.toUnsignedInt(stored[0]);
        if (format > FORMAT) {
            throw new StoreException(
                    MgitException.Kind.FAILED,
                    "the parameter store in " + directory + " has format " + format + ", this mgit reads up to "
                            + FORMAT,
                    "use a newer mgit");
        }
    }

    @Override
    public Optional<byte[]> frame(BlockId id) {
        return Optional.ofNullable(get(database -> database.frame(id.bytes()), "block " + id.hex()));
    }

    /** What is there and cannot be read is there: {@code keyExists} would fail as if the program were wrong. */
    @Override
    public boolean hasBlock(BlockId id) {
        try {
            return frame(id).isPresent();
        } catch (MgitException e) {
            if (e.kind() == MgitException.Kind.INTEGRITY) {
                return true;
            }
            throw e;
        }
    }

    @Override
    public Optional<StoredObject> object(ObjectId id) {
        return Optional.ofNullable(get(
                        database -> database.db().get(database.objects(), reading, id.bytes()), "object " + id.hex()))
                .map(stored -> StoredObject.decode(id, stored));
    }

    private interface Read {
        byte @Nullable [] from(RocksDatabase database) throws RocksDBException;
    }

    private byte @Nullable [] get(Read read, String what) {
        for (int attempt = 1; ; attempt++) {
            RocksDatabase now = opened;
            try {
                return read.from(now);
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
    private synchronized void reopenOrThrow(RocksDatabase used, int attempt, String what, RocksDBException cause) {
        boolean vanished = !writable && String.valueOf(cause.getMessage()).contains("No such file");
        if (!vanished || !used.isOutdated() || attempt >= RocksDatabase.MOST_ATTEMPTS) {
            throw RocksFailures.failure(what, directory, cause);
        }
        if (opened == used) {
            try {
                opened = RocksDatabase.readOnly(directory);
                all.add(opened);
            } catch (RocksDBException e) {
                throw RocksFailures.notOpened(directory, e);
            }
        }
    }

    @Override
    public void forEachBlock(BiConsumer<BlockId, byte[]> visitor) {
        forEach(RocksDatabase::blocks, (key, value) -> visitor.accept(BlockId.of(key), value));
    }

    @Override
    public void forEachObject(Consumer<StoredObject> visitor) {
        forEach(RocksDatabase::objects, (key, value) -> visitor.accept(StoredObject.decode(ObjectId.of(key), value)));
    }

    private void forEach(Function<RocksDatabase, ColumnFamilyHandle> family, BiConsumer<byte[], byte[]> visitor) {
        byte[] last = new byte[0];
        for (int attempt = 1; ; attempt++) {
            RocksDatabase now = opened;
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
            throw RocksFailures.failure("cannot write to the parameter store", directory, e);
        }
    }

    @Override
    public void putBlock(BlockId id, byte[] frame) {
        writing(() -> opened.db().put(opened.blocks(), unlogged, id.bytes(), frame));
    }

    @Override
    public void putObject(StoredObject object) {
        writing(() -> opened.db().put(opened.objects(), unlogged, object.id().bytes(), object.encode()));
    }

    @Override
    public void removeBlock(BlockId id) {
        writing(() -> opened.db().delete(opened.blocks(), unlogged, id.bytes()));
    }

    @Override
    public void removeObject(ObjectId id) {
        writing(() -> opened.db().delete(opened.objects(), unlogged, id.bytes()));
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
        Acknowledged.write(directory);
    }

    /** Blobs move only here: collecting them in every small compaction would write each commit's bytes twice. */
    @Override
    public void compact() {
        writing(() -> {
            collectBlobs(true);
            try (var options = new CompactRangeOptions()
                    .setBottommostLevelCompaction(CompactRangeOptions.BottommostLevelCompaction.kForce)) {
                for (ColumnFamilyHandle family : List.of(opened.blocks(), opened.objects())) {
                    opened.db().compactRange(family, null, null, options);
                }
            } finally {
                collectBlobs(false);
            }
            opened.removeObsoleteFiles();
        });
        Acknowledged.write(directory);
    }

    private void collectBlobs(boolean wanted) throws RocksDBException {
        opened.db()
                .setOptions(
                        opened.blocks(),
                        MutableColumnFamilyOptions.builder()
                                .setEnableBlobGarbageCollection(wanted)
                                .build());
    }

    @Override
    public boolean isOutdated() {
        return !writable && opened.isOutdated();
    }

    @Override
    public void verifyFiles() {
        try {
            opened.db().verifyChecksum();
        } catch (RocksDBException e) {
            throw RocksFailures.failure("the parameter store is damaged", directory, e);
        }
    }

    @Override
    public void close() {
        all.forEach(RocksDatabase::close);
        all.clear();
        unlogged.close();
        reading.close();
    }
}
