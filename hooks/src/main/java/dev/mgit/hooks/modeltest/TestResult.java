package dev.mgit.hooks.modeltest;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.text.Secrets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of running a test on a version: facts only, so that limits may change without a new run.
 *
 * @param definition digest of the definition it was run by
 * @param data digest of the data it was run on
 * @param exitCode of the command; -1 if it had none
 * @param metrics values by name; NaN where the command wrote anything but a number
 * @param stdout the end of what it printed
 * @param seconds how long it took
 */
public record TestResult(
        String test,
        String definition,
        String data,
        Outcome outcome,
        int exitCode,
        String detail,
        Map<String, Double> metrics,
        String stdout,
        String stderr,
        Instant started,
        double seconds) {
    /** How the command itself ended. */
    public enum Outcome {
        /** It ended with 0 and wrote its metrics. */
        RAN,
        CRASHED,
        TIMED_OUT,
        /** It ended with 0 and wrote none, or none that can be read. */
        NO_METRICS;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** The same without secrets in what the command printed, as results of earlier versions of mgit may have them. */
    TestResult masked() {
        return new TestResult(
                test,
                definition,
                data,
                outcome,
                exitCode,
                Secrets.mask(detail),
                metrics,
                Secrets.mask(stdout),
                Secrets.mask(stderr),
                started,
                seconds);
    }

    public JsonObject toJson() {
        Map<String, Object> values = new LinkedHashMap<>();
        metrics.forEach((name, value) -> values.put(name, Double.isFinite(value) ? value : String.valueOf(value)));
        return JsonMembers.of(
                "test",
                test,
                "definition",
                definition,
                "data",
                data,
                "outcome",
                outcome.word(),
                "exitCode",
                exitCode,
                "detail",
                detail,
                "metrics",
                values,
                "stdout",
                stdout,
                "stderr",
                stderr,
                "started",
                started.toString(),
                "seconds",
                seconds);
    }

    public static TestResult fromJson(JsonObject json) {
        return new TestResult(
                json.string("test"),
                json.string("definition"),
                json.string("data"),
                Outcome.valueOf(json.string("outcome").toUpperCase(Locale.ROOT).replace('-', '_')),
                (int) json.number("exitCode"),
                json.string("detail"),
                json.optionalObject("metrics").map(TestResult::metrics).orElse(Map.of()),
                json.string("stdout"),
                json.string("stderr"),
                Instant.parse(json.string("started")),
                json.optionalReal("seconds").orElse(0.0));
    }

    private static Map<String, Double> metrics(JsonObject json) {
        Map<String, Double> result = new LinkedHashMap<>();
        json.members().forEach((name, value) -> result.put(name, noted(name, value)));
        return result;
    }

    /** A value as {@link #toJson} writes it, and as notes of earlier versions have it. */
    private static double noted(String name, @Nullable Object value) {
        if (value == null) {
            return Double.NaN;
        }
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        if (value instanceof String text) {
            return switch (text) {
                case "NaN" -> Double.NaN;
                case "Infinity" -> Double.POSITIVE_INFINITY;
                case "-Infinity" -> Double.NEGATIVE_INFINITY;
                default -> throw new IllegalArgumentException("metric '" + name + "' is not a number");
            };
        }
        throw new IllegalArgumentException("metric '" + name + "' is not a number");
    }
}
