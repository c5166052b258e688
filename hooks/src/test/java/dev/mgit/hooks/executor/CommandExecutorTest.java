package dev.mgit.hooks.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs by four commands of the user's, under a made scheduler that can be made to misbehave; real processes. */
class CommandExecutorTest {
    @TempDir
    private Path temp;

    private FileScheduler scheduler;

    @BeforeEach
    void create() throws Exception {
        scheduler = new FileScheduler(temp.resolve("queue"));
    }

    private Job job(String name, Limits limits, String line) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("MGIT_MODEL_NAME", "it's");
        return new Job(name, List.of("sh", "-c", line), environment, temp, temp.resolve(name), limits, List.of());
    }

    private Job job(String line) {
        return job("job", Limits.NONE, line);
    }

    @Test
    void aJobRunsWithItsEnvironmentAndLeavesItsExitCodeAndOutput() throws Exception {
        var limits = new Limits(Optional.of(Duration.ofMinutes(9)), Optional.of(5L << 30), 3, 1);
        Executor executor = scheduler.executor();
        JobHandle handle =
                executor.submit(job("job", limits, "echo $MGIT_MODEL_NAME $OMP_NUM_THREADS; echo bad >&2; exit 7"));

        assertThat(handle.id()).isEqualTo("id-" + RemoteExecutor.nameOf(handle.folder()));
        assertThat(executor.await(handle).exitCode()).isEqualTo(7);
        assertThat(handle.stdout()).hasContent("it's 3");
        assertThat(handle.stderr()).hasContent("bad");
        JsonObject request = Json.parseObject(Files.readAllBytes(scheduler.request(handle)));
        assertThat(request.number("schema")).isEqualTo(1);
        assertThat(request.string("title")).isEqualTo("job");
        assertThat(request.string("name")).matches("mgit-[0-9a-f]{16}");
        assertThat(request.string("script"))
                .isEqualTo(temp.resolve("job/job.sh").toString());
        assertThat(request.object("limits").number("gpus")).isEqualTo(1);
        assertThat(request.object("limits").number("memory")).isEqualTo(5L << 30);
    }

    @Test
    void nothingOfThisProcessesEnvironmentIsWrittenDown() throws Exception {
        JobHandle handle = scheduler.executor().submit(job("true"));
        assertThat(temp.resolve("job/job.sh"))
                .content()
                .contains("export MGIT_MODEL_NAME='it'\\''s'")
                .doesNotContain("export PATH=");
        assertThat(scheduler.executor().await(handle).ok()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "exit 1",
                "echo lost; exit 0",
                "echo '{\"id\": \"\"}'; exit 0",
                "echo '{\"id\": [1]}'; exit 0",
                "head -c 2000000 /dev/zero; exit 0",
                "kill -KILL $$"
            })
    void anAnswerThatIsLostOrGarbledLosesNoJob(String after) throws Exception {
        scheduler.when("after-submit", after);
        Executor executor = scheduler.executor();
        JobHandle handle = executor.submit(job("echo ran >> runs"));

        assertThat(handle.id()).startsWith("id-mgit-");
        assertThat(executor.await(handle).ok()).isTrue();
        assertThat(temp.resolve("runs")).hasContent("ran");
    }

    @Test
    void aCommandThatHangsIsEndedAndTheJobFoundAllTheSame() throws Exception {
        scheduler.settings().put("executor.command.timeout", "2s");
        scheduler.when("after-submit", "sleep 600");
        Executor executor = scheduler.executor();
        assertThat(executor.await(executor.submit(job("true"))).ok()).isTrue();

        scheduler.when("before-find", "sleep 600");
        assertThatThrownBy(() -> executor.recover(new JobHandle("", temp.resolve("other"))))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("executor.command.find gave no answer: no answer within 2 s");
    }

    @Test
    void aRefusedJobNeverStartsEvenIfItIsTakenLate() throws Exception {
        scheduler.when("before-submit", "echo 'no such queue' >&2; exit 9");
        assertThatThrownBy(() -> scheduler.executor().submit(job("echo ran >> runs")))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("executor.command.submit did not take job: exit code 9")
                .hasMessageContaining("no such queue");

        Process late = new ProcessBuilder("sh", temp.resolve("job/job.sh").toString()).start();
        assertThat(Await.exit(late)).isEqualTo(75);
        assertThat(temp.resolve("runs")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 1", "echo garbage; exit 0", "echo '{\"state\": \"napping\"}'; exit 0"})
    void aSchedulerThatDoesNotAnswerLosesNoJob(String answer) throws Exception {
        Path go = temp.resolve("go");
        Executor executor = scheduler.executor();
        JobHandle handle = executor.submit(job(Await.forFile(go)));
        scheduler.when("before-look", answer);
        Await.until("it has been asked", () -> {
            assertThat(executor.poll(handle).state()).isEqualTo(JobStatus.State.RUNNING);
            return scheduler.asked("look").size() > 4;
        });
        assertThat(executor.peek(handle).detail()).startsWith("executor.command.look gave no answer: ");
        Files.createFile(go);
        assertThat(executor.await(handle).ok()).isTrue();
    }

    @Test
    void aJobWhoseProcessesWereKilledIsLost() throws Exception {
        Executor executor = scheduler.executor();
        JobHandle handle = executor.submit(job("echo > started; sleep 600"));
        Await.until("it runs", () -> Files.exists(temp.resolve("started")));
        String pid = Files.readString(temp.resolve("job/pid")).strip();
        assertThat(Await.exit(new ProcessBuilder("kill", "-KILL", "--", "-" + pid).start()))
                .isZero();

        JobStatus status = executor.await(handle);
        assertThat(status.state()).isEqualTo(JobStatus.State.LOST);
        assertThat(status.detail()).isEqualTo("the job ended without an exit code: as the scheduler says");
    }

    @Test
    void anExitCodeMayComeFromTheScheduler() throws Exception {
        // As where nodes do not share the folder: the script ran elsewhere.
        scheduler.when("before-submit", "echo > \"$q/$MGIT_JOB_NAME.job\"");
        scheduler.when("before-look", "echo '{\"state\": \"ended\", \"exit\": 3}'; exit 0");
        Executor executor = scheduler.executor();
        JobStatus status = executor.await(executor.submit(job("true")));
        assertThat(status.state()).isEqualTo(JobStatus.State.EXITED);
        assertThat(status.exitCode()).isEqualTo(3);
    }

    @Test
    void cancellingAndTimeLimitsEndTheJob() throws Exception {
        Executor executor = scheduler.executor();
        JobHandle slow = executor.submit(job("slow", Limits.timeout(Duration.ofSeconds(1)), "sleep 600"));
        assertThat(executor.await(slow).state()).isEqualTo(JobStatus.State.TIMED_OUT);
        JobHandle other = executor.submit(job("other", Limits.NONE, "echo > begun; sleep 600"));
        Await.until("it runs", () -> Files.exists(temp.resolve("begun")));
        executor.cancel(other);
        executor.cancel(other);
        assertThat(executor.await(other).state()).isEqualTo(JobStatus.State.CANCELLED);
        assertThat(scheduler.asked("end")).hasSize(2);
    }

    @Test
    void whoComesLaterAdoptsAJobWhoseIdNobodyWroteDown() throws Exception {
        Path go = temp.resolve("go");
        JobHandle handle = scheduler.executor().submit(job(Await.forFile(go) + "; exit 4"));
        var forgotten = new JobHandle("", handle.folder());

        assertThat(scheduler.executor().recover(forgotten)).contains(handle);
        assertThat(scheduler.executor().peek(forgotten).state()).isEqualTo(JobStatus.State.RUNNING);
        Files.createFile(go);
        assertThat(scheduler.executor().await(forgotten).exitCode()).isEqualTo(4);
        assertThat(scheduler.executor().recover(new JobHandle("", temp.resolve("never"))))
                .isEmpty();
    }

    @Test
    void submittingTwiceMakesOneJob() throws Exception {
        Executor executor = scheduler.executor();
        JobHandle handle = executor.submit(job("echo ran >> runs"));
        assertThat(executor.await(handle).ok()).isTrue();
        executor.submit(job("echo ran >> runs"));
        assertThat(temp.resolve("runs")).hasContent("ran");
    }

    @Test
    void settingsAreCheckedBeforeAnythingIsHandedOver() {
        scheduler.settings().remove("executor.command.end");
        assertThatThrownBy(() -> scheduler.executor().submit(job("true")))
                .isInstanceOf(MgitException.class)
                .hasMessage("the executor 'command' has no command to end jobs");
        assertThat(temp.resolve("job")).doesNotExist();
        scheduler.settings().put("executor.command.queues", "maybe");
        assertThatThrownBy(scheduler::executor).hasMessage("executor.command.queues is 'maybe'");
        scheduler.settings().put("executor.command.timeout", "soon");
        assertThatThrownBy(scheduler::executor).hasMessage("cannot read 'soon' as a time");
    }

    @Test
    void whereJobsWaitForEachOtherSubmitIsToldForWhich() throws Exception {
        scheduler.settings().put("executor.command.queues", "true");
        Executor executor = scheduler.executor();
        assertThat(executor.queues()).isTrue();
        Path go = temp.resolve("go");
        JobHandle first = executor.submit(job("first", Limits.NONE, Await.forFile(go)));
        Job plain = job("second", Limits.NONE, "true");
        JobHandle second = executor.submit(new Job(
                plain.name(),
                plain.command(),
                plain.environment(),
                plain.directory(),
                plain.folder(),
                plain.limits(),
                List.of(first)));
        JsonObject request = Json.parseObject(Files.readAllBytes(scheduler.request(second)));
        assertThat(request.strings("after")).containsExactly(first.id());
        Files.createFile(go);
        assertThat(executor.await(first).ok()).isTrue();
        assertThat(executor.await(second).ok()).isTrue();

        JobHandle failed = executor.submit(job("failed", Limits.NONE, "exit 3"));
        assertThat(executor.await(failed).exitCode()).isEqualTo(3);
        Job late = new Job(
                "late", plain.command(), plain.environment(), temp, temp.resolve("late"), Limits.NONE, List.of(failed));
        assertThatThrownBy(() -> executor.submit(late)).hasMessage("a job that late depends on ended with exit code 3");
    }
}
