package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One damaged name in {@code packed-refs}: the names around it are no longer in order, and Git, which is told that they are,
 * does not find them. No model counts as one that never was.
 */
class MisplacedReferencesTest {
    private static final List<String> MODELS = List.of("a", "b", "c", "d");

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path packed;

    @BeforeEach
    void fourModels() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        for (String model : MODELS) {
            weights(folder.resolve(model + "/model.safetensors"), model.charAt(0), 100);
            repository.ok("commit", folder.resolve(model).toString(), "--model", model);
        }
        repository.ok("gc");
        packed = repository.mgit().resolve("lineage.git/packed-refs");
    }

    @Test
    void aMisplacedNameIsDamageAndPutRight() throws IOException {
        byte[] sound = Files.readAllBytes(packed);
        String text = new String(sound, StandardCharsets.ISO_8859_1);
        for (int at = text.indexOf("refs/"); at >= 0; at = text.indexOf(" refs/", at)) {
            int first = text.indexOf('/', at) + 1;
            for (char other : List.of('A', 'z')) {
                byte[] damaged = sound.clone();
                damaged[first] = (byte) other;
                Files.write(packed, damaged);
                requireNothingUnknown();
            }
            at = first;
        }
        repository.ok("fsck", "--repair");
        for (String model : MODELS) {
            repository.ok("show", model);
        }
        repository.ok("fsck");
    }

    /** References in files of their own, too: what is cut off above hides some of them from Git's listing. */
    @Test
    void aFileThatEndsEarlyIsDamageAndPutRight() throws IOException {
        Path git = repository.mgit().resolve("lineage.git");
        GitServers.run(git, "git", "-c", "user.name=Ada", "-c", "user.email=a@b", "tag", "-a", "-m", "one", "v1", "a");
        repository.ok("gc");
        weights(folder.resolve("e/model.safetensors"), 5, 100);
        repository.ok("commit", folder.resolve("e").toString(), "--model", "z");
        byte[] sound = Files.readAllBytes(packed);
        for (int length = 0; length < sound.length; length += 3) {
            Files.write(packed, Arrays.copyOf(sound, length));
            for (String command : List.of("log --all", "show z", "branch", "fsck")) {
                Cli.Ran ran = repository.run(command.split(" "));
                assertThat(ran.exit()).as("%d bytes: %s", length, ran).isIn(0, 6);
                assertThat(ran.err()).as("%d bytes", length).doesNotContain("internal error");
            }
        }
        repository.ok("fsck", "--repair");
        for (String model : MODELS) {
            repository.ok("show", model);
        }
        assertThat(repository.ok("branch")).contains("z");
        repository.ok("fsck");
    }

    private void requireNothingUnknown() {
        for (String model : MODELS) {
            Cli.Ran shown = repository.run("show", model);
            assertThat(shown.exit()).as(shown.toString()).isIn(0, 6);
        }
    }
}
