package dev.mgit.hooks.eval;

import dev.mgit.hooks.modeltest.MetricRule.Direction;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Versions by what was measured on them.
 *
 * @param columns scenario and metric, in order
 * @param rows one a version, in the order asked for
 */
public record EvaluationTable(List<Column> columns, List<Row> rows) {
    /** @param direction that of the first version that knows one */
    public record Column(String scenario, String metric, Optional<Direction> direction) {
        public String name() {
            return scenario + "/" + metric;
        }
    }

    /**
     * A version.
     *
     * @param values one a column
     * @param winRate empty where no column compares it with another
     * @param lacking scenarios that another row has and this one does not
     */
    public record Row(
            VersionId version, List<Optional<Double>> values, Optional<Double> winRate, List<String> lacking) {}

    /**
     * Those of some versions.
     *
     * @param metrics which ones; without any, those whose direction is known and that are of the model
     */
    public static EvaluationTable of(Evaluations evaluations, List<VersionId> versions, Optional<Glob> metrics) {
        Map<VersionId, Map<String, Measured>> found = new LinkedHashMap<>();
        Map<String, Column> columns = new java.util.TreeMap<>();
        Map<VersionId, TreeSet<String>> scenarios = new LinkedHashMap<>();
        TreeSet<String> all = new TreeSet<>();
        for (VersionId version : versions) {
            Map<String, Measured> values = new LinkedHashMap<>();
            TreeSet<String> has = new TreeSet<>();
            for (Evaluation evaluation : evaluations.latest(version)) {
                evaluation.metrics().forEach((metric, value) -> {
                    String name = evaluation.name(metric);
                    if (wanted(metrics, metric, name, value)) {
                        values.put(name, value);
                        has.add(evaluation.scenario());
                        columns.merge(
                                name,
                                new Column(evaluation.scenario(), metric, value.direction()),
                                (first, second) -> first.direction().isPresent() ? first : second);
                    }
                });
            }
            found.put(version, values);
            scenarios.put(version, has);
            all.addAll(has);
        }
        List<Column> ordered = List.copyOf(columns.values());
        List<WinRate.Column> compared = ordered.stream()
                .map(column -> new WinRate.Column(column.direction(), values(found, versions, column)))
                .toList();
        List<Optional<Double>> rates = WinRate.of(compared, versions.size());
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            VersionId version = versions.get(i);
            List<Optional<Double>> own = new ArrayList<>();
            for (WinRate.Column column : compared) {
                own.add(column.values().get(i));
            }
            TreeSet<String> lacking = new TreeSet<>(all);
            lacking.removeAll(scenarios.getOrDefault(version, new TreeSet<>()));
            rows.add(new Row(version, own, rates.get(i), List.copyOf(lacking)));
        }
        return new EvaluationTable(ordered, rows);
    }

    /** Whether a metric is one to compare versions by. */
    static boolean wanted(Optional<Glob> chosen, String metric, String name, Measured value) {
        return chosen.map(glob -> glob.test(metric) || glob.test(name))
                .orElseGet(() -> value.direction().isPresent() && MetricDirections.ofTheModel(metric));
    }

    private static List<Optional<Double>> values(
            Map<VersionId, Map<String, Measured>> found, List<VersionId> versions, Column column) {
        return versions.stream()
                .map(version -> Optional.ofNullable(
                                found.getOrDefault(version, Map.of()).get(column.name()))
                        .map(Measured::value))
                .toList();
    }
}
