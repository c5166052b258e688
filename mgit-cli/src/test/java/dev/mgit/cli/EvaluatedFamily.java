package dev.mgit.cli;

import dev.mgit.delta.json.Json;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A made lineage, and evaluations of it: real ones from {@code resources/evaluations}, and made ones of the same form. */
record EvaluatedFamily(TestRepository repository) {
    static EvaluatedFamily init(Path folder) throws IOException {
        return new EvaluatedFamily(TestRepository.init(folder.resolve("repo")));
    }

    /** What a real harness wrote. */
    static Path real(String harness, String model) throws IOException {
        try {
            return Path.of(
                    Objects.requireNonNull(EvaluatedFamily.class.getResource("/evaluations/" + harness + "/" + model))
                            .toURI());
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    /** Commits a model of its own weights. */
    EvaluatedFamily commit(String model, int seed, String... more) throws IOException {
        Path folder = repository.root().resolveSibling("by-hand").resolve(model + seed);
        TestRepository.weights(folder.resolve("model.safetensors"), seed, 64);
        List<String> arguments =
                new ArrayList<>(List.of("commit", folder.toString(), "--model", model, "-m", "weights " + seed));
        arguments.addAll(List.of(more));
        repository.ok(arguments.toArray(String[]::new));
        return this;
    }

    /** Lays out a run of lm-eval over as many documents as there are values. */
    Path run(String name, int fewShot, double... values) throws IOException {
        Path folder =
                Files.createDirectories(repository.root().resolveSibling("runs").resolve(name));
        var lines = new StringBuilder();
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            lines.append(Json.text(Map.of("doc_id", i, "doc_hash", "doc" + i, "filter", "none", "acc", values[i])))
                    .append('\n');
            sum += values[i];
        }
        Map<String, Object> results = Map.of(
                "results",
                Map.of("quiz", Map.of("alias", "quiz", "acc,none", sum / values.length)),
                "configs",
                Map.of(
                        "quiz",
                        Map.of(
                                "task",
                                "quiz",
                                "num_fewshot",
                                fewShot,
                                "metric_list",
                                List.of(Map.of("metric", "acc", "aggregation", "mean")))),
                "higher_is_better",
                Map.of("quiz", Map.of("acc", true)),
                "n-samples",
                Map.of("quiz", Map.of("original", 100, "effective", values.length)));
        Files.writeString(folder.resolve("results_2026.json"), Json.text(results));
        Files.writeString(folder.resolve("samples_quiz_2026.jsonl"), lines.toString(), StandardCharsets.UTF_8);
        return folder;
    }

    /** So many right answers out of so many, the first ones wrong. */
    static double[] right(int right, int of) {
        double[] values = new double[of];
        java.util.Arrays.fill(values, of - right, of, 1);
        return values;
    }

    EvaluatedFamily evaluate(String revision, int right, int of) throws IOException {
        Path run = run(revision.replace('~', '-') + right + "-" + of, 0, right(right, of));
        repository.ok("eval", "import", run.toString(), "--model", revision);
        return this;
    }
}
