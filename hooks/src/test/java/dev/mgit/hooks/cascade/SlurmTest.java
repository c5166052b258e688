package dev.mgit.hooks.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.SlurmCluster;
import dev.mgit.hooks.CommandFailure;
import dev.mgit.hooks.Family;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.SlurmExecutor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cascades under a real Slurm of one node, started here; models are made. */
@Tag("slow")
class SlurmTest {
    @TempDir
    static Path cluster;

    @TempDir
    Path temp;

    private static @Nullable SlurmCluster slurm;

    private SlurmExecutor executor = new SlurmExecutor(Map.of(), List.of(), Limits.NONE);

    @BeforeAll
    static void startSlurm() throws Exception {
        Optional<String> reason = SlurmCluster.reasonAgainst();
        assumeTrue(reason.isEmpty(), () -> "Slurm is not tested: " + reason.orElse(""));
        slurm = SlurmCluster.start(cluster);
    }

    @AfterEach
    void emptyTheQueue() throws Exception {
        if (slurm != null) {
            slurm.empty();
        }
    }

    @AfterAll
    static void stopSlurm() {
        if (slurm != null) {
            slurm.close();
        }
    }

    @BeforeEach
    void connect() {
        if (slurm != null) {
            executor = new SlurmExecutor(slurm.environment(), List.of(), Limits.NONE);
        }
    }

    private JobHandle submit(String name, Limits limits, String line, JobHandle... after) {
        return executor.submit(new Job(
                name, List.of("sh", "-c", line), System.getenv(), temp, temp.resolve(name), limits, List.of(after)));
    }

    @Test
    void jobsWaitForEachOtherAndLeaveTheirExitCodes() throws Exception {
        Path go = temp.resolve("go");
        JobHandle first = submit("first", Limits.NONE, Await.forFile(go) + "; echo one > shared; echo said");
        JobHandle second = submit("second", Limits.NONE, "cat shared; exit 3", first);
        JobHandle third = submit("third", Limits.NONE, "echo never", second);

        assertThat(executor.peek(third).detail()).startsWith("Slurm job " + third.id() + " PENDING");
        Files.createFile(go);
        assertThat(executor.await(first).ok()).isTrue();
        assertThat(executor.await(second).exitCode()).isEqualTo(3);
        assertThat(Files.readString(second.stdout())).isEqualTo("one\n");
        assertThat(executor.await(third).state()).isEqualTo(JobStatus.State.LOST);
        assertThat(third.stdout()).doesNotExist();
        // As another process that never learnt the number would ask.
        var later = new SlurmExecutor(java.util.Objects.requireNonNull(slurm).environment(), List.of(), Limits.NONE);
        assertThat(later.await(new JobHandle("", first.folder())).ok()).isTrue();
    }

    @Test
    void timeoutsAndCancellationEndJobs() {
        JobHandle slow = submit("slow", Limits.timeout(Duration.ofSeconds(2)), "sleep 300");
        JobHandle cancelled = submit("cancelled", Limits.NONE, "sleep 300");
        executor.cancel(cancelled);

        assertThat(executor.await(slow).state()).isEqualTo(JobStatus.State.TIMED_OUT);
        assertThat(executor.await(cancelled).state()).isEqualTo(JobStatus.State.CANCELLED);
    }

    private static Map<String, String> states(UpdateReport report) {
        Map<String, String> states = new TreeMap<>();
        report.lines().forEach(line -> states.put(line.name(), line.state()));
        return states;
    }

    @Test
    void aCascadeRunsInTheQueueWhileNobodyWatchesAndIsCollectedLater() throws Exception {
        Path root = FolderTools.create(temp.resolve("diamond")).resolve("repo");
        try (var workspace = FolderWorkspace.create(root)) {
            new Family(workspace).diamond().gate("all", "lines:lower:max=9").ran();
            workspace.commit("base", "base2\n");
            var updates = new Updates(workspace, executor, JobProgress.NONE);
            UpdateOptions options = UpdateOptions.of("base");
            UpdateReport submitted = updates.submit(updates.plan(options), options);
            assertThat(states(submitted).values()).containsOnly("running");
            assertThat(workspace.weights("a")).isEqualTo("base1\n+a\n");
        }
        // The submitter is gone; the last job of the diamond ends all the same.
        Path last = root.resolve(".mgit/hooks/update/work/4-1/job/exit");
        Await.until("the last job has ended", () -> Files.exists(last));
        assertThat(last).hasContent("0");
        try (var workspace = FolderWorkspace.open(root)) {
            var updates = new Updates(workspace, executor, JobProgress.NONE);
            assertThat(updates.executorName()).contains("slurm");
            assertThat(states(updates.status().orElseThrow()).values()).containsOnly("running");
            UpdateReport report = updates.resume();
            assertThat(report.failure()).isEmpty();
            assertThat(workspace.weights("q")).isEqualTo("base2\n+a\nbase2\n+b\n+c\n+q\n");
            assertThat(new Family(workspace).ran())
                    .containsExactly(
                            "a", "b", "c", "d", "q", "test a", "test b", "test base", "test c", "test d", "test q");
            assertThat(updates.status()).isEmpty();
        }
    }

    @Test
    void aFailedJobCarriesItsLogAndStopsOnlyWhatIsBelow() throws Exception {
        Path root = FolderTools.create(temp.resolve("failing")).resolve("repo");
        try (var workspace = FolderWorkspace.create(root)) {
            Family family = new Family(workspace).diamond();
            family.derive(
                    List.of("b"),
                    "grep -q base2 {parent1}/weights && { echo out of luck >&2; exit 5; };"
                            + " cp {parent1}/weights {output}/weights",
                    "base");
            family.derive("c", "a", "b").derive("q", "c");
            workspace.commit("base", "base2\n");
            var updates = new Updates(workspace, executor, JobProgress.NONE);
            UpdateOptions options = UpdateOptions.of("base");
            UpdateReport report = updates.start(updates.plan(options), options);

            assertThat(states(report))
                    .isEqualTo(Map.of("a", "passed", "b", "failed", "c", "skipped", "d", "passed", "q", "skipped"));
            assertThat(report.lines().get(1).detail()).isEqualTo("exit code 5\nout of luck");
            assertThat(workspace.weights("a")).isEqualTo("base2\n+a\n");
        }
    }

    @Test
    void aSubmitterKilledWhileSubmittingLosesNothingAndRepeatsNothing() throws Exception {
        Map<String, String> environment =
                java.util.Objects.requireNonNull(slurm).environment();
        // Points 3 to 10 lie before and after each submission, and before and after its number is journaled.
        for (int point = 3; point <= 10; point++) {
            Path root = FolderTools.create(temp.resolve("killed" + point)).resolve("repo");
            try (var workspace = FolderWorkspace.create(root)) {
                workspace.commit("base", "base1\n");
                new Family(workspace).derive("a", "base").derive("b", "a").ran();
                workspace.commit("base", "base2\n");
            }
            assertThat(UpdateProcess.killAt(root, "submit", point, environment)).isPresent();
            try (var workspace = FolderWorkspace.open(root)) {
                UpdateReport report = new Updates(workspace, executor, JobProgress.NONE).resume();
                assertThat(report.failure()).as("killed at %s", point).isEmpty();
                assertThat(workspace.weights("b")).isEqualTo("base2\n+a\n+b\n");
                assertThat(new Family(workspace).ran())
                        .as("killed at %s", point)
                        .containsExactly("a", "b");
            }
        }
    }

    /** The one step of a journal that only a queue takes; all others are KilledStepsTest's. */
    @Test
    void killedWhileItLeavesOutWhatAlreadyRanItLeavesItOutAllTheSame() throws Exception {
        Map<String, String> environment =
                java.util.Objects.requireNonNull(slurm).environment();
        for (String instant : List.of("before ", "after ")) {
            String step = instant + KilledStepsTest.IN_A_QUEUE;
            Path root = gated("traced" + instant.strip());
            int point = UpdateProcess.steps(root, "start", environment).indexOf(step) + 1;
            root = gated("killed" + instant.strip());
            assertThat(UpdateProcess.killAt(root, "start", point, environment))
                    .hasValueSatisfying(where -> assertThat(where).startsWith(step));
            try (var workspace = FolderWorkspace.open(root)) {
                UpdateReport report = new Updates(workspace, executor, JobProgress.NONE).resume();
                assertThat(states(report)).isEqualTo(Map.of("a", "failed", "b", "skipped"));
                assertThat(workspace.weights("b")).startsWith("base1");
                assertThat(workspace.lineage().privateRefs("staging/")).isEmpty();
                assertThat(workspace.scratch().resolve("update")).doesNotExist();
            }
        }
    }

    /** base → a → b with a gate that lets no new a through, base having got a new version. */
    private Path gated(String name) {
        Path root = FolderTools.create(temp.resolve(name)).resolve("repo");
        try (var workspace = FolderWorkspace.create(root)) {
            workspace.commit("base", "base1\n");
            new Family(workspace).derive("a", "base").derive("b", "a").gate("a", "lines:lower:max=1");
            workspace.commit("base", "base2\n");
        }
        return root;
    }

    @Test
    void aJobAsksSlurmForWhatItsLimitsSay() throws Exception {
        var limits = new Limits(Optional.of(Duration.ofSeconds(90)), Optional.of(200L << 20), 2, 0);
        JobHandle job = submit("asks", limits, "scontrol show job $SLURM_JOB_ID; nproc; echo threads:$OMP_NUM_THREADS");
        assertThat(executor.await(job).ok()).isTrue();

        assertThat(Files.readString(job.stdout()))
                .contains("MinMemoryNode=200M", "CPUs/Task=2", "TimeLimit=00:02:00", "threads:2");
    }

    @Test
    void whatSlurmCannotGiveIsRefusedInItsOwnWords() {
        var limits = new Limits(Optional.empty(), Optional.of(1L << 50), 0, 0);
        assertThatThrownBy(() -> submit("huge", limits, "true"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageStartingWith("Slurm refused huge\n")
                .hasMessageContaining("Memory specification can not be satisfied");
    }

    @Test
    void aJobThatSlurmEndsCarriesSlurmsOwnLog() throws Exception {
        JobHandle job = submit("ended", Limits.NONE, "echo began; sleep 300");
        Await.until("it runs", () -> Files.exists(job.stdout()) && Files.size(job.stdout()) > 0);
        var scancel = new ProcessBuilder("scancel", "--full", "--signal=KILL", job.id());
        scancel.environment().putAll(java.util.Objects.requireNonNull(slurm).environment());
        assertThat(Await.exit(scancel.start())).isZero();

        JobStatus status = executor.await(job);
        assertThat(status.state())
                .as("%s; %s", status.detail(), Files.readString(job.folder().resolve("slurm.log")))
                .isEqualTo(JobStatus.State.LOST);
        assertThat(status.detail()).startsWith("Slurm ended the job").contains("CANCELLED");
        assertThat(job.stdout()).hasContent("began");
    }

    @Test
    void aJobWhoseScriptStillSawItsCommandKilledBySlurmWasEndedBySlurmToo() throws Exception {
        JobHandle job = submit("seen", Limits.NONE, "kill -KILL $$");
        assertThat(executor.await(job).detail()).isEqualTo("killed by signal 9");

        Files.writeString(
                job.folder().resolve("slurm.log"),
                "slurmstepd-node1: error: *** JOB 7 ON node CANCELLED AT 2026-01-01T00:00:00 DUE TO TIME LIMIT ***\n");
        assertThat(executor.peek(job).state()).isEqualTo(JobStatus.State.LOST);
        assertThat(executor.peek(job).detail())
                .startsWith("Slurm ended the job\n")
                .contains("TIME LIMIT");
    }

    @Test
    void whatAFailedGateStandsAboveIsNotPublishedThoughItRan() throws Exception {
        Path root = FolderTools.create(temp.resolve("gated")).resolve("repo");
        try (var workspace = FolderWorkspace.create(root)) {
            new Family(workspace).diamond().gate("a", "lines:lower:max=1");
            workspace.commit("base", "base2\n");
            var updates = new Updates(workspace, executor, JobProgress.NONE);
            UpdateOptions options = UpdateOptions.of("base");
            UpdateReport report = updates.start(updates.plan(options), options);

            assertThat(states(report))
                    .isEqualTo(Map.of("a", "failed", "b", "passed", "c", "skipped", "d", "passed", "q", "skipped"));
            assertThat(workspace.weights("c")).startsWith("base1");
            assertThat(workspace.lineage().privateRefs("staging/")).isEmpty();
        }
    }
}
