package dev.mgit.hooks.modeltest;

import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Versions by metrics, from the results there are; runs nothing. Each value is compared with that of the model's
 * previous version or, where that has none, of the first parent that has one.
 */
public record Report(List<Column> columns, List<Row> rows) {
    /** One metric of one test. */
    public record Column(TestDefinition test, MetricRule rule) {
        public String title() {
            return test.name() + " " + rule.name();
        }
    }

    /** What all tests say of one version. */
    public record Row(VersionId version, String model, String subject, List<Cell> cells) {}

    /**
     * One value.
     *
     * @param status how the test ended; empty if it has not been run on the version
     * @param value empty unless the test ran
     * @param change value less the reference's value; empty if there is no reference
     * @param reference {@code previous} or the parent's model name; empty if there is no reference
     * @param regression true if the change is for the worse
     * @param baseline how it stands against the version its metric is pinned to; empty if it is pinned to none
     * @param outdated true if the test would now be run by other code or on other data
     * @param detail what the verdict says
     */
    public record Cell(
            Optional<Verdict.Status> status,
            Optional<Double> value,
            Optional<Double> change,
            String reference,
            boolean regression,
            Optional<AgainstBaseline> baseline,
            boolean outdated,
            String detail) {
        static final Cell EMPTY =
                new Cell(Optional.empty(), Optional.empty(), Optional.empty(), "", false, Optional.empty(), false, "");

        /** How an outdated value is marked. */
        static final String OUTDATED = " *";

        /** The value with its change: {@code 0.91 (-0.02 worse)}; or how the test ended. */
        String text() {
            if (status.isEmpty()) {
                return "";
            }
            String failed = status.get() == Verdict.Status.FAILED ? " FAILED" : "";
            return value.map(number -> MetricText.text(number) + compared() + failed)
                            .orElse(status.get().word())
                    + (outdated ? OUTDATED : "");
        }

        private String compared() {
            List<String> words = new ArrayList<>();
            change.ifPresent(by -> words.add(MetricText.signed(by) + (regression ? " worse" : "")));
            baseline.ifPresent(against -> words.add(against.text()));
            return words.isEmpty() ? "" : " (" + String.join("; ", words) + ")";
        }
    }

    /**
     * A value beside that of its baseline.
     *
     * @param name the baseline's tag, or its abbreviated id
     * @param change value less the baseline's value; empty if there is none
     * @param worse true if the change is for the worse
     * @param missing why there is no value to compare with; empty if there is one
     */
    public record AgainstBaseline(
            String name, Optional<VersionId> version, Optional<Double> change, boolean worse, String missing) {
        private String text() {
            return change.map(by -> MetricText.signed(by) + (worse ? " worse than " : " from ") + name)
                    .orElse("baseline " + name + " " + missing);
        }
    }

    public Report {
        columns = List.copyOf(columns);
        rows = List.copyOf(rows);
    }

    /** The same without versions that no test of the table applies to and that have no result of one. */
    public Report ofTested(Workspace workspace) {
        return new Report(
                columns,
                rows.stream()
                        .filter(row -> row.cells().stream()
                                        .anyMatch(cell -> cell.status().isPresent())
                                || columns.stream()
                                        .anyMatch(column -> column.test()
                                                .on()
                                                .matches(workspace.lineage().version(row.version()))))
                        .toList());
    }

    /** Builds the table; a column for every metric a test judges by. */
    public static Report of(
            Workspace workspace, List<VersionId> versions, List<TestDefinition> tests, TestResults results) {
        List<Column> columns = tests.stream()
                .flatMap(test -> test.metrics().stream().map(rule -> new Column(test, rule)))
                .toList();
        Map<TestDefinition, Predicate<TestResult>> outdated = new HashMap<>();
        tests.forEach(test -> outdated.put(test, test.outdating(workspace.root())));
        List<Row> rows = new ArrayList<>();
        for (VersionId id : versions) {
            Version version = workspace.lineage().version(id);
            List<Cell> cells = columns.stream()
                    .map(column -> cell(version, column, results, Objects.requireNonNull(outdated.get(column.test()))))
                    .toList();
            rows.add(new Row(id, version.model(), version.subject(), cells));
        }
        return new Report(columns, rows);
    }

    private static Cell cell(Version version, Column column, TestResults results, Predicate<TestResult> outdating) {
        TestDefinition test = column.test();
        Optional<Verdict> found = results.verdict(version, test);
        if (found.isEmpty()) {
            return Cell.EMPTY;
        }
        Verdict verdict = found.get();
        boolean outdated = outdating.test(verdict.result());
        String metric = column.rule().name();
        Optional<Double> value = value(verdict.result(), metric);
        if (value.isEmpty()) {
            return new Cell(
                    Optional.of(verdict.status()),
                    value,
                    Optional.empty(),
                    "",
                    false,
                    Optional.empty(),
                    outdated,
                    verdict.text());
        }
        String reference = "previous";
        Optional<Double> other =
                version.previous().flatMap(id -> results.latest(id, test)).flatMap(before -> value(before, metric));
        for (ProvenanceEdge edge : other.isPresent() ? List.<ProvenanceEdge>of() : version.origins()) {
            other = results.latest(edge.parent(), test).flatMap(before -> value(before, metric));
            if (other.isPresent()) {
                reference = edge.model();
                break;
            }
        }
        boolean regression = other.isPresent() && column.rule().gain(value.get(), other.get()) < 0;
        return new Cell(
                Optional.of(verdict.status()),
                value,
                other.map(before -> value.get() - before).filter(Double::isFinite),
                other.isPresent() ? reference : "",
                regression,
                column.rule().baseline().map(pinned -> against(pinned, column, value.get(), results)),
                outdated,
                verdict.text());
    }

    private static AgainstBaseline against(MetricBaseline pinned, Column column, double value, TestResults results) {
        Baselines.Found found = results.baselines(column.test()).get(pinned);
        Optional<Double> reference = found.value(column.rule().name());
        return new AgainstBaseline(
                pinned.shortName(),
                found.version(),
                reference.map(number -> value - number).filter(Double::isFinite),
                reference
                        .filter(number -> column.rule().gain(value, number) < 0)
                        .isPresent(),
                reference.isPresent() ? "" : found.missing(column.rule().name()));
    }

    private static Optional<Double> value(TestResult result, String metric) {
        return result.outcome() == TestResult.Outcome.RAN
                ? Optional.ofNullable(result.metrics().get(metric))
                : Optional.empty();
    }

    /** Number of values that are worse than their reference. */
    public long regressions() {
        return cells().filter(Cell::regression).count();
    }

    /** Number of values that the test would now find by other code or on other data. */
    public long outdated() {
        return cells().filter(Cell::outdated).count();
    }

    /** Number of values that have a reference. */
    public long compared() {
        return cells().filter(cell -> cell.change().isPresent()).count();
    }

    private java.util.stream.Stream<Cell> cells() {
        return rows.stream().flatMap(row -> row.cells().stream());
    }
}
