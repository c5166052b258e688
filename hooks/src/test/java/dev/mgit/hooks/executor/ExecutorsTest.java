package dev.mgit.hooks.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executors as settings describe them, with real processes. */
class ExecutorsTest {
    @TempDir
    private Path temp;

    private final Map<String, String> settings = new HashMap<>();

    private Executor create(String name) {
        return Executors.create(name, key -> Optional.ofNullable(settings.get(key)), Map.of());
    }

    private Job job(String name, Limits limits, String line) {
        Map<String, String> environment = Map.of("PATH", System.getenv("PATH"));
        return new Job(name, List.of("sh", "-c", line), environment, temp, temp.resolve(name), limits, List.of());
    }

    @Test
    void settingsLimitWhatAJobGetsThatSaysNothingItself() throws IOException {
        settings.put("executor.memory", "300m");
        settings.put("executor.cpus", "1");
        settings.put("executor.timeout", "2m");
        settings.put("executor.gpus", "3, 5");
        String line = "ulimit -v; nproc; echo $OMP_NUM_THREADS; echo gpu:$CUDA_VISIBLE_DEVICES; cat ../job/timeout";
        try (Executor executor = create("local")) {
            JobHandle plain = executor.submit(job("job", Limits.NONE, line.replace("../job", "job")));
            assertThat(executor.await(plain).ok()).isTrue();
            assertThat(Files.readAllLines(plain.stdout())).containsExactly("307200", "1", "1", "gpu:", "120000");

            var own = new Limits(Optional.of(Duration.ofSeconds(9)), Optional.of(400L << 20), 0, 2);
            JobHandle said = executor.submit(job("own", own, line.replace("../job", "own")));
            assertThat(executor.await(said).ok()).isTrue();
            assertThat(Files.readAllLines(said.stdout())).containsExactly("409600", "1", "1", "gpu:3,5", "9000");
        }
    }

    @Test
    void moreProcessorsThanThereAreMeansAllOfThem() throws IOException {
        try (Executor executor = create("local")) {
            JobHandle all = executor.submit(job(
                    "all", new Limits(Optional.empty(), Optional.empty(), 4096, 0), "nproc; echo $OMP_NUM_THREADS"));
            assertThat(executor.await(all).ok()).isTrue();
            // nproc heeds OMP_NUM_THREADS only downwards.
            assertThat(Files.readAllLines(all.stdout()).get(1)).isEqualTo("4096");
        }
    }

    @Test
    void whoBreaksOffEndsWhatRunsAndNobodyTakesItForAFailure() throws Exception {
        var local = new LocalExecutor();
        JobHandle handle = local.submit(job("long", Limits.NONE, "sleep 300"));
        var told = new java.util.concurrent.atomic.AtomicReference<JobStatus>();
        Thread waiting = new Thread(() -> told.set(local.await(handle)));
        waiting.setDaemon(true);
        waiting.setUncaughtExceptionHandler((thread, interrupted) -> {});
        waiting.start();
        local.cancelAll();

        // Another process, or the next one, finds it ended.
        assertThat(new LocalExecutor().await(handle).state()).isEqualTo(JobStatus.State.CANCELLED);
        Await.until(
                "whoever waits has seen the end, too",
                () -> !waiting.isAlive()
                        || Arrays.stream(waiting.getStackTrace())
                                .anyMatch(frame -> frame.getMethodName().equals("waitForTheEnd")));
        assertThat(told.get()).isNull();
        assertThat(waiting.isAlive()).isTrue();
        waiting.interrupt();
    }

    @Test
    void eachExecutorHasTheNameItIsMadeByAndTheFirstIsTheDefault() {
        assertThat(Executors.names()).startsWith(Executors.DEFAULT).doesNotHaveDuplicates();
        for (String name : Executors.names()) {
            try (Executor executor = create(name)) {
                assertThat(executor.name()).isEqualTo(name);
                executor.cancelAll();
            }
        }
        settings.put("executor.name", "slurm");
        try (Executor executor = Executors.onThisMachine(key -> Optional.ofNullable(settings.get(key)), Map.of())) {
            assertThat(executor.name()).isEqualTo(Executors.DEFAULT);
        }
    }

    @Test
    void anUnknownExecutorOrAnUnreadableSettingIsRefused() {
        assertThat(Executors.configured(key -> Optional.empty())).isEqualTo("local");
        assertThatThrownBy(() -> create("cloud"))
                .isInstanceOf(MgitException.class)
                .hasMessage("unknown executor 'cloud'");
        settings.put("executor.cpus", "-2");
        assertThatThrownBy(() -> create("slurm")).hasMessage("cannot read '-2' as executor.cpus");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0s", "-1s", "10y", "1.5h", "99999999999999s", "5 m"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> Quantities.duration(text)).isInstanceOf(MgitException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "8gb", "-1", "999999999999t", "g"})
    void whatIsNoSizeIsRefused(String text) {
        assertThatThrownBy(() -> Quantities.bytes(text)).isInstanceOf(MgitException.class);
    }

    @Test
    void timesAndSizesAreReadAsTyped() {
        assertThat(Quantities.duration("90")).isEqualTo(Duration.ofSeconds(90));
        assertThat(Quantities.duration("10m")).isEqualTo(Duration.ofMinutes(10));
        assertThat(Quantities.duration("2h")).isEqualTo(Duration.ofHours(2));
        assertThat(Quantities.duration("1d")).isEqualTo(Duration.ofDays(1));
        assertThat(Quantities.bytes("8G")).isEqualTo(8L << 30);
        assertThat(Quantities.bytes("512k")).isEqualTo(512 << 10);
        assertThat(Quantities.bytes("7")).isEqualTo(7);
    }
}
