package dev.mgit.hooks.modeltest;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The metrics a test's command leaves: one JSON object of numbers, as Python's {@code json.dump} writes them. */
final class MetricsFile {
    private static final long MAX_BYTES = 1 << 20;

    private MetricsFile() {}

    /**
     * Values by name. What is no number, {@code true}, text, null or a list, is NaN: the metric is there, and bad.
     *
     * @throws JsonException saying why there are none
     */
    static Map<String, Double> read(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new JsonException("wrote no metrics to MGIT_METRICS");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new JsonException("the metrics file is larger than " + MAX_BYTES + " bytes");
            }
            Map<String, Double> metrics = new LinkedHashMap<>();
            Json.parsePythonObject(Files.readAllBytes(file))
                    .members()
                    .forEach((name, value) ->
                            metrics.put(name, value instanceof Number number ? number.doubleValue() : Double.NaN));
            if (metrics.isEmpty()) {
                throw new JsonException("the metrics file has no metrics");
            }
            return metrics;
        } catch (JsonException e) {
            throw new JsonException("metrics: " + e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
