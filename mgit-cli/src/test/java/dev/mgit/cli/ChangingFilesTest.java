package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change after a commit has looked at them, and before it stores them. The weights are made. */
class ChangingFilesTest {
    private static final List<String> NAMES = List.of("model.safetensors", "config.json");
    private static final String COMMITTED = "again";

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;

    /** Something that happens to a file. */
    private interface Change {
        void to(Path file) throws IOException;
    }

    @BeforeEach
    void aModel() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        model = folder.resolve("model");
        write();
        repository.ok("commit", model.toString(), "--model", "good");
    }

    private void write() throws IOException {
        weights(model.resolve("model.safetensors"), 1, 100_000);
        Files.writeString(model.resolve("config.json"), "{\"model_type\": \"bert\"}");
    }

    /** Each file in turn changes; nothing is committed, one sentence says which, and the next commit is like any other. */
    private void refused(Change change, String sentence) throws Exception {
        for (String name : NAMES) {
            Path file = model.resolve(name);
            Cli.Ran ran = WaitingCommand.run(
                    repository, (held, lock) -> change.to(file), "commit", model.toString(), "--model", COMMITTED);
            assertThat(ran.exit()).as("%s", ran).isEqualTo(1);
            assertThat(ran.err())
                    .contains("waiting for ", "error: ", name, sentence)
                    .doesNotContain("internal error", "Exception");
            assertThat(repository.ok("branch")).doesNotContain(COMMITTED);
            assertThat(repository.ok("fsck")).contains("no damage");
            Trees.delete(file);
            write();
        }
    }

    @Test
    void oneThatShrinks() throws Exception {
        refused(file -> truncate(file, Files.size(file) / 2), "changed while it was being read");
        refused(file -> truncate(file, 0), "changed while it was being read");
    }

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }

    @Test
    void oneThatGrows() throws Exception {
        refused(file -> Files.writeString(file, "more", StandardOpenOption.APPEND), "changed while it was being read");
    }

    @Test
    void oneThatIsReplaced() throws Exception {
        refused(
                file -> {
                    Path other = Files.copy(file, folder.resolve("other"), StandardCopyOption.REPLACE_EXISTING);
                    byte[] bytes = Files.readAllBytes(other);
                    bytes[bytes.length / 2] ^= 1;
                    Files.write(other, bytes);
                    Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);
                },
                "changed while it was being read");
    }

    @Test
    void oneThatBecomesAFolderAPipeOrNothing() throws Exception {
        refused(Files::delete, "changed while it was being read");
        refused(
                file -> {
                    Files.delete(file);
                    Files.createDirectory(file);
                },
                "changed while it was being read");
        refused(
                file -> {
                    Files.delete(file);
                    GitServers.run(folder, "mkfifo", file.toString());
                },
                "changed while it was being read");
    }
}
