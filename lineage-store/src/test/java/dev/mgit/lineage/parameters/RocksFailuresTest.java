package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.MgitException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rocksdb.RocksDBException;

class RocksFailuresTest {
    @ParameterizedTest
    @CsvSource({
        "No space left on device, cannot store blocks: no space left on the disk that holds /store",
        "Disk quota exceeded, cannot store blocks: the disk quota is used up where /store is",
        "Read-only file system, cannot store blocks: /store is on a read-only file system"
    })
    void whatTheDiskRefusesIsSaidAsForAnyFile(String errno, String sentence) {
        var refused = new RocksDBException("While appending to file: /store/000012.sst: " + errno);

        MgitException failure = RocksFailures.failure("cannot store blocks", Path.of("/store"), refused);

        assertThat(failure).hasMessage(sentence);
        assertThat(failure.kind()).isEqualTo(MgitException.Kind.FAILED);
    }
}
