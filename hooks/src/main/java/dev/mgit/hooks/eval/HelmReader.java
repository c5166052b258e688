package dev.mgit.hooks.eval;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reads the folder of one run of HELM or HEIM: {@code run_spec.json}, {@code stats.json} and
 * {@code per_instance_stats.json}, as {@code helm-run} writes them. A stat is a mean over trials; its name becomes
 * {@code exact_match:test}, under a perturbation {@code exact_match:test+robustness.worst}.
 */
final class HelmReader {
    private static final String SPEC = "run_spec.json";
    private static final String STATS = "stats.json";
    private static final String INSTANCES = "per_instance_stats.json";
    private static final double ROUNDING = 1e-6;

    /** What tells the model rather than the run. */
    private static final Set<String> OF_THE_MODEL =
            Set.of("name", "adapter_spec.model", "adapter_spec.model_deployment");

    private HelmReader() {}

    static boolean isRun(Path folder) {
        return Files.isRegularFile(folder.resolve(SPEC)) && Files.isRegularFile(folder.resolve(STATS));
    }

    static HarnessRun read(Path folder) throws IOException {
        Path specFile = folder.resolve(SPEC);
        JsonObject spec = RunFile.object(specFile);
        String name = RunFile.within(specFile, () -> spec.string("name"));
        String model =
                RunFile.within(specFile, () -> spec.object("adapter_spec").string("model"));
        Map<String, String> fields = RunFile.fields(spec);
        fields.keySet().removeAll(OF_THE_MODEL);
        Path stats = folder.resolve(STATS);
        Map<String, Measured> metrics = RunFile.within(stats, () -> metrics(RunFile.objects(stats)));
        if (metrics.isEmpty()) {
            throw RunFile.bad(stats, "it has no metric with a value");
        }
        Path each = folder.resolve(INSTANCES);
        Instances instances = RunFile.isBeside(each, RunFile.MOST_BYTES)
                ? RunFile.within(each, () -> instances(RunFile.objects(each), metrics.keySet()))
                : new Instances(Map.of());
        return new HarnessRun("helm", scenario(name), model, fields, metrics, instances, folder.toString());
    }

    /** {@code mmlu:subject=anatomy,model=openai_gpt2} without the model. */
    static String scenario(String run) {
        int colon = run.indexOf(':');
        if (colon < 0) {
            return run;
        }
        String arguments = Arrays.stream(run.substring(colon + 1).split(",", -1))
                .filter(argument -> !argument.startsWith("model=") && !argument.startsWith("model_deployment="))
                .collect(Collectors.joining(","));
        return arguments.isEmpty() ? run.substring(0, colon) : run.substring(0, colon) + ":" + arguments;
    }

    private static Map<String, Measured> metrics(List<JsonObject> stats) {
        Map<String, Measured> metrics = new TreeMap<>();
        for (JsonObject stat : stats) {
            String name = metric(stat.object("name"));
            Optional<Double> mean = mean(stat, name);
            if (mean.isPresent()) {
                var direction = MetricDirections.of(stat.object("name").string("name"));
                if (metrics.put(name, new Measured(mean.get(), stat.number("count"), direction)) != null) {
                    throw new JsonException("has " + name + " twice");
                }
            }
        }
        return metrics;
    }

    /** Empty where nothing was measured; HELM leaves the mean out then. */
    private static Optional<Double> mean(JsonObject stat, String name) {
        long count = stat.number("count");
        if (count < 0) {
            throw new JsonException("says that " + name + " was measured " + count + " times");
        }
        if (count == 0) {
            return Optional.empty();
        }
        double sum = RunFile.number(name, stat.optionalReal("sum").orElseThrow(() -> missing(name, "sum")));
        double mean = RunFile.number(name, stat.optionalReal("mean").orElseThrow(() -> missing(name, "mean")));
        if (Math.abs(sum / count - mean) > ROUNDING * Math.max(1, Math.abs(mean))) {
            throw new JsonException("contradicts itself: " + name + " has the mean " + mean + ", but " + count
                    + " value(s) with the sum " + sum);
        }
        requireSpread(stat, name, count, mean);
        return Optional.of(mean);
    }

    /** The mean lies between the extremes; the variance is the population's. */
    private static void requireSpread(JsonObject stat, String name, long count, double mean) {
        double rounding = ROUNDING * Math.max(1, mean * mean);
        double min = figure(stat, name, "min").orElse(mean);
        double max = figure(stat, name, "max").orElse(mean);
        if (min > mean + rounding || max < mean - rounding) {
            throw new JsonException(
                    "contradicts itself: " + name + " has the mean " + mean + " of values from " + min + " to " + max);
        }
        Optional<Double> variance = figure(stat, name, "variance");
        Optional<Double> squares = figure(stat, name, "sum_squared");
        boolean known = variance.isPresent() && squares.isPresent();
        if (known && Math.abs(squares.get() / count - mean * mean - variance.get()) > rounding) {
            throw new JsonException("contradicts itself: " + name + " has the variance " + variance.get() + ", but "
                    + count + " value(s) with the sum of squares " + squares.get());
        }
        double deviation =
                figure(stat, name, "stddev").orElse(variance.map(Math::sqrt).orElse(0.0));
        if (variance.isPresent() && Math.abs(deviation * deviation - variance.get()) > rounding) {
            throw new JsonException("contradicts itself: " + name + " has the variance " + variance.get()
                    + ", but the standard deviation " + deviation);
        }
    }

    private static Optional<Double> figure(JsonObject stat, String name, String figure) {
        return stat.optionalReal(figure).map(value -> RunFile.number("the " + figure + " of " + name, value));
    }

    private static JsonException missing(String metric, String field) {
        return new JsonException("does not say the " + field + " of " + metric);
    }

    private static String metric(JsonObject name) {
        var text = new StringBuilder(name.string("name"));
        name.optionalString("split").ifPresent(split -> text.append(':').append(split));
        name.optionalString("sub_split").ifPresent(part -> text.append('.').append(part));
        name.optionalObject("perturbation").ifPresent(perturbation -> text.append(perturbed(perturbation)));
        return text.toString();
    }

    private static String perturbed(JsonObject perturbation) {
        return "+" + perturbation.string("name")
                + perturbation.optionalString("computed_on").map(on -> "." + on).orElse("");
    }

    /**
     * Values by metric and instance; one instance's stats may be spread over several entries, one for each metric, and
     * its trials are averaged.
     */
    private static Instances instances(List<JsonObject> entries, Set<String> known) {
        Map<String, Map<String, double[]>> sums = new LinkedHashMap<>();
        Map<String, Map<String, Double>> byTrial = new LinkedHashMap<>();
        for (JsonObject entry : entries) {
            String id = entry.string("instance_id")
                    + entry.optionalObject("perturbation")
                            .map(HelmReader::perturbed)
                            .orElse("");
            long trial = entry.number("train_trial_index");
            for (JsonObject stat : entry.objects("stats")) {
                String name = metric(stat.object("name"));
                Optional<Double> value = known.contains(name) ? mean(stat, name) : Optional.empty();
                if (value.isEmpty()) {
                    continue;
                }
                if (byTrial.computeIfAbsent(name, key -> new LinkedHashMap<>()).put(id + " " + trial, value.get())
                        != null) {
                    throw new JsonException("has " + name + " of instance " + id + " twice");
                }
                double[] sum = sums.computeIfAbsent(name, key -> new LinkedHashMap<>())
                        .computeIfAbsent(id, key -> new double[2]);
                sum[0] += value.get();
                sum[1]++;
            }
        }
        Map<String, Map<String, Double>> means = new LinkedHashMap<>();
        sums.forEach((metric, byId) -> byId.forEach((id, sum) ->
                means.computeIfAbsent(metric, key -> new LinkedHashMap<>()).put(id, sum[0] / sum[1])));
        return new Instances(means);
    }
}
