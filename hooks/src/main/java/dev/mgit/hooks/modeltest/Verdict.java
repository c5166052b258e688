package dev.mgit.hooks.modeltest;

import dev.mgit.hooks.check.BuiltIn;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A result judged by a test's limits as they stand now.
 *
 * @param failures which limits were broken, in words
 * @param notes comparisons that could not be made, in words
 */
public record Verdict(
        VersionId version,
        TestDefinition test,
        TestResult result,
        Status status,
        List<String> failures,
        List<String> notes) {
    /** Every way a test can end; only the first is good, only the second is about the model. */
    public enum Status {
        PASSED,
        /** It ran, and a metric broke a limit. */
        FAILED,
        CRASHED,
        TIMED_OUT,
        NO_METRICS;

        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Verdict {
        failures = List.copyOf(failures);
        notes = List.copyOf(notes);
    }

    public boolean passed() {
        return status == Status.PASSED;
    }

    /** One line for people. */
    public String text() {
        return switch (status) {
            case PASSED -> "passed";
            case FAILED -> "failed: " + String.join("; ", failures);
            default -> status.word() + ": " + result.detail();
        };
    }

    /**
     * Judges a result.
     *
     * @param parent the result of the same test on the first provenance parent, where it could be run
     * @param previous the same of the model's previous version
     * @param baselines the same of the versions its metrics are pinned to
     */
    public static Verdict of(
            VersionId version,
            TestDefinition test,
            TestResult result,
            Optional<TestResult> parent,
            Optional<TestResult> previous,
            Baselines baselines) {
        if (result.outcome() != TestResult.Outcome.RAN) {
            Status status = Status.valueOf(result.outcome().name());
            return new Verdict(version, test, result, status, List.of(), List.of());
        }
        for (MetricRule rule : test.metrics()) {
            if (!result.metrics().containsKey(rule.name())) {
                TestResult missing = missing(result, rule.name());
                return new Verdict(version, test, missing, Status.NO_METRICS, List.of(), List.of());
            }
        }
        List<String> failures = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (MetricRule rule : test.metrics()) {
            double value = result.metrics().getOrDefault(rule.name(), Double.NaN);
            rule.breaksLimits(value).ifPresent(failures::add);
            rule.vsParent().ifPresent(limit -> compare(rule, value, limit, parent, "parent", failures, notes));
            rule.vsPrevious()
                    .ifPresent(limit -> compare(rule, value, limit, previous, "previous version", failures, notes));
            rule.baseline()
                    .flatMap(pinned -> againstBaseline(rule, value, pinned, baselines))
                    .ifPresent(failures::add);
        }
        if (test.metrics().isEmpty()) {
            result.metrics().forEach((name, value) -> {
                if (!Double.isFinite(value)) {
                    failures.add(MetricText.noNumber(name, value));
                }
            });
        }
        if (!failures.isEmpty() && BuiltIn.named(test.command())) {
            failures.add(result.detail());
        }
        Status status = failures.isEmpty() ? Status.PASSED : Status.FAILED;
        return new Verdict(version, test, result, status, failures, notes);
    }

    private static TestResult missing(TestResult result, String metric) {
        return new TestResult(
                result.test(),
                result.definition(),
                result.data(),
                TestResult.Outcome.NO_METRICS,
                result.exitCode(),
                "wrote no value for '" + metric + "'",
                result.metrics(),
                result.stdout(),
                result.stderr(),
                result.started(),
                result.seconds());
    }

    private static void compare(
            MetricRule rule,
            double value,
            MetricTolerance tolerance,
            Optional<TestResult> reference,
            String name,
            List<String> failures,
            List<String> notes) {
        Optional<Double> other = reference.map(result -> result.metrics().get(rule.name()));
        if (other.isEmpty() || !Double.isFinite(other.get())) {
            notes.add(rule.name() + " was not compared: the " + name + " has no value");
            return;
        }
        rule.breaksTolerance(value, other.get(), tolerance, "the " + name).ifPresent(failures::add);
    }

    /** A baseline was named: where it cannot be compared with, nothing passes. */
    private static Optional<String> againstBaseline(
            MetricRule rule, double value, MetricBaseline pinned, Baselines baselines) {
        String name = "baseline " + pinned.shortName();
        Baselines.Found found = baselines.get(pinned);
        return found.value(rule.name())
                .map(reference -> rule.breaksTolerance(value, reference, pinned.tolerance(), name))
                .orElseGet(() ->
                        Optional.of(rule.name() + " cannot be compared: " + name + " " + found.missing(rule.name())));
    }
}
