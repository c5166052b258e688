package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private void requireNothingUnknown() {
        for (String model : MODELS) {
            Cli.Ran shown = repository.run("show", model);
            assertThat(shown.exit()).as(shown.toString()).isIn(0, 6);
        }
    }
}
