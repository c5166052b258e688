package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
