package dev.mgit.hooks.cascade;

import dev.mgit.delta.json.Json;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.Progress;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.executor.SlurmExecutor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An update in a process of its own, to be killed. Started as {@code root verb point}, under Slurm if
 * {@code SLURM_CONF} is set: at the given point, counting
 * the instants before and after each journal record from 1, it says so and stands still.
 */
final class UpdateProcess {
    private static final String STANDS = "stands at ";

    private UpdateProcess() {}

    public static void main(String[] arguments) {
        int point = Integer.parseInt(arguments[2]);
        var count = new AtomicInteger();
        Journal.Watcher watcher = (record, written) -> {
            if (count.incrementAndGet() == point) {
                System.out.println(STANDS + (written ? "after " : "before ") + Json.text(record));
                System.out.flush();
                standStill();
            }
        };
        try (var workspace = FolderWorkspace.open(Path.of(arguments[0]))) {
            Executor executor = System.getenv("SLURM_CONF") == null
                    ? new LocalExecutor()
                    : new SlurmExecutor(System.getenv(), List.of(), Limits.NONE);
            var updates = new Updates(workspace, executor, Progress.NONE, watcher);
            var options = new UpdateOptions("base", List.of(), List.of(), List.of(), List.of(), 2, false);
            switch (arguments[1]) {
                case "start" -> updates.start(updates.plan(options), options);
                case "submit" -> updates.submit(updates.plan(options), options);
                case "resume" -> updates.resume();
                default -> updates.abort();
            }
        }
        System.exit(0);
    }

    private static void standStill() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Process start(Path root, String verb, int point, Map<String, String> environment) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        var builder = new ProcessBuilder(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classes,
                        UpdateProcess.class.getName(),
                        root.toString(),
                        verb,
                        String.valueOf(point))
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Waits for the process to stand still and kills it; empty if it ended before it came to the point. */
    static Optional<String> killAt(Path root, String verb, int point) throws IOException, InterruptedException {
        return killAt(root, verb, point, Map.of());
    }

    static Optional<String> killAt(Path root, String verb, int point, Map<String, String> environment)
            throws IOException, InterruptedException {
        Process process = start(root, verb, point, environment);
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            Optional<String> line =
                    lines.lines().filter(text -> text.startsWith(STANDS)).findFirst();
            // SIGKILL: the process gets no chance to tidy up.
            process.destroyForcibly().waitFor();
            return line.map(text -> text.substring(STANDS.length()));
        }
    }
}
