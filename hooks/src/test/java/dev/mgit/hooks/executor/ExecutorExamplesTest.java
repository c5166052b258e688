package dev.mgit.hooks.executor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example executors, with made programs in place of PBS's and Ray's that print as those do. */
class ExecutorExamplesTest {
    @TempDir
    private Path temp;

    private final Map<String, String> settings = new HashMap<>();

    private void program(String name, String text) throws IOException {
        Path bin = Files.createDirectories(temp.resolve("bin"));
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\nq='" + temp + "'\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Executor executor(String script) {
        Path example =
                Path.of("..", "examples", "executors", script).toAbsolutePath().normalize();
        for (String what : Set.of("submit", "look", "find", "end")) {
            settings.put("executor.command." + what, "sh '" + example + "' " + what);
        }
        settings.put("executor.command.interval", "1s");
        return Executors.create("command", key -> Optional.ofNullable(settings.get(key)), environment());
    }

    private Map<String, String> environment() {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("PATH", temp.resolve("bin") + ":" + System.getenv("PATH"));
        return environment;
    }

    private Job job(String name, String line, JobHandle... after) {
        var limits = new Limits(Optional.of(Duration.ofMinutes(5)), Optional.of(1L << 30), 2, 1);
        return new Job(
                name, List.of("sh", "-c", line), environment(), temp, temp.resolve(name), limits, List.of(after));
    }

    private void pbs() throws IOException {
        program(
                "qselect",
                "[ -e \"$q/down\" ] && { echo 'cannot connect' >&2; exit 1; }; cat \"$q/$2.id\" 2>/dev/null; exit 0\n");
        program("qsub", """
                echo "$@" >> "$q/qsub"
                [ -e "$q/full" ] && { echo 'qsub: Maximum number of jobs already in queue' >&2; exit 38; }
                for last; do :; done
                n=$(ls "$q" | grep -c '\\.id$').server
                echo "$n" > "$q/$2.id"
                setsid sh "$last" </dev/null >/dev/null 2>&1 &
                echo $! > "$q/$n.pid"
                echo "$n"
                """);
        program("qstat", """
                for last; do :; done
                [ -e "$q/down" ] && { echo 'cannot connect to server' >&2; exit 111; }
                [ -e "$q/$last.pid" ] || { echo "qstat: Unknown Job Id $last" >&2; exit 153; }
                s=F; kill -0 "$(cat "$q/$last.pid")" 2>/dev/null && s=R
                printf 'Job Id: %s\\n    Job_Name = x\\n    job_state = %s\\n    comment = Job "run" at node\\\\1\\n' "$last" $s
                """);
        program("qdel", "echo \"$1\" >> \"$q/qdel\"; kill -KILL -- -\"$(cat \"$q/$1.pid\")\"\n");
    }

    @Test
    void pbsRunsFindsAndEndsJobs() throws Exception {
        pbs();
        settings.put("executor.command.queues", "true");
        Path go = temp.resolve("go");
        Executor executor = executor("pbs.sh");
        JobHandle first = executor.submit(job("first", Await.forFile(go) + "; exit 3"));
        assertThat(first.id()).isEqualTo("0.server");
        assertThat(executor.recover(new JobHandle("", first.folder()))).contains(first);
        JobStatus running = executor("pbs.sh").peek(first);
        assertThat(running.state()).isEqualTo(JobStatus.State.RUNNING);
        assertThat(running.detail()).isEqualTo("PBS job 0.server R Job run at node1");
        JobHandle second = executor.submit(job("second", "sleep 600", first));
        assertThat(Files.readAllLines(temp.resolve("qsub")))
                .first()
                .asString()
                .contains("-l select=1:ncpus=2:ngpus=1:mem=1073741824b", "-l walltime=300")
                .doesNotContain("depend");
        assertThat(Files.readAllLines(temp.resolve("qsub")).get(1)).contains("-W depend=afterok:0.server");

        Files.createFile(temp.resolve("down"));
        assertThat(executor("pbs.sh").poll(second).over()).isFalse();
        assertThatThrownBy(() -> executor.recover(new JobHandle("", second.folder())))
                .isInstanceOf(MgitException.class);
        Files.delete(temp.resolve("down"));
        executor.cancel(second);
        assertThat(temp.resolve("qdel")).hasContent(second.id());
        Files.createFile(go);
        assertThat(executor.await(first).exitCode()).isEqualTo(3);

        Files.createFile(temp.resolve("full"));
        assertThatThrownBy(() -> executor.submit(job("third", "true")))
                .hasMessageContaining("Maximum number of jobs already in queue");
    }

    private void ray() throws IOException {
        program("ray", """
                case "$2" in
                  status)
                    [ -e "$q/down" ] && { echo 'ConnectionError: Failed to connect to Ray' >&2; exit 1; }
                    [ -e "$q/$3.pid" ] || { echo "RuntimeError: Job $3 does not exist" >&2; exit 1; }
                    s=SUCCEEDED; kill -0 "$(cat "$q/$3.pid")" 2>/dev/null && s=RUNNING
                    echo "Job submission server address: http://head:8265"
                    echo "Status for job '$3': $s" ;;
                  submit)
                    echo "$@" >> "$q/submitted"
                    for last; do :; done
                    setsid sh "$last" </dev/null >/dev/null 2>&1 &
                    echo $! > "$q/$5.pid"
                    echo "Job '$5' submitted successfully" ;;
                  stop)
                    echo "$4" >> "$q/stopped"; kill -KILL -- -"$(cat "$q/$4.pid")" ;;
                esac
                """);
    }

    @Test
    void rayRunsFindsAndEndsJobs() throws Exception {
        ray();
        Path go = temp.resolve("go");
        Executor executor = executor("ray.sh");
        JobHandle first = executor.submit(job("first", Await.forFile(go) + "; exit 3"));
        assertThat(first.id()).isEqualTo(RemoteExecutor.nameOf(first.folder()));
        assertThat(temp.resolve("submitted"))
                .content()
                .contains("--entrypoint-num-cpus 2 --entrypoint-num-gpus 1 --entrypoint-memory 1073741824 -- /bin/sh");
        assertThat(executor.recover(new JobHandle("", first.folder()))).contains(first);
        assertThat(executor.recover(new JobHandle("", temp.resolve("never")))).isEmpty();
        assertThat(executor("ray.sh").peek(first).detail()).isEqualTo("Ray job running");
        Files.createFile(temp.resolve("down"));
        assertThat(executor("ray.sh").poll(first).over()).isFalse();
        assertThatThrownBy(() -> executor("ray.sh").recover(new JobHandle("", first.folder())))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("Failed to connect to Ray");
        Files.delete(temp.resolve("down"));
        JobHandle second = executor.submit(job("second", "sleep 600"));
        executor.cancel(second);
        assertThat(temp.resolve("stopped")).hasContent(second.id());
        Files.createFile(go);
        assertThat(executor.await(first).exitCode()).isEqualTo(3);
    }
}
