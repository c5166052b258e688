package dev.mgit.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A repository whose models are made by real commands. The weights are made and never change; "training" adds a line
 * to a text file beside them, so that it can be read off a version what it was made from, and a line to a file beside
 * the repository, so that it can be counted how often what ran.
 */
record HookedRepository(TestRepository repository) {
    /** Copies the parents' histories and adds the model's own name; {@code RUNS} is where it tells that it ran. */
    static final String TRAIN =
            "echo $MGIT_MODEL_NAME >> \"$RUNS\"; cp \"$MGIT_PARENT_1/model.safetensors\" {output}/; "
                    + "i=1; while [ $i -le $MGIT_PARENTS ]; do eval cat \\\"\\$MGIT_PARENT_$i/history.txt\\\"; i=$((i+1)); done"
                    + " > {output}/history.txt; echo \"+{model}\" >> {output}/history.txt; sleep ${PAUSE:-0}";

    /** Counts the lines of the history and tells that it ran. */
    static final String COUNT = "echo test $MGIT_MODEL_NAME >> ../runs; "
            + "echo \"{\\\"lines\\\": $(wc -l < $MGIT_MODEL/history.txt)}\" > $MGIT_METRICS";

    static HookedRepository init(Path folder) throws IOException {
        var hooked = new HookedRepository(TestRepository.init(folder.resolve("repo")));
        hooked.commit("base", "base1");
        return hooked;
    }

    Path root() {
        return repository.root();
    }

    /** Lays a version of a model out and returns its folder. */
    Path lay(String model, String history) throws IOException {
        Path folder = root().resolveSibling("by-hand").resolve(model);
        TestRepository.weights(folder.resolve("model.safetensors"), 1, 64);
        Files.writeString(folder.resolve("history.txt"), history + "\n");
        return folder;
    }

    Cli.Ran commit(String model, String history) throws IOException {
        return repository.run("commit", lay(model, history).toString(), "--model", model, "-m", history);
    }

    /** Makes a model from others by the training above. */
    HookedRepository derive(String model, String... parents) {
        return deriveBy(TRAIN, model, parents);
    }

    HookedRepository deriveBy(String line, String model, String... parents) {
        List<String> arguments = new ArrayList<>(List.of("run", "--model", model, "--env", "RUNS=../runs", "--shell"));
        for (String parent : parents) {
            arguments.addAll(List.of("--from", parent));
        }
        arguments.addAll(List.of("--no-progress", "--", line));
        repository.ok(arguments.toArray(new String[0]));
        return this;
    }

    /** {@code base} → {@code a}, {@code b} → {@code c} from both → {@code q}; and {@code base} → {@code d}. */
    HookedRepository diamond() {
        return derive("a", "base")
                .derive("b", "base")
                .derive("c", "a", "b")
                .derive("q", "c")
                .derive("d", "base");
    }

    void test(String name, String on, String event, String metric, String line) {
        repository.ok("test", "add", name, "--on", on, "--event", event, "--metric", metric, "--shell", "--", line);
    }

    /** The history of a model's newest version. */
    String history(String model) {
        repository.ok("checkout", model, "../seen", "--force");
        try {
            return Files.readString(root().resolve("../seen/history.txt"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What ran since the last call, sorted. */
    List<String> ran() throws IOException {
        Path file = root().resolve("../runs");
        if (Files.notExists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.sorted().toList();
        } finally {
            Files.delete(file);
        }
    }
}
