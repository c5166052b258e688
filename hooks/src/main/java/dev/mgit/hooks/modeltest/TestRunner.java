package dev.mgit.hooks.modeltest;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.delta.json.JsonException;
import dev.mgit.hooks.CommandContract;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.check.BuiltIn;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.lineage.text.Secrets;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs tests. Besides the variables of {@link CommandContract} the command finds {@code MGIT_MODEL} (folder with the files
 * under test), {@code MGIT_MODEL_NAME}, {@code MGIT_VERSION} and {@code MGIT_METRICS}, the file to write one JSON
 * object of numbers to. Exit code 0 means it ran. Folders are its own copies and deleted afterwards.
 */
public final class TestRunner {
    private static final int KEPT_OUTPUT = 16 << 10;
    private static final int LONGEST_SECRET = 4 << 10;

    private final Workspace workspace;
    private final Executor executor;
    private final TestRegistry registry;
    private final TestResults results;
    private final Path scratch;

    /** @param results where results are found and left; the caller notes them */
    public TestRunner(Workspace workspace, Executor executor, TestResults results) {
        this(workspace, executor, results, workspace.scratch().resolve("tests"));
    }

    /** @param scratch where the folders of running tests are */
    public TestRunner(Workspace workspace, Executor executor, TestResults results, Path scratch) {
        this.scratch = scratch;
        this.workspace = workspace;
        this.executor = executor;
        this.registry = new TestRegistry(workspace);
        this.results = results;
    }

    /**
     * Judges a version by a test, running it where there is no result for the same version, command and data. Also
     * runs it on the parent, the previous version or a baseline where a tolerance needs their values.
     *
     * @param fresh run again even if there is a result
     * @throws MgitException if the test is not trusted, or a version cannot be checked out
     */
    public Verdict run(VersionId id, TestDefinition test, boolean fresh) {
        registry.requireTrusted(test);
        Version version = version(id);
        TestResult result = measure(version, test, fresh);
        boolean needsParent =
                test.metrics().stream().anyMatch(rule -> rule.vsParent().isPresent());
        boolean needsPrevious =
                test.metrics().stream().anyMatch(rule -> rule.vsPrevious().isPresent());
        Optional<VersionId> parent = version.origins().stream()
                .findFirst()
                .map(ProvenanceEdge::parent)
                .filter(edge -> needsParent);
        Optional<VersionId> previous = version.previous().filter(edge -> needsPrevious);
        return Verdict.of(
                id,
                test,
                result,
                parent.map(reference -> measure(version(reference), test, false)),
                previous.map(reference -> measure(version(reference), test, false)),
                baselines(test));
    }

    private Baselines baselines(TestDefinition test) {
        // Named first and measured afterwards: nobody else waits for the lineage while a command runs.
        Baselines named = results.baselines(test);
        Map<String, Baselines.Found> measured = new LinkedHashMap<>();
        named.found()
                .forEach((revision, found) -> measured.put(
                        revision,
                        new Baselines.Found(
                                found.version(),
                                found.version().map(version -> measure(version(version), test, false)))));
        return new Baselines(measured);
    }

    private Version version(VersionId id) {
        synchronized (workspace) {
            return workspace.lineage().version(id);
        }
    }

    /**
     * Runs tests on versions, several at a time, and notes the results in one transaction.
     *
     * @return one verdict for each version and each of its tests, in order
     */
    public List<Verdict> runAll(
            Map<VersionId, List<TestDefinition>> plan, boolean fresh, int jobs, JobProgress progress) {
        List<java.util.concurrent.Callable<Verdict>> tasks = new ArrayList<>();
        plan.forEach((version, tests) -> tests.forEach(test -> tasks.add(() -> {
            Verdict verdict = run(version, test, fresh);
            String model = version(version).model();
            progress.on(
                    new JobProgress.Event(JobProgress.Kind.TESTED, model, verdict.text(), Optional.of(test.name())));
            return verdict;
        })));
        try {
            return TaskPool.runAll(jobs, tasks);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            note();
        }
    }

    /** Notes all results that wait. */
    public void note() {
        if (!results.anyWaiting()) {
            return;
        }
        workspace.locked("test run", () -> {
            var transaction = workspace.lineage().begin("test run", workspace.author());
            results.putInto(transaction);
            transaction.apply();
            return true;
        });
    }

    private TestResult measure(Version version, TestDefinition test, boolean fresh) {
        String data = test.dataDigest(workspace.root());
        Optional<TestResult> known = fresh ? Optional.empty() : results.cached(version.id(), test, data);
        if (known.isPresent()) {
            return known.get();
        }
        WorkFolder folder = WorkFolder.create(scratch);
        try {
            TestResult result = run(version, test, data, folder.path());
            results.add(version.id(), result);
            return result;
        } finally {
            folder.delete();
        }
    }

    private TestResult run(Version version, TestDefinition test, String data, Path folder) {
        Path model = checkout(version.id(), folder.resolve("model"));
        if (BuiltIn.named(test.command())) {
            return check(test, data, model);
        }
        List<CommandContract.Parent> parents = new ArrayList<>();
        for (ProvenanceEdge edge : version.origins()) {
            Path parent = checkout(edge.parent(), folder.resolve("parent" + (parents.size() + 1)));
            parents.add(CommandContract.Parent.of(edge, parent));
        }
        Path metrics = folder.resolve("metrics.json");
        Map<String, String> environment = CommandContract.environment(workspace, "test", parents);
        environment.put("MGIT_MODEL", model.toAbsolutePath().toString());
        environment.put("MGIT_MODEL_NAME", version.model());
        environment.put("MGIT_VERSION", version.id().hex());
        environment.put("MGIT_METRICS", metrics.toAbsolutePath().toString());
        var job = new Job(
                "test " + test.name() + " on " + version.model(),
                CommandContract.words(test.command(), test.shell()),
                environment,
                workspace.root(),
                folder.resolve("job"),
                test.limits(),
                List.of());
        Instant started = Instant.now();
        JobHandle handle = executor.submit(job);
        JobStatus status = executor.conclude(handle);
        double seconds = Duration.between(started, Instant.now()).toMillis() / 1000.0;
        return result(test, data, status, metrics, handle, environment, started, seconds);
    }

    /** The end of what a command printed, without secrets; more is read than is kept, so that none is cut in two. */
    private static String output(Path file, Map<String, String> environment) {
        String masked = Secrets.mask(FolderTools.tail(file, KEPT_OUTPUT + LONGEST_SECRET), environment);
        return masked.length() <= KEPT_OUTPUT + LONGEST_SECRET / 2
                ? masked
                : "[…]\n" + masked.substring(masked.length() - KEPT_OUTPUT);
    }

    private static TestResult check(TestDefinition test, String data, Path model) {
        Instant started = Instant.now();
        TestResult.Outcome outcome = TestResult.Outcome.CRASHED;
        var report = new BuiltIn.Report(Map.of(), "", "");
        String detail;
        try {
            report = BuiltIn.of(test.command()).orElseThrow().run(model);
            detail = report.summary();
            outcome = report.metrics().isEmpty() ? TestResult.Outcome.NO_METRICS : TestResult.Outcome.RAN;
        } catch (MgitException e) {
            detail = String.valueOf(e.getMessage());
        }
        return new TestResult(
                test.name(),
                test.digest(),
                data,
                outcome,
                -1,
                detail,
                report.metrics(),
                report.details(),
                "",
                started,
                Duration.between(started, Instant.now()).toMillis() / 1000.0);
    }

    private Path checkout(VersionId version, Path folder) {
        FolderTools.create(folder);
        synchronized (workspace) {
            workspace.checkout(version, folder);
        }
        return folder;
    }

    private static TestResult result(
            TestDefinition test,
            String data,
            JobStatus status,
            Path file,
            JobHandle handle,
            Map<String, String> environment,
            Instant started,
            double seconds) {
        TestResult.Outcome outcome = TestResult.Outcome.RAN;
        String detail = Secrets.mask(status.detail(), environment);
        Map<String, Double> metrics = Map.of();
        if (status.state() == JobStatus.State.TIMED_OUT) {
            outcome = TestResult.Outcome.TIMED_OUT;
        } else if (!status.ok()) {
            outcome = TestResult.Outcome.CRASHED;
        } else {
            try {
                metrics = MetricsFile.read(file);
            } catch (JsonException e) {
                outcome = TestResult.Outcome.NO_METRICS;
                detail = Secrets.mask(String.valueOf(e.getMessage()), environment);
            }
        }
        return new TestResult(
                test.name(),
                test.digest(),
                data,
                outcome,
                status.exitCode(),
                detail,
                metrics,
                output(handle.stdout(), environment),
                output(handle.stderr(), environment),
                started,
                seconds);
    }
}
