package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** Tables that a compaction replaced stay until the writer is done. What follows from it is seen by failing calls of commands. */
class HeldDeletionsTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsReplacedIsThereUntilItIsReleased() throws RocksDBException {
        NativeLibrary.load();
        try (RocksDatabase database = RocksDatabase.writable(folder)) {
            Set<String> before = twoTables(database);
            compact(database);
            assertThat(tables()).containsAll(before).hasSizeGreaterThan(before.size());
            database.removeObsoleteFiles();
            assertThat(tables()).doesNotContainAnyElementsOf(before).hasSize(1);
        }
        assertThat(tables()).hasSize(1);
    }

    @Test
    void closingReleasesThem() throws RocksDBException {
        NativeLibrary.load();
        try (RocksDatabase database = RocksDatabase.writable(folder)) {
            twoTables(database);
            compact(database);
        }
        assertThat(tables()).hasSize(1);
    }

    private Set<String> twoTables(RocksDatabase database) throws RocksDBException {
        for (byte value = 1; value <= 2; value++) {
            try (var unlogged = new WriteOptions().setDisableWAL(true);
                    var waiting = new FlushOptions().setWaitForFlush(true)) {
                database.db().put(database.objects(), unlogged, new byte[] {1}, new byte[] {value});
                database.db().put(database.objects(), unlogged, new byte[] {2}, new byte[] {value});
                database.db().flush(waiting, database.objects());
            }
        }
        Set<String> made = tables();
        assertThat(made).hasSize(2);
        return made;
    }

    private static void compact(RocksDatabase database) throws RocksDBException {
        try (var whole = new CompactRangeOptions()) {
            database.db().compactRange(database.objects(), null, null, whole);
        }
    }

    private Set<String> tables() {
        var names = new TreeSet<>(StoreFiles.sizes(folder).keySet());
        names.removeIf(name -> !name.endsWith(".sst"));
        return names;
    }
}
