package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs jobs as processes of this machine, each in a session of its own, so that the whole tree can be ended. GPU
 * slots are handed out by setting {@code CUDA_VISIBLE_DEVICES}.
 */
public final class LocalExecutor implements Executor {
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    /** How long a job that claimed its folder may take to write its process id. */
    private static final Duration PID_GRACE = Duration.ofSeconds(5);

    private final int gpuCount;
    private final List<String> freeGpus;
    private final Map<Path, List<String>> heldGpus = new HashMap<>();
    private final Map<Path, Process> children = new ConcurrentHashMap<>();

    /** @param gpus device names as {@code CUDA_VISIBLE_DEVICES} takes them; empty if jobs get none */
    public LocalExecutor(List<String> gpus) {
        this.gpuCount = gpus.size();
        this.freeGpus = new ArrayList<>(gpus);
    }

    public LocalExecutor() {
        this(List.of());
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public boolean queues() {
        return false;
    }

    @Override
    public JobHandle submit(Job job) {
        Path script = new JobFolder(job.folder()).prepare(job);
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(SETSID)) {
            command.add(SETSID.toString());
        }
        command.addAll(List.of("/bin/sh", script.toAbsolutePath().toString()));
        var builder = new ProcessBuilder(command)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(job.environment());
        builder.environment()
                .put(ProcessTree.TOKEN, job.folder().toAbsolutePath().toString());
        if (job.limits().cpus() > 0) {
            builder.environment()
                    .put("OMP_NUM_THREADS", String.valueOf(job.limits().cpus()));
        }
        if (gpuCount > 0 || job.limits().gpus() > 0) {
            builder.environment().put("CUDA_VISIBLE_DEVICES", String.join(",", takeGpus(job)));
        }
        try {
            children.put(job.folder(), builder.start());
        } catch (IOException e) {
            releaseGpus(job.folder());
            throw new MgitException(
                    MgitException.Kind.FAILED, "cannot start " + job.name() + ": " + e.getMessage(), null, e);
        }
        return new JobHandle("local", job.folder());
    }

    private synchronized List<String> takeGpus(Job job) {
        int wanted = job.limits().gpus();
        if (wanted > gpuCount) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    job.name() + " needs " + wanted + " GPU slots, and " + gpuCount + " are configured",
                    "list the devices with: mgit config executor.gpus 0,1");
        }
        try {
            while (freeGpus.size() < wanted) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted while waiting for a GPU slot");
        }
        List<String> taken = List.copyOf(freeGpus.subList(0, wanted));
        freeGpus.removeAll(taken);
        heldGpus.put(job.folder(), taken);
        return taken;
    }

    private synchronized void releaseGpus(Path folder) {
        List<String> held = heldGpus.remove(folder);
        if (held != null) {
            freeGpus.addAll(held);
            notifyAll();
        }
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
        releaseGpus(handle.folder());
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
                : Optional.of(new JobHandle("local", handle.folder()));
    }

    @Override
    public void cancel(JobHandle handle) {
        end(handle, new JobFolder(handle.folder()), "cancelled");
    }

    private void end(JobHandle handle, JobFolder folder, String how) {
        if (folder.ended().isEmpty() && (folder.claim() || folder.ended().isEmpty())) {
            folder.end(how);
        }
        ProcessTree.kill(folder.pid(), handle.folder());
        releaseGpus(handle.folder());
        children.remove(handle.folder());
    }

    /** Ends every job that was submitted here and still runs: for a user who breaks off. */
    public void cancelAll() {
        List.copyOf(children.keySet()).forEach(folder -> cancel(new JobHandle("local", folder)));
    }

    @Override
    public void close() {}
}
