package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The power fails as RocksDB goes over to a new list of files: {@code CURRENT} names one that is not there. */
class LostListTest {
    @TempDir
    private Path folder;

    private TestRepository repository;
    private TreeMap<String, String> committed;
    private Path current;

    @BeforeEach
    void aNameWithoutAList() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        Path model = folder.resolve("model");
        TestRepository.weights(model.resolve("model.safetensors"), 1, 5000);
        repository.ok("commit", model.toString(), "--model", "m");
        committed = TestRepository.contents(model);
        current = repository.mgit().resolve("parameters/CURRENT");
        Files.writeString(current, "MANIFEST-000999\n");
    }

    @Test
    void whoeverReadsGoesBackToTheOneBefore() throws IOException {
        repository.ok("checkout", "m", "out");
        assertThat(TestRepository.contents(repository.root().resolve("out"))).isEqualTo(committed);
        assertThat(repository.ok("fsck")).contains("no damage");
    }

    /** Then it is damage, and nothing that RocksDB might act on. */
    @Test
    void notToOneThatIsNotWhatWasAcknowledged() throws IOException {
        Path line = repository.mgit().resolve("parameters/acknowledged");
        Files.writeString(line, Files.readString(line).replaceFirst("........\n$", "00000000\n"));
        TestRepository.assertRefused(repository.run("checkout", "m", "out"), 6, "MANIFEST-000999");
        assertThat(current).hasContent("MANIFEST-000999");
        repository.ok("fsck", "--repair");
        repository.ok("checkout", "m", "out");
        assertThat(TestRepository.contents(repository.root().resolve("out"))).isEqualTo(committed);
    }
}
