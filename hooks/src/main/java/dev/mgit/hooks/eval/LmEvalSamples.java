package dev.mgit.hooks.eval;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lines of lm-evaluation-harness's {@code samples_TASK_DATE.jsonl}, one a document and filter. */
final class LmEvalSamples {
    private static final double ROUNDING = 1e-6;
    private static final int HASH_DIGITS = 12;

    private final Path file;
    private final LmEvalTask task;
    private final Map<String, Map<String, Double>> values = new LinkedHashMap<>();

    /** @param task what the results say of it */
    LmEvalSamples(Path file, LmEvalTask task) {
        this.file = file;
        this.task = task;
    }

    Instances read() throws IOException {
        int number = 0;
        try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                add(line, number);
            }
        } catch (CharacterCodingException e) {
            throw RunFile.bad(file, "not UTF-8 text");
        }
        boolean none = number == 0;
        var instances = new Instances(values);
        return RunFile.within(file, () -> {
            requireSame(none, instances);
            return instances;
        });
    }

    private void add(String line, int number) {
        try {
            JsonObject sample = Json.parsePythonObject(line.getBytes(StandardCharsets.UTF_8));
            String filter = sample.optionalString("filter").orElse("none");
            String hash = sample.optionalString("doc_hash").orElse("");
            String id = sample.number("doc_id")
                    + (hash.isEmpty() ? "" : "-" + hash.substring(0, Math.min(hash.length(), HASH_DIGITS)));
            for (String metric : task.metrics().keySet()) {
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

    /** Samples and results of one run agree; where they do not, one of the two is another run's. */
    private void requireSame(boolean none, Instances instances) {
        task.metrics().forEach((metric, measured) -> {
            Map<String, Double> found = instances.of(metric);
            boolean averaged = task.averaged().contains(metric.split(",", -1)[0]);
            if (none ? measured.count() > 0 : averaged && !found.isEmpty()) {
                requireSame(metric, measured, found);
            }
        });
    }

    private void requireSame(String metric, Measured measured, Map<String, Double> found) {
        if (measured.count() > 0 && measured.count() != found.size()) {
            throw new JsonException("contradicts the results: it has " + found.size() + " samples of " + task.name()
                    + ", they say " + measured.count());
        }
        double mean = found.values().stream()
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
        if (Math.abs(mean - measured.value()) > ROUNDING * Math.max(1, Math.abs(mean))) {
            throw new JsonException("contradicts the results: the mean of its " + metric + " is " + mean + ", they say "
                    + measured.value());
        }
    }
}
