package dev.mgit.hooks.modeltest;

import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.lineage.checkpoint.LossReport;
import dev.mgit.lineage.checkpoint.LossReport.TensorLoss;
import dev.mgit.lineage.checkpoint.Lossy;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.SafePath;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets a lossy version pass only if tests find it as good as the original. Each test is run on the original's files once
 * and on every attempt. A metric may be worse than the original's by the test's own tolerance against the parent, where
 * it has none that against the previous version, and where it has neither not at all; and it may break no limit that the
 * original keeps. While a test objects, the half of the tensors with the greatest relative error is made exact.
 */
public final class LossyGate implements Lossy.Acceptance {
    private final Workspace workspace;
    private final Executor executor;
    private final List<TestDefinition> tests;
    private final Path original;
    private final TestResults results;
    private final Map<String, TestResult> ofOriginal = new HashMap<>();
    private final List<String> objections = new ArrayList<>();

    /**
     * @param original the file or folder that is being committed
     * @throws dev.mgit.delta.MgitException if a test is not registered, or not trusted
     */
    public LossyGate(Workspace workspace, Executor executor, List<String> tests, Path original) {
        TestRegistry registry = new TestRegistry(workspace);
        this.workspace = workspace;
        this.executor = executor;
        this.original = original;
        this.results = new TestResults(workspace);
        this.tests = tests.stream().map(registry::get).toList();
        this.tests.forEach(registry::requireTrusted);
    }

    /** Why attempts were refused, one sentence each. */
    public List<String> objections() {
        return List.copyOf(objections);
    }

    @Override
    public Set<String> refused(VersionId version, LossReport loss) {
        for (TestDefinition test : tests) {
            Optional<String> objection = objection(version, test);
            if (objection.isPresent()) {
                objections.add(test.name() + ": " + objection.get());
                results.drop(version);
                return worst(loss);
            }
        }
        return Set.of();
    }

    /** Notes what the tests found on the version that was accepted. The caller no longer holds the lock. */
    public void note() {
        new TestRunner(workspace, executor, results).note();
    }

    private Optional<String> objection(VersionId version, TestDefinition test) {
        TestResult before = ofOriginal.computeIfAbsent(test.name(), name -> measureOriginal(version, test));
        Verdict after = new TestRunner(workspace, executor, results).run(version, test, true);
        if (before.outcome() != TestResult.Outcome.RAN) {
            return Optional.of(
                    "could not be run on the original: " + before.outcome().word() + ": " + before.detail());
        }
        if (after.result().outcome() != TestResult.Outcome.RAN) {
            return Optional.of(after.text());
        }
        return test.metrics().stream()
                .flatMap(rule -> worse(rule, before, after.result()).stream())
                .findFirst();
    }

    private static Optional<String> worse(MetricRule rule, TestResult before, TestResult after) {
        double reference = before.metrics().getOrDefault(rule.name(), Double.NaN);
        double value = after.metrics().getOrDefault(rule.name(), Double.NaN);
        if (Double.isNaN(value) && !Double.isNaN(reference)) {
            return Optional.of(rule.name() + " is not a number");
        }
        Optional<String> limit = rule.breaksLimits(value);
        if (limit.isPresent() && rule.breaksLimits(reference).isEmpty()) {
            return limit;
        }
        MetricTolerance tolerance = rule.vsParent().or(rule::vsPrevious).orElse(new MetricTolerance(0, false));
        return rule.breaksTolerance(value, reference, tolerance, "the original");
    }

    /** Runs a test on the files that are being committed, as if they were the version. */
    private TestResult measureOriginal(VersionId version, TestDefinition test) {
        var asCommitted = new OriginalFiles(workspace, version, original);
        var unnoted = new TestResults(workspace);
        return new TestRunner(asCommitted, executor, unnoted)
                .run(version, test, true)
                .result();
    }

    private static Set<String> worst(LossReport loss) {
        List<TensorLoss> tensors = new ArrayList<>(loss.tensors());
        tensors.sort(Comparator.comparingDouble(TensorLoss::relative).reversed());
        return tensors.stream()
                .limit((tensors.size() + 1) / 2)
                .map(TensorLoss::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** A workspace in which one version's files are those it was made from. */
    private static final class OriginalFiles extends Workspace.Delegate {
        private final VersionId version;
        private final Path original;

        OriginalFiles(Workspace workspace, VersionId version, Path original) {
            super(workspace);
            this.version = version;
            this.original = original;
        }

        @Override
        public void checkout(VersionId wanted, Path folder) {
            if (!wanted.equals(version)) {
                super.checkout(wanted, folder);
                return;
            }
            try {
                for (FileEntry file : lineage().checkpoint(version).files()) {
                    Path target = SafePath.in(folder, file.path());
                    Files.createDirectories(target.toAbsolutePath().getParent());
                    Files.copy(Files.isDirectory(original) ? original.resolve(file.path()) : original, target);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
