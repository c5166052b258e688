package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checked-out folders that hold what no version can: looking at them works, and nothing waits for a pipe. */
class OddFilesTest {
    private static final int CONFLICT = 5;

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path odd;

    @BeforeEach
    void twoCheckouts() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        Path model = folder.resolve("model");
        TestRepository.weights(model.resolve("model.safetensors"), 1, 64);
        Files.createFile(model.resolve("empty"));
        repository.ok("commit", model.toString(), "--model", "m");
        TestRepository.weights(model.resolve("model.safetensors"), 2, 64);
        Files.writeString(model.resolve("empty"), "not any more");
        repository.ok("commit", model.toString(), "--model", "m");
        repository.ok("checkout", "m~1", "odd");
        repository.ok("checkout", "m", "other");
        odd = repository.root().resolve("odd");
    }

    private static void bash(String command, Path in) throws Exception {
        Process run =
                new ProcessBuilder("bash", "-c", command).directory(in.toFile()).start();
        assertThat(Await.exit(run)).isZero();
    }

    @Test
    void whatCannotBeStoredIsListedAndHidesNothingElse() throws Exception {
        bash("mkfifo pipe; ln -s nowhere broken; touch 'a\\b'; rm model.safetensors; mkfifo model.safetensors", odd);
        Files.writeString(repository.root().resolve("other/new.txt"), "new");
        String status = repository.ok("status");
        assertThat(status)
                .contains(
                        "refused:  pipe: 'pipe' is not a regular file",
                        "refused:  broken: the link 'broken' is broken",
                        "refused:  a\\b: the file name",
                        "changed:  model.safetensors\n",
                        "new:      new.txt");
        assertThat(repository.run("status", "--exit-code").exit()).isEqualTo(3);
        JsonObject json =
                repository.json("status", "odd", "--json").objects("folders").get(0);
        assertThat(json.object("refused").string("pipe")).contains("is not a regular file");
        assertThat(repository.run("commit", "odd", "--model", "new").exit()).isEqualTo(1);
    }

    /** A pipe is as empty as the file was. */
    @Test
    void aPipeInAFilesPlaceIsNotRead() throws Exception {
        bash("rm empty; mkfifo empty", odd);
        assertThat(repository.ok("status", "odd")).contains("changed:  empty");
        assertThat(repository.run("checkout", "m", "odd").exit()).isEqualTo(CONFLICT);
        assertThat(repository.run("diff", "m", "odd").err()).doesNotContain("internal error");
        bash("test -p empty", odd);
    }

    @Test
    void aFolderInAFilesPlaceIsAChange() throws Exception {
        bash("rm model.safetensors; mkdir model.safetensors; echo mine >model.safetensors/thesis", odd);
        assertThat(repository.ok("status", "odd")).contains("changed:  model.safetensors", "thesis");
        assertThat(repository.run("checkout", "m", "odd").exit()).isEqualTo(CONFLICT);
        assertThat(odd.resolve("model.safetensors/thesis")).hasContent("mine");
    }
}
