package dev.mgit.hooks.eval;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.modeltest.MetricRule.Direction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads what lm-evaluation-harness writes with {@code --output_path}: {@code results_DATE.json}, and with
 * {@code --log_samples} {@code samples_TASK_DATE.jsonl} beside it. Each task is one scenario.
 */
final class LmEvalReader {
    private static final Pattern RESULTS = Pattern.compile("results(_.+)?\\.json");

    /** Settings of a run that change what is measured, beside a task's own. */
    private static final List<String> SETTINGS = List.of(
            "limit",
            "gen_kwargs",
            "random_seed",
            "numpy_seed",
            "torch_seed",
            "fewshot_seed",
            "system_instruction_sha",
            "chat_template_sha",
            "fewshot_as_multiturn");

    private LmEvalReader() {}

    static boolean isResults(Path file) {
        return Files.isRegularFile(file)
                && RESULTS.matcher(file.getFileName().toString()).matches();
    }

    /** All tasks of one results file. */
    static List<HarnessRun> read(Path file) throws IOException {
        JsonObject json = RunFile.object(file);
        List<HarnessRun> runs = new ArrayList<>();
        for (LmEvalTask task : RunFile.within(file, () -> tasks(json))) {
            Path samples = samples(file, task.name());
            Instances instances = RunFile.isBeside(samples, 16 * RunFile.MOST_BYTES)
                    ? new LmEvalSamples(samples, task).read()
                    : new Instances(Map.of());
            runs.add(new HarnessRun(
                    "lm-eval", task.name(), task.model(), task.spec(), task.metrics(), instances, file.toString()));
        }
        if (runs.isEmpty()) {
            throw RunFile.bad(file, "it has no metric with a value");
        }
        return runs;
    }

    private static List<LmEvalTask> tasks(JsonObject json) {
        JsonObject results = json.object("results");
        List<LmEvalTask> tasks = new ArrayList<>();
        for (String task : results.members().keySet()) {
            Map<String, Measured> metrics = metrics(json, task, results.object(task));
            if (!metrics.isEmpty()) {
                tasks.add(new LmEvalTask(task, model(json), spec(json, task), metrics, averaged(json, task)));
            }
        }
        return tasks;
    }

    /** {@code acc} for {@code acc,none}; other filters keep their name: {@code exact_match,strict-match}. */
    private static Map<String, Measured> metrics(JsonObject json, String task, JsonObject values) {
        JsonObject better = json.optionalObject("higher_is_better")
                .flatMap(tasks -> tasks.optionalObject(task))
                .orElse(new JsonObject(Map.of()));
        long count = json.optionalObject("n-samples")
                .flatMap(tasks -> tasks.optionalObject(task))
                .flatMap(samples -> samples.optionalNumber("effective"))
                .orElse(0L);
        if (count < 0) {
            throw new JsonException("says that " + task + " has " + count + " samples");
        }
        Map<String, Measured> metrics = new TreeMap<>();
        for (Map.Entry<String, @Nullable Object> value : values.members().entrySet()) {
            int comma = value.getKey().indexOf(',');
            String base = comma < 0 ? value.getKey() : value.getKey().substring(0, comma);
            if (comma > 0 && !base.endsWith("_stderr") && isMeasured(base + " of " + task, value.getValue())) {
                Optional<Direction> direction = better.has(base)
                        ? Optional.of(better.flag(base) ? Direction.HIGHER : Direction.LOWER)
                        : Optional.empty();
                double number = RunFile.number(base + " of " + task, value.getValue());
                metrics.put(name(value.getKey()), new Measured(number, count, direction));
            }
        }
        return metrics;
    }

    /** Lists and objects are what some tasks compute of their own; texts but {@code N/A} are nobody's. */
    private static boolean isMeasured(String metric, @Nullable Object value) {
        if (value instanceof Boolean || (value instanceof String text && !text.isBlank() && !text.equals("N/A"))) {
            throw new JsonException("says that " + metric + " is " + Json.text(value) + ", which is no number");
        }
        return value instanceof Number;
    }

    static String name(String key) {
        return key.endsWith(",none") ? key.substring(0, key.length() - ",none".length()) : key;
    }

    /** The task as configured, less what names the model or this machine. */
    private static Map<String, String> spec(JsonObject json, String task) {
        Map<String, String> spec = new TreeMap<>();
        json.optionalObject("configs")
                .flatMap(configs -> configs.optionalObject(task))
                .ifPresent(config -> RunFile.fields(config).forEach((path, value) -> {
                    if (!path.startsWith("metadata") && !path.startsWith("dataset_kwargs.data_")) {
                        spec.put("config." + path, value);
                    }
                }));
        for (String perTask : List.of("versions", "n-shot", "task_hashes")) {
            json.optionalObject(perTask)
                    .map(tasks -> tasks.members().get(task))
                    .ifPresent(value -> spec.put(perTask, Json.text(value)));
        }
        json.optionalObject("config")
                .ifPresent(config -> SETTINGS.forEach(
                        name -> Optional.ofNullable(config.members().get(name))
                                .ifPresent(value -> spec.put(name, Json.text(value)))));
        for (String name : SETTINGS) {
            Optional.ofNullable(json.members().get(name)).ifPresent(value -> spec.put(name, Json.text(value)));
        }
        return spec;
    }

    private static String model(JsonObject json) {
        Optional<String> named = json.optionalObject("config").flatMap(config -> {
            Object arguments = config.members().get("model_args");
            if (arguments instanceof JsonObject object) {
                return object.optionalString("pretrained").or(() -> object.optionalString("model"));
            }
            return Optional.ofNullable(arguments).map(String::valueOf);
        });
        return named.or(() -> json.optionalString("model_name")).orElse("");
    }

    /** The samples of the same run: of the same date. */
    private static Path samples(Path results, String task) {
        Matcher dated = RESULTS.matcher(results.getFileName().toString());
        String date = dated.matches() && dated.group(1) != null ? dated.group(1) : "";
        return results.resolveSibling("samples_" + task.replace('/', '_') + date + ".jsonl");
    }

    /** Metrics whose value is the plain mean over samples. */
    private static Set<String> averaged(JsonObject json, String task) {
        List<JsonObject> list = json.optionalObject("configs")
                .flatMap(configs -> configs.optionalObject(task))
                .map(config -> config.objects("metric_list"))
                .orElse(List.of());
        Set<String> averaged = new java.util.HashSet<>();
        for (JsonObject metric : list) {
            if ("mean".equals(metric.members().get("aggregation"))
                    && metric.members().get("metric") instanceof String name) {
                averaged.add(name);
            }
        }
        return averaged;
    }
}
