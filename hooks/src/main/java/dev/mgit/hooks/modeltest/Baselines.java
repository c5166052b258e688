package dev.mgit.hooks.modeltest;

import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The versions that the metrics of a test are held against, by revision, and what the test said of each. */
record Baselines(Map<String, Found> found) {
    /**
     * One of them.
     *
     * @param version empty if the revision names none any more
     * @param result empty if the test has no result on it
     */
    record Found(Optional<VersionId> version, Optional<TestResult> result) {
        /** Its value of a metric; empty unless that is a number. */
        Optional<Double> value(String metric) {
            return result.map(test -> test.metrics().get(metric)).filter(Double::isFinite);
        }

        /** Why there is no value to compare with, as what follows the baseline's name. */
        String missing(String metric) {
            if (version.isEmpty()) {
                return "does not exist";
            }
            if (result.isEmpty()) {
                return "has no result";
            }
            return result.get().outcome() == TestResult.Outcome.RAN
                    ? "has no number for " + metric
                    : "has no result: " + result.get().outcome().word() + ": "
                            + result.get().detail();
        }
    }

    /** @param results what the test says of a version, asked once for each */
    static Baselines of(Lineage lineage, TestDefinition test, Function<VersionId, Optional<TestResult>> results) {
        Map<String, Found> found = new LinkedHashMap<>();
        for (MetricRule rule : test.metrics()) {
            rule.baseline()
                    .ifPresent(baseline -> found.computeIfAbsent(baseline.revision(), revision -> {
                        Optional<VersionId> version = version(lineage, revision);
                        return new Found(version, version.flatMap(results));
                    }));
        }
        return new Baselines(found);
    }

    /** Tags and whole ids only: no other name may take the place of a tag that is gone. */
    private static Optional<VersionId> version(Lineage lineage, String revision) {
        return VersionId.isId(revision)
                ? lineage.tryResolve(revision)
                : lineage.tags().stream()
                        .filter(tag -> tag.name().equals(revision))
                        .map(Tag::version)
                        .findFirst();
    }

    Found get(MetricBaseline baseline) {
        return found.getOrDefault(baseline.revision(), new Found(Optional.empty(), Optional.empty()));
    }
}
