package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A parameter store of a format to come. */
class NewerStoreTest {
    private static final byte[] FORMAT = "format".getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder;

    @Test
    void itIsRefusedToReadersAndWritersAndStaysAsItIs() throws Exception {
        RocksParameterStore.openWritable(folder).close();
        for (int format : new int[] {2, 200}) {
            try (RocksDatabase opened = RocksDatabase.writable(folder)) {
                opened.db().put(FORMAT, new byte[] {(byte) format});
            }
            Acknowledged.write(folder);
            for (int i = 0; i < 2; i++) {
                refused(() -> RocksParameterStore.openWritable(folder), "has format " + format);
                refused(() -> RocksParameterStore.openReadOnly(folder), "has format " + format);
            }
        }
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable opening, String sentence) {
        assertThatThrownBy(opening)
                .isInstanceOf(MgitException.class)
                .hasMessageContaining(sentence + ", this mgit reads up to 1")
                .extracting(e -> ((MgitException) e).kind())
                .isEqualTo(MgitException.Kind.FAILED);
    }
}
