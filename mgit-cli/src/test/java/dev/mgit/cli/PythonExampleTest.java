package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.PythonEnv;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example in {@code examples/python} through mgit: real scikit-learn, real scans, recipes, tests and an update. */
@Tag("slow")
class PythonExampleTest {
    private static final Path EXAMPLES =
            Path.of("..", "examples").toAbsolutePath().normalize();

    @TempDir
    private Path temp;

    private TestRepository repository;
    private String python;

    @BeforeEach
    void copyTheExample() throws Exception {
        var environment = PythonEnv.withPackages("numpy", "safetensors", "scikit-learn");
        assumeTrue(environment.isPresent(), "needs Python and its package index");
        python = environment.get().python().toString();
        repository = TestRepository.init(temp.resolve("repository"));
        Files.copy(EXAMPLES.resolve("python/digits.py"), repository.root().resolve("digits.py"));
        Files.copy(EXAMPLES.resolve("digits/digits.csv.gz"), repository.root().resolve("digits.csv.gz"));
    }

    @Test
    void trainsTestsAndUpdatesAFamily() throws Exception {
        run("--model", "base", "train", "--epochs", "3");
        run("--model", "tuned", "--from", "base", "finetune", "--epochs", "3");
        run("--model", "pruned", "--from", "tuned=prune", "prune", "--share", "0.3");
        repository.ok(command(
                List.of("test", "add", "accuracy", "--on", "all", "--event", "update"),
                List.of("--metric", "accuracy:higher:min=0.7:tolerance-vs-previous=0.05"),
                List.of("evaluate")));
        double before = accuracy("pruned");
        run("--model", "base", "train", "--epochs", "15");
        assertThat(repository.ok("update", "base")).contains("2 passed");

        assertThat(accuracy("pruned")).isGreaterThan(before);
        assertThat(repository.ok("test", "report")).contains("base", "tuned", "pruned");
        JsonObject recipe = repository.json("recipe", "show", "pruned", "--json");
        assertThat(recipe.toString()).contains("scikit-learn", "safetensors", "python 3.");
        assertThat(repository.ok("diff", "tuned", "pruned")).contains("pruned to 30% zeros");
    }

    private double accuracy(String model) throws Exception {
        JsonObject run = repository.json("test", "run", model, "--json");
        JsonObject result = run.objects("results").get(0).object("result");
        return result.object("metrics").optionalReal("accuracy").orElseThrow();
    }

    /** {@code mgit run} with these options, of which the first word that is none of its own begins the program's. */
    private void run(String... words) {
        List<String> all = List.of(words);
        int program = all.contains("--from") ? 4 : 2;
        repository.ok(command(List.of("run"), all.subList(0, program), all.subList(program, all.size())));
    }

    private String[] command(List<String> mgit, List<String> options, List<String> program) {
        List<String> all = new ArrayList<>(mgit);
        all.addAll(options);
        all.addAll(List.of("--input", "digits.csv.gz", "--", python, "digits.py"));
        all.addAll(program);
        all.addAll(List.of("--data", "digits.csv.gz"));
        return all.toArray(String[]::new);
    }
}
