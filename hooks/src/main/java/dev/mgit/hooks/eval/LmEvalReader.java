package dev.mgit.hooks.eval;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.modeltest.MetricRule.Direction;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
    private static final double ROUNDING = 1e-6;
    private static final int HASH_DIGITS = 12;

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
        JsonObject results = RunFile.within(file, () -> json.object("results"));
        for (String task : results.members().keySet()) {
            JsonObject values = RunFile.within(file, () -> results.object(task));
            Map<String, Measured> metrics = RunFile.within(file, () -> metrics(json, task, values));
            if (metrics.isEmpty()) {
                continue;
            }
            Map<String, String> spec = RunFile.within(file, () -> spec(json, task));
            Path samples = samples(file, task);
            Instances instances = Files.isRegularFile(samples)
                    ? new LmEvalSamples(samples, metrics.keySet()).read()
                    : new Instances(Map.of());
            if (instances.count() > 0) {
                RunFile.within(samples, () -> requireSame(json, task, metrics, instances));
            }
            runs.add(new HarnessRun("lm-eval", task, model(json), spec, metrics, instances, file.toString()));
        }
        if (runs.isEmpty()) {
            throw RunFile.bad(file, "it has no metric with a value");
        }
        return runs;
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
            boolean measured = comma > 0 && !base.endsWith("_stderr") && value.getValue() instanceof Number;
            if (measured) {
                Object flag = better.members().get(base);
                Optional<Direction> direction = flag instanceof Boolean higher
                        ? Optional.of(higher ? Direction.HIGHER : Direction.LOWER)
                        : Optional.empty();
                double number = RunFile.number(base + " of " + task, (Number) value.getValue());
                metrics.put(name(value.getKey()), new Measured(number, count, direction));
            }
        }
        return metrics;
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

    /** Samples and results of one run agree; where they do not, one of the two is another run's. */
    private static @Nullable Void requireSame(
            JsonObject json, String task, Map<String, Measured> metrics, Instances instances) {
        Set<String> averaged = averaged(json, task);
        Map<String, Measured> checked = new LinkedHashMap<>(metrics);
        checked.keySet().removeIf(metric -> !averaged.contains(metric.split(",", -1)[0]));
        checked.forEach((metric, measured) -> {
            Map<String, Double> values = instances.of(metric);
            if (values.isEmpty()) {
                return;
            }
            if (measured.count() > 0 && measured.count() != values.size()) {
                throw new JsonException("contradicts the results: it has " + values.size() + " samples of " + task
                        + ", they say " + measured.count());
            }
            double mean = values.values().stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow();
            if (Math.abs(mean - measured.value()) > ROUNDING * Math.max(1, Math.abs(mean))) {
                throw new JsonException("contradicts the results: the mean of its " + metric + " is " + mean
                        + ", they say " + measured.value());
            }
        });
        return null;
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

    /** Lines of samples, one a document and filter. */
    private record LmEvalSamples(Path file, Set<String> metrics) {
        Instances read() throws IOException {
            if (Files.size(file) > 16 * RunFile.MOST_BYTES) {
                return new Instances(Map.of());
            }
            Map<String, Map<String, Double>> values = new LinkedHashMap<>();
            try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
                int number = 0;
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    number++;
                    add(values, line, number);
                }
            } catch (java.nio.charset.CharacterCodingException e) {
                throw RunFile.bad(file, "not UTF-8 text");
            }
            return new Instances(values);
        }

        private void add(Map<String, Map<String, Double>> values, String line, int number) {
            try {
                JsonObject sample = Json.parsePythonObject(line.getBytes(StandardCharsets.UTF_8));
                String filter = sample.optionalString("filter").orElse("none");
                String hash = sample.optionalString("doc_hash").orElse("");
                String id = sample.number("doc_id")
                        + (hash.isEmpty() ? "" : "-" + hash.substring(0, Math.min(hash.length(), HASH_DIGITS)));
                for (String metric : metrics) {
                    boolean here = metric.contains(",") ? metric.endsWith("," + filter) : filter.equals("none");
                    Object value = here ? sample.members().get(metric.split(",", -1)[0]) : null;
                    if (value instanceof Number || value instanceof Boolean) {
                        Double before = values.computeIfAbsent(metric, key -> new LinkedHashMap<>())
                                .put(id, RunFile.number(metric + " of sample " + id, value));
                        if (before != null) {
                            throw new JsonException("has sample " + id + " twice");
                        }
                    }
                }
            } catch (JsonException e) {
                throw RunFile.bad(file, "line " + number + " " + e.getMessage());
            }
        }
    }
}
