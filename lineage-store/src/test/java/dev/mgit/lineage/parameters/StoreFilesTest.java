package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;

class StoreFilesTest {
    @TempDir
    Path folder;

    @Test
    void whatAKilledWriterLeftOfItsOptionsIsRemovedByTheNextWriter() throws IOException {
        RocksParameterStore.openWritable(folder).close();
        Path left = Files.writeString(folder.resolve("OPTIONS-000043.dbtmp"), "half");
        RocksParameterStore.openReadOnly(folder).orElseThrow().close();
        assertThat(left).exists();
        RocksParameterStore.openWritable(folder).close();
        assertThat(left).doesNotExist();
    }

    /** As a disk that is full leaves it: the list, and nothing that names it; or a database without mgit's families. */
    @Test
    void aStoreThatWasNotMadeToTheEndIsMadeByTheNextWriter() throws Exception {
        Files.writeString(folder.resolve("MANIFEST-000001"), "half");
        requireNewStore(folder);
        Path other = folder.resolve("other");
        NativeLibrary.load();
        try (var options = new Options().setCreateIfMissing(true);
                var unused = RocksDB.open(options, other.toString())) {
            assertThat(other.resolve(StoreFiles.CURRENT)).exists();
        }
        requireNewStore(other);
    }

    private static void requireNewStore(Path directory) {
        assertThat(RocksParameterStore.openReadOnly(directory)).isEmpty();
        RocksParameterStore.openWritable(directory).close();
        RocksParameterStore.openReadOnly(directory).orElseThrow().close();
    }
}
