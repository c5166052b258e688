package dev.mgit.hooks.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real processes throughout. */
class LocalExecutorTest {
    @TempDir
    Path folder;

    private final LocalExecutor executor = new LocalExecutor();

    private Job job(String name, Limits limits, Map<String, String> extra, String... command) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(extra);
        return new Job(name, List.of(command), environment, folder, folder.resolve(name), limits, List.of());
    }

    private Job shell(String name, String line) {
        return job(name, Limits.NONE, Map.of(), "sh", "-c", line);
    }

    @Test
    void aCommandsExitCodeAndOutputAreKept() throws IOException {
        JobHandle good = executor.submit(shell("good", "echo out; echo err >&2"));
        JobHandle bad = executor.submit(shell("bad", "exit 3"));
        JobHandle killed = executor.submit(shell("killed", "kill -9 $$"));

        assertThat(executor.await(good).ok()).isTrue();
        assertThat(good.stdout()).hasContent("out");
        assertThat(good.stderr()).hasContent("err");
        assertThat(executor.await(bad)).isEqualTo(new JobStatus(JobStatus.State.EXITED, 3, "exit code 3"));
        assertThat(executor.await(killed).detail()).isEqualTo("killed by signal 9");
        assertThat(executor.peek(good).ok()).isTrue();
    }

    @Test
    void wordsReachTheCommandUntouchedByAnyShell() throws IOException {
        String nasty = "a b'c\"d $HOME `id` $(id) \\ * ; exit 9 \n next";
        JobHandle handle = executor.submit(job("words", Limits.NONE, Map.of(), "printf", "%s", nasty));

        assertThat(executor.await(handle).ok()).isTrue();
        assertThat(Files.readString(handle.stdout())).isEqualTo(nasty);
    }

    @Test
    void aProgramThatIsNotThereIsAFailureWithItsReason() throws IOException {
        JobHandle handle = executor.submit(job("absent", Limits.NONE, Map.of(), "no-such-program-here"));

        assertThat(executor.await(handle).exitCode()).isEqualTo(127);
        assertThat(Files.readString(handle.stderr())).contains("no-such-program-here");
    }

    @Test
    void aTimeoutEndsTheWholeTree() throws Exception {
        // The grandchild leaves the session and loses its parent; only its environment still tells where it is from.
        Path pids = folder.resolve("pids");
        JobHandle handle = executor.submit(job(
                "slow",
                Limits.timeout(Duration.ofHours(1)),
                Map.of(),
                "sh",
                "-c",
                "setsid sh -c 'echo $$ >> " + pids + "; sleep 300' & echo $$ >> " + pids + "; sleep 300"));
        Await.until(
                "both run", () -> Files.exists(pids) && Files.readAllLines(pids).size() == 2);
        assertThat(executor.poll(handle).state()).isEqualTo(JobStatus.State.RUNNING);
        // As if the hour had passed.
        FileTime before = FileTime.from(Instant.now().minus(Duration.ofHours(2)));
        Files.setLastModifiedTime(handle.folder().resolve("started"), before);

        assertThat(executor.await(handle).state()).isEqualTo(JobStatus.State.TIMED_OUT);
        for (String pid : Files.readAllLines(pids)) {
            assertEnds(Long.parseLong(pid));
        }
    }

    @Test
    void whatACommandLeavesRunningEndsWithIt() throws Exception {
        Path pid = folder.resolve("pid");
        JobHandle handle = executor.submit(shell("leaves", "sleep 300 & echo $! > " + pid));

        assertThat(executor.await(handle).ok()).isTrue();
        assertEnds(Long.parseLong(Files.readString(pid).strip()));
    }

    @Test
    void aCancelledJobEndsAndSaysSo() throws Exception {
        Path pid = folder.resolve("pid");
        JobHandle handle = executor.submit(shell("cancelled", "echo $$ > " + pid + "; sleep 300"));
        Await.until("it runs", () -> Files.exists(pid) && Files.size(pid) > 0);
        executor.cancel(handle);

        assertThat(executor.await(handle).state()).isEqualTo(JobStatus.State.CANCELLED);
        assertEnds(Long.parseLong(Files.readString(pid).strip()));
    }

    /** A killed process is gone once it has been reaped, which may take its new parent a moment. */
    private static void assertEnds(long pid) throws Exception {
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        Await.until(
                "process " + pid + " has ended",
                () -> process.filter(ProcessHandle::isAlive).isEmpty() || zombie(pid));
    }

    private static boolean zombie(long pid) throws IOException {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void anotherProcessCanCollectAJobItDidNotStart() throws Exception {
        Path go = folder.resolve("go");
        JobHandle handle = executor.submit(shell("adopted", Await.forFile(go) + "; exit 7"));
        Path pid = handle.folder().resolve("pid");
        Await.until("it runs", () -> Files.exists(pid) && Files.size(pid) > 0);
        var later = new LocalExecutor();
        assertThat(later.poll(handle).state()).isEqualTo(JobStatus.State.RUNNING);
        Files.createFile(go);

        assertThat(later.await(handle).exitCode()).isEqualTo(7);
    }

    @Test
    void aJobReportedAsLostNeverStarts() throws IOException {
        // As if the submitter had died between making the folder and starting the process.
        Path marker = folder.resolve("ran");
        Job job = shell("lost", "touch " + marker);
        Path script = new JobFolder(job.folder()).prepare(job);
        var handle = new JobHandle("local", job.folder());

        assertThat(executor.poll(handle).state()).isEqualTo(JobStatus.State.LOST);
        assertThat(run("sh", script.toString())).isEqualTo(75);
        assertThat(marker).doesNotExist();
    }

    private static int run(String... command) throws IOException {
        return Await.exit(new ProcessBuilder(command).start());
    }

    @Test
    void memoryIsLimitedWhereThatWasAsked() {
        var limits = new Limits(Optional.empty(), Optional.of(200L << 20), 0, 0);
        JobHandle handle =
                executor.submit(job("memory", limits, Map.of(), "sh", "-c", "test $(ulimit -v) = $((200 * 1024))"));

        assertThat(executor.await(handle).ok()).isTrue();
    }

    @Test
    void gpuSlotsAreHandedOutAndComeBack() throws IOException {
        var gpus = new LocalExecutor(List.of("0", "1"), Limits.NONE);
        var one = new Limits(Optional.empty(), Optional.empty(), 0, 1);
        String[] command = {"sh", "-c", "echo $CUDA_VISIBLE_DEVICES"};
        JobHandle first = gpus.submit(job("gpu1", one, Map.of(), command));
        JobHandle second = gpus.submit(job("gpu2", one, Map.of(), command));
        assertThat(gpus.await(first).ok() && gpus.await(second).ok()).isTrue();
        JobHandle third = gpus.submit(job("gpu3", one, Map.of(), command));
        assertThat(gpus.await(third).ok()).isTrue();

        assertThat(Files.readString(first.stdout())).isNotEqualTo(Files.readString(second.stdout()));
        assertThat(Files.readString(third.stdout()).strip()).isIn("0", "1");
        var three = new Limits(Optional.empty(), Optional.empty(), 0, 3);
        assertThatThrownBy(() -> gpus.submit(job("gpu4", three, Map.of(), command)))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("needs 3 GPU slots, but 2 are configured");
    }
}
