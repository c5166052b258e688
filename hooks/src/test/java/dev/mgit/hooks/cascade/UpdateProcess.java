package dev.mgit.hooks.cascade;

import dev.mgit.delta.json.Json;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.ChildJvm;
import dev.mgit.fixtures.Crash;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.FileScheduler;
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
import java.util.concurrent.atomic.AtomicReference;

/**
 * An update in a process of its own, to be killed. Started as {@code root verb point}, under Slurm if {@code SLURM_CONF}
 * is set, under a scheduler in a folder if {@link #QUEUE} is. It tells of the instants before and after each journal record, and at the given one, counting from 1, it
 * stands still.
 */
final class UpdateProcess {
    private static final String PASSES = "passes ";
    private static final String STANDS = "stands at ";

    /** Names the folder of a {@link FileScheduler}. */
    static final String QUEUE = "TEST_QUEUE";

    private UpdateProcess() {}

    public static void main(String[] arguments) throws IOException {
        int point = Integer.parseInt(arguments[2]);
        var count = new AtomicInteger();
        var step = new AtomicReference<>("");
        Path journal = Path.of(arguments[0], ".mgit/hooks/update/journal");
        var steps = new JournalSteps(UpdateJournal.read(journal));
        UpdateJournal.Watcher watcher = (record, written) -> {
            if (!written) {
                step.set(steps.take(Json.parseObject(Json.bytes(record))));
            }
            boolean here = count.incrementAndGet() == point;
            String where = (written ? "after " : "before ") + step.get() + " " + Json.text(record);
            if (here) {
                Crash.standStill(STANDS + where);
            }
            System.out.println(PASSES + where);
        };
        try (var workspace = FolderWorkspace.open(Path.of(arguments[0]))) {
            Executor executor = executor();
            var updates = new Updates(workspace, executor, JobProgress.NONE, watcher);
            boolean failFast = arguments[1].equals("start-strict");
            var options = new UpdateOptions("base", List.of(), List.of(), List.of(), List.of(), 2, failFast);
            switch (arguments[1]) {
                case "start", "start-strict" -> updates.start(updates.plan(options), options);
                case "submit" -> updates.submit(updates.plan(options), options);
                case "resume" -> updates.resume();
                default -> updates.abort();
            }
        }
        System.exit(0);
    }

    private static Executor executor() throws IOException {
        if (System.getenv(QUEUE) != null) {
            return new FileScheduler(Path.of(System.getenv(QUEUE))).executor();
        }
        return System.getenv("SLURM_CONF") == null
                ? new LocalExecutor()
                : new SlurmExecutor(System.getenv(), List.of(), Limits.NONE);
    }

    static Process start(Path root, String verb, int point, Map<String, String> environment) throws IOException {
        List<String> command = ChildJvm.command(List.of());
        command.addAll(List.of(UpdateProcess.class.getName(), root.toString(), verb, String.valueOf(point)));
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** The steps that a process takes from start to end, each with {@code before} or {@code after}, in order. */
    static List<String> steps(Path root, String verb, Map<String, String> environment)
            throws IOException, InterruptedException {
        Process process = start(root, verb, 0, environment);
        try (var lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> steps = lines.lines()
                    .filter(text -> text.startsWith(PASSES))
                    .map(text ->
                            text.substring(PASSES.length(), text.indexOf(' ', text.indexOf(' ', PASSES.length()) + 1)))
                    .toList();
            Await.exit(process);
            return steps;
        }
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
            Await.exit(process.destroyForcibly());
            return line.map(text -> text.substring(STANDS.length()));
        }
    }
}
