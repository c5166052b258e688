package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.SlurmCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit update --executor slurm} against a real Slurm of one node, started here; models are made. */
@Tag("slow")
class SlurmCommandTest {
    @TempDir
    private static Path cluster;

    private static Map<String, String> environment = new HashMap<>();

    @TempDir
    private Path folder;

    private static Optional<SlurmCluster> slurm = Optional.empty();

    @BeforeAll
    static void startSlurm() throws Exception {
        Optional<String> reason = SlurmCluster.reasonAgainst();
        assumeTrue(reason.isEmpty(), () -> "Slurm is not tested: " + reason.orElse(""));
        slurm = Optional.of(SlurmCluster.start(cluster));
        environment = slurm.get().environment();
    }

    @AfterEach
    void emptyTheQueue() throws Exception {
        if (slurm.isPresent()) {
            slurm.get().empty();
        }
    }

    @AfterAll
    static void stopSlurm() {
        slurm.ifPresent(SlurmCluster::close);
    }

    private static Cli.Ran run(HookedRepository models, String... arguments) {
        return Cli.run(models.root(), environment, arguments);
    }

    @Test
    void anUpdateIsSubmittedOutlivesItsSubmitterAndIsCollected() throws Exception {
        HookedRepository models =
                HookedRepository.init(folder).derive("a", "base").derive("b", "a");
        models.test("lines", "all", "update", "lines:lower:max=9", HookedRepository.COUNT);
        models.commit("base", "base2");
        models.ran();
        models.repository().ok("config", "slurm.arguments", "--", "--partition=main");
        Cli.Ran submitted = run(models, "update", "base", "--executor", "slurm", "--detach", "--no-progress");
        assertThat(submitted.exit()).as("%s", submitted).isZero();
        assertThat(submitted.out()).contains("open: 2 running");
        assertThat(submitted.err()).contains("hint: continue with 'mgit update --continue'");
        Cli.Ran status = run(models, "update", "--status");
        assertThat(status.out()).containsPattern("running +(Slurm job \\d+ (PENDING|RUNNING|COMPLETING)|exit code 0)");
        awaitFile(models.repository().mgit().resolve("hooks/update/work/1-1/job/exit"));

        // Nobody needs to say --executor again: the journal knows.
        Cli.Ran collected = run(models, "update", "--continue", "--no-progress");
        assertThat(collected.exit()).as("%s", collected).isZero();
        assertThat(collected.out()).contains("done: 2 passed");
        assertThat(models.ran()).containsExactly("a", "b", "test a", "test b", "test base");
        assertThat(models.history("b")).isEqualTo("base2\n+a\n+b\n");

        Cli.Ran tested = run(models, "test", "run", "b", "--fresh", "--executor", "slurm");
        assertThat(tested.out()).as("%s", tested).endsWith("1 passed\n");
        String line = "test -n \"$SLURM_JOB_ID\" && cp $MGIT_PARENT_1/* {output}/"
                + " && scontrol show job $SLURM_JOB_ID > {output}/history.txt";
        Cli.Ran made = run(
                models,
                "run",
                "--model",
                "x",
                "--from",
                "b",
                "--executor",
                "slurm",
                "--cpus",
                "1",
                "--memory",
                "200m",
                "--shell",
                "--",
                line);
        assertThat(made.exit()).as("%s", made).isZero();
        assertThat(models.history("x")).contains("MinMemoryNode=200M", "NumCPUs=1");
    }

    @Test
    void mgitIsKilledWhileJobsRunAndWhatTheyMakeIsCollectedLater() throws Exception {
        HookedRepository models = HookedRepository.init(folder)
                .deriveBy(
                        "grep -q base1 $MGIT_PARENT_1/history.txt || { " + Await.forFile(folder.resolve("go")) + "; }; "
                                + HookedRepository.TRAIN,
                        "a",
                        "base")
                .derive("b", "a");
        models.test("lines", "all", "update", "lines:lower:max=9", HookedRepository.COUNT);
        models.commit("base", "base2");
        models.ran();
        Path work = models.repository().mgit().resolve("hooks/update/work");
        String configuration = "SLURM_CONF=" + environment.get("SLURM_CONF");
        String[] update = {"update", "base", "--executor", "slurm", "--no-progress"};
        try (Crash mgit = Crash.start(
                List.of("/usr/bin/env", configuration), Main.class, models.root(), List.of("-Xmx256m"), update)) {
            await(work.resolve("0-1/job/pid"));
            await(work.resolve("1-1/job/job.sh"));
            assertThat(mgit.isAlive()).isTrue();
            assertThat(mgit.kill().killed()).isTrue();
        }
        assertThat(run(models, "update", "--status").out())
                .containsPattern("a .*Slurm job \\d+ RUNNING")
                .contains("open: 2 running");
        assertThat(models.ran()).containsExactly("test base");

        // Nobody of mgit's watches: the queue goes from a to b by itself.
        Files.writeString(folder.resolve("go"), "");
        awaitFile(work.resolve("1-1/job/exit"));
        assertThat(models.history("b")).startsWith("base1");
        Cli.Ran collected = run(models, "update", "--continue", "--no-progress");
        assertThat(collected.exit()).as("%s", collected).isZero();
        assertThat(models.ran()).containsExactly("a", "b", "test a", "test b");
        assertThat(models.history("b")).isEqualTo("base2\n+a\n+b\n");
    }

    @Test
    void anUpdateIsFollowedCancelledAndWhatItMadeIsReused() throws Exception {
        Path go = folder.resolve("go");
        HookedRepository models = HookedRepository.init(folder)
                .derive("a", "base")
                .deriveBy(
                        "grep -q base1 $MGIT_PARENT_1/history.txt || { echo waiting; " + Await.forFile(go) + "; }; "
                                + HookedRepository.TRAIN,
                        "b",
                        "a");
        models.commit("base", "base2");
        models.ran();
        List<String> slurmsOwn = List.of("/usr/bin/env", "SLURM_CONF=" + environment.get("SLURM_CONF"));
        List<String> jvm = List.of("-Xmx256m");
        Path job = models.repository().mgit().resolve("hooks/update/work/1-1/job");
        try (Crash update = Crash.start(
                        slurmsOwn,
                        Main.class,
                        models.root(),
                        jvm,
                        "update",
                        "base",
                        "--executor",
                        "slurm",
                        "--no-progress");
                Crash logs = follow(models, job, slurmsOwn, jvm)) {
            logs.awaitOutput("waiting");
            assertThat(logs.isAlive()).as("b runs").isTrue();
            Cli.Ran cancelled = run(models, "update", "--cancel");
            assertThat(cancelled.exit()).as("%s", cancelled).isZero();
            assertThat(update.finish().output()).contains("cancelled by 'mgit update --cancel'");
            assertThat(logs.finish().exit()).as("nothing more to follow").isZero();
        }
        assertThat(run(models, "update", "--status").out()).containsPattern("b .*cancelled");
        assertThat(models.ran()).as("b was ended in the queue").containsExactly("a");

        assertThat(run(models, "update", "--abort").exit()).isZero();
        Files.createFile(go);
        Cli.Ran again = run(models, "update", "base", "--executor", "slurm", "--no-progress");
        assertThat(again.exit()).as("%s", again).isZero();
        assertThat(again.out()).contains("done: 2 passed (1 reused)");
        assertThat(models.ran()).as("a's output was taken").containsExactly("b");
        assertThat(models.history("b")).isEqualTo("base2\n+a\n+b\n");
    }

    private static Crash follow(HookedRepository models, Path job, List<String> slurmsOwn, List<String> jvm)
            throws Exception {
        await(job.resolve("pid"));
        return Crash.start(slurmsOwn, Main.class, models.root(), jvm, "update", "--logs", "b", "--follow");
    }

    @Test
    void jobsThatShareNoFilesGoThroughARemote() throws IOException {
        HookedRepository models =
                HookedRepository.init(folder).derive("a", "base").derive("b", "a");
        FarNodes nodes = FarNodes.of(models.repository(), folder);
        Path far = folder.resolve("queue/far");
        models.repository().ok("config", "executor.name", "slurm");
        models.repository().ok("config", "slurm.remote", "hub");
        models.repository()
                .ok(
                        "config",
                        "slurm.arguments",
                        "--",
                        "--export=HOME=" + far + ",TMPDIR=" + far.resolve("tmp") + ",PATH="
                                + folder.resolve("queue/bin") + ":/usr/bin:/bin");
        models.commit("base", "base2");
        models.ran();
        Cli.Ran updated = run(models, "update", "base", "--no-progress");
        assertThat(updated.exit()).as("%s", updated).isZero();
        assertThat(updated.out()).contains("done: 2 passed");
        assertThat(models.ran()).as("none where the repository is").isEmpty();
        assertThat(nodes.ran()).containsExactly("a", "b");
        assertThat(models.history("b")).isEqualTo("base2\n+a\n+b\n");
        assertThat(nodes.runs()).isEmpty();
        Cli.Ran detached = run(models, "update", "--force", "a", "--detach", "--no-progress");
        assertThat(detached.exit()).as("%s", detached).isEqualTo(2);
    }

    @Test
    void aFailedJobCarriesItsLogAndADroppedUpdateItsJobs() throws IOException {
        HookedRepository models = HookedRepository.init(folder)
                .deriveBy(
                        "grep -q base2 $MGIT_PARENT_1/history.txt && { echo out of luck >&2; exit 5; }; "
                                + "cp $MGIT_PARENT_1/* {output}/",
                        "a",
                        "base")
                .derive("b", "a");
        models.commit("base", "base2");
        models.repository().ok("config", "executor.name", "slurm");
        Cli.Ran failed = run(models, "update", "base", "--no-progress");
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.out()).contains("exit code 5", "a:\n  out of luck", "1 failed, 1 skipped");

        models.commit("base", "base3");
        models.repository().ok("recipe", "set", "b", "--shell", "--", "sleep 300");
        run(models, "update", "base", "--detach", "--no-progress");
        assertThat(run(models, "update", "--abort").exit()).isZero();
        assertThat(run(models, "update", "--status").out()).contains("1 failed, 1 skipped");
        assertThat(models.repository().mgit().resolve("hooks/update")).doesNotExist();
    }

    private static void awaitFile(Path file) throws Exception {
        await(file);
        assertThat(file).hasContent("0");
    }

    private static void await(Path file) throws Exception {
        Await.until(file + " is there", () -> Files.exists(file));
    }
}
