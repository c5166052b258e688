package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Runs jobs as processes of this machine, each in a session of its own, so that the whole tree can be ended. GPU
 * slots are handed out by setting {@code CUDA_VISIBLE_DEVICES}, processors by binding the job to them and setting
 * {@code OMP_NUM_THREADS}; memory is limited by address space ({@code ulimit -v}).
 */
public final class LocalExecutor implements Executor {
    static final String NAME = "local";

    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final Path TASKSET = Path.of("/usr/bin/taskset");
    /** How long a job that claimed its folder may take to write its process id. */
    private static final Duration PID_GRACE = Duration.ofSeconds(5);

    private final ResourceSlots gpus;
    private final ResourceSlots processors = new ResourceSlots(usableProcessors());
    private final Limits defaults;
    private final Map<Path, Process> children = new ConcurrentHashMap<>();
    private volatile boolean cancelling;

    /**
     * @param gpus device names as {@code CUDA_VISIBLE_DEVICES} takes them; empty if jobs get none
     * @param defaults limits of jobs that do not say their own
     */
    public LocalExecutor(List<String> gpus, Limits defaults) {
        this.gpus = new ResourceSlots(gpus);
        this.defaults = defaults;
    }

    public LocalExecutor() {
        this(List.of(), Limits.NONE);
    }

    /** As settings say: {@code executor.gpus} lists devices, by commas. */
    LocalExecutor(ExecutorSettings settings) {
        this(settings.words("executor.gpus", ","), settings.defaults());
    }

    /** The processors this process may run on, by the numbers Linux gives them. */
    private static List<String> usableProcessors() {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            List<String> names = new ArrayList<>();
            for (String range : status.filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .flatMap(line -> Arrays.stream(
                            line.substring(line.indexOf(':') + 1).strip().split(",")))
                    .toList()) {
                String[] ends = range.split("-");
                for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
                    names.add(String.valueOf(i));
                }
            }
            return names;
        } catch (IOException | UncheckedIOException e) {
            // Not Linux: jobs are told how many threads to use and held to nothing.
            return List.of();
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean queues() {
        return false;
    }

    @Override
    public JobHandle submit(Job asked) {
        Job job = asked.with(asked.limits().or(defaults));
        requireGpus(job);
        Path script = new JobFolder(job.folder()).prepare(job);
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            command.add(SETSID.toString());
        }
        Map<String, String> environment = new HashMap<>(job.environment());
        environment.put(ProcessTree.TOKEN, job.folder().toAbsolutePath().toString());
        processors(job, command, environment);
        if (gpus.count() > 0) {
            List<String> taken = gpus.take(job.folder(), job.limits().gpus());
            environment.put("CUDA_VISIBLE_DEVICES", String.join(",", taken));
        }
        command.addAll(List.of("/bin/sh", script.toAbsolutePath().toString()));
        var builder = new ProcessBuilder(command)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            children.put(job.folder(), builder.start());
        } catch (IOException e) {
            release(job.folder());
            throw new MgitException(
                    MgitException.Kind.FAILED, "cannot start " + job.name() + ": " + e.getMessage(), null, e);
        }
        var handle = new JobHandle(NAME, job.folder());
        if (cancelling) {
            cancel(handle); // it came after the others were ended
        }
        return handle;
    }

    private void requireGpus(Job job) {
        if (job.limits().gpus() > gpus.count()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    job.name() + " needs " + job.limits().gpus() + " GPU slots, but " + gpus.count()
                            + " are configured",
                    "list the devices with: mgit config executor.gpus 0,1");
        }
    }

    /** Binds a job that says how many processors it gets to as many, all there are at most. */
    private void processors(Job job, List<String> command, Map<String, String> environment) {
        int wanted = job.limits().cpus();
        if (wanted == 0) {
            return;
        }
        environment.put("OMP_NUM_THREADS", String.valueOf(wanted));
        List<String> taken = processors.take(job.folder(), Math.min(wanted, processors.count()));
        if (!taken.isEmpty() && Files.isExecutable(TASKSET)) {
            command.addAll(List.of(TASKSET.toString(), "-c", String.join(",", taken)));
        }
    }

    private void release(Path folder) {
        gpus.release(folder);
        processors.release(folder);
    }

    @Override
    public JobStatus peek(JobHandle handle) {
        var folder = new JobFolder(handle.folder());
        return folder.ended()
                .orElseGet(() -> running(handle, folder)
                        ? JobStatus.of(JobStatus.State.RUNNING, "running")
                        : JobStatus.of(JobStatus.State.WAITING, "not running"));
    }

    @Override
    public JobStatus poll(JobHandle handle) {
        JobStatus status = look(handle);
        if (cancelling) {
            waitForTheEnd();
        }
        return status;
    }

    /** Nobody shall take a job for cancelled that ends only because this process does. */
    private static void waitForTheEnd() {
        try {
            Thread.sleep(Long.MAX_VALUE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        }
    }

    private JobStatus look(JobHandle handle) {
        var folder = new JobFolder(handle.folder());
        Optional<JobStatus> ended = folder.ended();
        if (ended.isEmpty() && running(handle, folder)) {
            if (!folder.overdue()) {
                return JobStatus.of(JobStatus.State.RUNNING, "running");
            }
            end(handle, folder, "timeout");
            ended = folder.ended();
        }
        if (ended.isEmpty()) {
            // The exit code may have been written between the two looks above.
            ended = folder.ended();
        }
        if (ended.isEmpty() && !folder.claim() && folder.pid().isEmpty() && startedJustNow(folder)) {
            return JobStatus.of(JobStatus.State.RUNNING, "starting");
        }
        // What a command leaves running could still write to its output: it ends with the command.
        ProcessTree.kill(folder.pid(), handle.folder());
        release(handle.folder());
        children.remove(handle.folder());
        return ended.orElseGet(() -> JobStatus.of(JobStatus.State.LOST, "ended without an exit code"));
    }

    private boolean running(JobHandle handle, JobFolder folder) {
        Process child = children.get(handle.folder());
        return (child != null && child.isAlive())
                || folder.pid()
                        .filter(pid -> ProcessTree.runs(pid, folder.script()))
                        .isPresent();
    }

    private static boolean startedJustNow(JobFolder folder) {
        return folder.started()
                .filter(start -> Instant.now().isBefore(start.plus(PID_GRACE)))
                .isPresent();
    }

    @Override
    public Optional<JobHandle> recover(JobHandle handle) {
        return new JobFolder(handle.folder()).claim()
                ? Optional.empty()
                : Optional.of(new JobHandle(NAME, handle.folder()));
    }

    @Override
    public void cancel(JobHandle handle) {
        end(handle, new JobFolder(handle.folder()), "cancelled");
    }

    private void end(JobHandle handle, JobFolder folder, String how) {
        if (folder.ended().isEmpty() && (folder.claim() || folder.ended().isEmpty())) {
            folder.ending(how);
            folder.end(how);
        }
        ProcessTree.kill(folder.pid(), handle.folder());
        release(handle.folder());
        children.remove(handle.folder());
    }

    @Override
    public void cancelAll() {
        cancelling = true;
        List.copyOf(children.keySet()).forEach(folder -> cancel(new JobHandle(NAME, folder)));
    }

    @Override
    public void close() {}
}
