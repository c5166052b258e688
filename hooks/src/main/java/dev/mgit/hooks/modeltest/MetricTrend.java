package dev.mgit.hooks.modeltest;

import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One metric along a model's versions, oldest first, as far as there are results.
 *
 * @param points values that are numbers
 * @param baseline value of the version that the metric is pinned to; empty if there is none
 */
public record MetricTrend(String model, Report.Column column, List<Point> points, Optional<Double> baseline) {
    /** More versions than this do not make a line clearer. */
    private static final int MOST_POINTS = 500;

    /**
     * One value.
     *
     * @param failed whether the test failed on the version, for whatever reason
     */
    public record Point(VersionId version, double value, boolean failed) {}

    public MetricTrend {
        points = List.copyOf(points);
    }

    /** The point no other is better than, the newest of several. */
    public Point best() {
        Point best = points.get(0);
        for (Point point : points) {
            if (column.rule().gain(point.value(), best.value()) >= 0) {
                best = point;
            }
        }
        return best;
    }

    /** Trends of at least two values, of the models of a report's rows. Runs nothing. */
    public static List<MetricTrend> of(Workspace workspace, Report report, TestResults results) {
        Set<String> models = new LinkedHashSet<>();
        report.rows().forEach(row -> models.add(row.model()));
        List<MetricTrend> trends = new ArrayList<>();
        for (String model : models) {
            workspace.lineage().model(model).ifPresent(found -> {
                List<Version> versions = versions(workspace, found.head());
                for (Report.Column column : report.columns()) {
                    MetricTrend trend = trend(model, column, versions, results);
                    if (trend.points().size() > 1) {
                        trends.add(trend);
                    }
                }
            });
        }
        return trends;
    }

    private static List<Version> versions(Workspace workspace, VersionId head) {
        List<Version> versions = new ArrayList<>();
        Optional<VersionId> next = Optional.of(head);
        while (next.isPresent() && versions.size() < MOST_POINTS) {
            Version version = workspace.lineage().version(next.get());
            versions.add(version);
            next = version.previous();
        }
        Collections.reverse(versions);
        return versions;
    }

    private static MetricTrend trend(String model, Report.Column column, List<Version> versions, TestResults results) {
        String metric = column.rule().name();
        List<Point> points = new ArrayList<>();
        for (Version version : versions) {
            results.verdict(version, column.test()).ifPresent(verdict -> {
                Double value = verdict.result().metrics().get(metric);
                if (value != null && Double.isFinite(value)) {
                    points.add(new Point(version.id(), value, verdict.status() != Verdict.Status.PASSED));
                }
            });
        }
        Optional<Double> baseline = column.rule()
                .baseline()
                .flatMap(pinned ->
                        Optional.ofNullable(results.baselines(column.test()).get(pinned)))
                .flatMap(found -> found.value(metric))
                .filter(Double::isFinite);
        return new MetricTrend(model, column, points, baseline);
    }
}
