package dev.mgit.hooks.eval;

import dev.mgit.hooks.modeltest.MetricRule.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which way HELM's metrics are better. The files of a run do not say; {@value #TABLE} has what {@code lower_is_better} says in
 * the schemas that crfm-helm ships ({@code static/schema_*.yaml}, HEIM's included), for the names that they agree on, in
 * June 2026. Left out are numbers of which neither more nor less is better, such as the length of a prompt, though a schema
 * gives them its default.
 */
final class MetricDirections {
    private static final String TABLE = "helm-metrics.txt";
    private static final Map<String, Direction> KNOWN = read();

    /** Scores of AIR-Bench's 300 categories. */
    private static final Pattern CATEGORY = Pattern.compile("air_category_[0-9_]+_score");

    /** What they measure is the machine, so that they say nothing of a version. */
    private static final Set<String> OF_THE_MACHINE = Set.of(
            "denoised_runtime",
            "inference_denoised_runtime",
            "inference_idealized_runtime",
            "inference_runtime",
            "training_co2_cost",
            "training_energy_cost");

    private MetricDirections() {}

    private static Map<String, Direction> read() {
        Map<String, Direction> known = new HashMap<>();
        try (InputStream table = MetricDirections.class.getResourceAsStream(TABLE)) {
            new String(Objects.requireNonNull(table, TABLE).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" ", 2))
                    .forEach(line -> known.put(line[1], Direction.valueOf(line[0].toUpperCase(Locale.ROOT))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return known;
    }

    static Optional<Direction> of(String metric) {
        return CATEGORY.matcher(metric).matches()
                ? Optional.of(Direction.HIGHER)
                : Optional.ofNullable(KNOWN.get(metric));
    }

    /**
     * Whether a metric, with or without its split, is one of the model as it is: neither of the machine it ran on, nor
     * under a perturbation of its input.
     */
    static boolean ofTheModel(String metric) {
        int split = metric.indexOf(':');
        return metric.indexOf('+') < 0 && !OF_THE_MACHINE.contains(split < 0 ? metric : metric.substring(0, split));
    }
}
