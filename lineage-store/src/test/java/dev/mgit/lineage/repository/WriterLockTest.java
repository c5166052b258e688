package dev.mgit.lineage.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterLockTest {
    @TempDir
    Path dir;

    /** A killed holder leaves its line in the lock's file. */
    @Test
    void whatAKilledHolderWasWritingIsRemoved() throws IOException {
        try (Repository repository = Repository.init(dir)) {
            RepositoryFiles files = repository.files();
            Path sketch = file(files.sketches().resolve("ab").resolve("cdef123.new"));
            Path keys = file(files.sketches().resolve("keys-5.new"));
            Path kept = file(files.sketches().resolve("ab").resolve("cdef"));
            repository.lock("test", Duration.ZERO, notice -> {}).close();
            assertThat(sketch).as("nobody was killed").exists();
            Files.writeString(files.lockFile(), "process 1 (test)");
            repository.lock("test", Duration.ZERO, notice -> {}).close();
            assertThat(sketch).doesNotExist();
            assertThat(keys).doesNotExist();
            assertThat(kept).exists();
        }
    }

    private static Path file(Path path) throws IOException {
        Files.createDirectories(path.getParent());
        return Files.createFile(path);
    }
}
