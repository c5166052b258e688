package dev.mgit.hooks.watch;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What a trainer wrote beside the weights of a checkpoint about how far it is: {@code trainer_state.json} of Hugging
 * Face's Trainer, and numbers in {@code metrics.json}, {@code eval_results.json} and {@code all_results.json}.
 *
 * @param steps how many the training is to have
 * @param metrics what was measured at the checkpoint's step
 * @param best the name of the folder that the trainer will load at its end
 */
record TrainerState(Optional<Long> steps, Map<String, Double> metrics, Optional<String> best) {
    static final String FILE = "trainer_state.json";

    private static final List<String> RESULTS = List.of("metrics.json", "eval_results.json", "all_results.json");
    private static final long LONGEST = 64L << 20;
    static final TrainerState NONE = new TrainerState(Optional.empty(), Map.of(), Optional.empty());

    /** What cannot be read says nothing. */
    static TrainerState of(Path checkpoint) throws IOException {
        var metrics = new TreeMap<String, Double>();
        for (String name : RESULTS) {
            read(checkpoint.resolve(name)).ifPresent(results -> putNumbers(results, metrics));
        }
        TrainerState state =
                read(checkpoint.resolve(FILE)).map(TrainerState::of).orElse(NONE);
        metrics.putAll(state.metrics);
        return new TrainerState(state.steps, metrics, state.best);
    }

    /** A JSON object in a file; empty if there is none, or it is not all there. */
    static Optional<JsonObject> read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LONGEST) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.parsePythonObject(Files.readAllBytes(file)));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static TrainerState of(JsonObject state) {
        try {
            var metrics = new TreeMap<String, Double>();
            Optional<Double> step = state.optionalReal("global_step");
            for (JsonObject entry : state.objects("log_history")) {
                if (step.isPresent() && entry.optionalReal("step").equals(step)) {
                    putNumbers(entry, metrics);
                }
            }
            metrics.remove("step");
            return new TrainerState(
                    state.optionalNumber("max_steps").filter(steps -> steps > 0),
                    metrics,
                    state.optionalString("best_model_checkpoint").flatMap(TrainerState::lastName));
        } catch (JsonException e) {
            return NONE; // of another library
        }
    }

    private static void putNumbers(JsonObject from, Map<String, Double> metrics) {
        from.members().forEach((name, value) -> {
            if (value instanceof Number number) {
                metrics.put(name, number.doubleValue());
            }
        });
    }

    /** Of a path on any system. */
    private static Optional<String> lastName(String path) {
        return Optional.of(path.replaceAll(".*[/\\\\]", "")).filter(name -> !name.isEmpty());
    }

    /** A metric by its name, or by the one under which the Trainer logs it; empty if it is no number. */
    OptionalDouble metric(String name) {
        Double value = metrics.getOrDefault(name, metrics.get("eval_" + name));
        return value == null || !Double.isFinite(value) ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** As one line of JSON, for a trailer; empty if nothing finite was measured. */
    Optional<String> metricsText() {
        var finite = new TreeMap<>(metrics);
        finite.values().removeIf(value -> !Double.isFinite(value));
        return finite.isEmpty() ? Optional.empty() : Optional.of(Json.text(finite));
    }
}
