package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandFailure;
import dev.mgit.hooks.FolderTools;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs jobs under Slurm, one batch job each, held back by {@code afterok} until what they need is there. The job's own
 * script leaves its exit code in the job's folder, so nothing of mgit needs to run meanwhile, and no accounting
 * database is asked; the folder must be on a file system the nodes share. Jobs are found in the queue by their name,
 * which is made from their folder, so that a submitter that died before it learnt the job's number has lost nothing.
 */
public final class SlurmExecutor implements Executor {
    static final String NAME = "slurm";

    private static final Duration QUEUE_FRESH = Duration.ofSeconds(2);
    /** How long a job may be in no queue and have no exit code: file systems show files to other nodes late. */
    private static final Duration GONE_GRACE = Duration.ofSeconds(6);

    /** Bytes of Slurm's log shown. */
    private static final int LOG_TAIL = 2000;

    private final Map<String, String> environment;
    private final List<String> arguments;
    private final Limits defaults;
    private final Map<String, Instant> goneSince = new ConcurrentHashMap<>();
    private Queue queue = new Queue(Instant.MIN, Map.of());

    /** The user's jobs by name: id and state with reason. */
    private record Queue(Instant taken, Map<String, String[]> jobs) {}

    /**
     * @param environment for Slurm's own programs: {@code PATH}, {@code SLURM_CONF}
     * @param arguments further arguments for {@code sbatch}, e.g. {@code --partition=gpu}
     * @param defaults limits of jobs that do not say their own
     */
    public SlurmExecutor(Map<String, String> environment, List<String> arguments, Limits defaults) {
        this.defaults = defaults;
        this.environment = Map.copyOf(environment);
        this.arguments = List.copyOf(arguments);
    }

    /** As settings say: {@code slurm.arguments} are further arguments for {@code sbatch}. */
    SlurmExecutor(ExecutorSettings settings) {
        this(settings.environment(), settings.words("slurm.arguments", "\\s+"), settings.defaults());
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean queues() {
        return true;
    }

    private static String nameOf(Path folder) {
        byte[] path = folder.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
        return "mgit-" + FolderTools.digest(path).substring(0, 16);
    }

    private static Path log(Path folder) {
        return folder.resolve("slurm.log");
    }

    @Override
    public JobHandle submit(Job asked) {
        Job job = asked.with(asked.limits().or(defaults));
        // Slurm limits memory itself; the script's own limit is on address space.
        var limits = new Limits(job.limits().timeout(), Optional.empty(), 0, 0);
        Path script = new JobFolder(job.folder()).prepare(job.with(limits));
        List<String> command = new ArrayList<>(List.of(
                "sbatch",
                "--parsable",
                "--no-requeue",
                "--export=ALL",
                "--job-name=" + nameOf(job.folder()),
                "--comment=" + job.name(),
                "--chdir=" + job.directory().toAbsolutePath(),
                "--output=" + log(job.folder()).toAbsolutePath()));
        limits(job.limits(), command);
        dependencies(job, command);
        command.addAll(arguments);
        command.add(script.toAbsolutePath().toString());
        Map<String, String> all = new HashMap<>(job.environment());
        all.put(ProcessTree.TOKEN, job.folder().toAbsolutePath().toString());
        if (job.limits().cpus() > 0) {
            all.put("OMP_NUM_THREADS", String.valueOf(job.limits().cpus()));
        }
        environment.forEach((key, value) -> {
            if (key.startsWith("SLURM_") || key.equals("PATH")) {
                all.put(key, value);
            }
        });
        Answer answer = run(command, all);
        if (answer.exitCode() != 0) {
            throw new CommandFailure(
                    MgitException.Kind.FAILED,
                    "Slurm refused " + job.name(),
                    answer.text(),
                    "the command was " + String.join(" ", command.subList(0, command.size() - 1)));
        }
        forgetQueue();
        // The answer is ID or ID;CLUSTER, perhaps among warnings.
        String id = answer.text()
                .lines()
                .filter(line -> line.matches("\\d+(;.*)?"))
                .map(line -> line.split(";")[0])
                .findFirst()
                .orElse("");
        return new JobHandle(id, job.folder());
    }

    private static void limits(Limits limits, List<String> command) {
        limits.timeout().ifPresent(time -> command.add("--time=" + Math.max(1, (time.toSeconds() + 59) / 60)));
        limits.memory().ifPresent(bytes -> command.add("--mem=" + Math.max(1, bytes >> 20) + "M"));
        if (limits.cpus() > 0) {
            command.add("--cpus-per-task=" + limits.cpus());
        }
        if (limits.gpus() > 0) {
            command.add("--gres=gpu:" + limits.gpus());
        }
    }

    /** Jobs that have ended well need no waiting for, and Slurm may have forgotten them. */
    private void dependencies(Job job, List<String> command) {
        List<String> ids = new ArrayList<>();
        for (JobHandle parent : job.after()) {
            Optional<JobStatus> ended = new JobFolder(parent.folder()).ended();
            if (ended.isEmpty()) {
                ids.add(parent.id());
            } else if (!ended.get().ok()) {
                throw MgitException.failed("a job that " + job.name() + " depends on ended with "
                        + ended.get().detail());
            }
        }
        if (!ids.isEmpty()) {
            command.add("--dependency=afterok:" + String.join(":", ids));
            command.add("--kill-on-invalid-dep=yes");
        }
    }

    @Override
    public Optional<JobHandle> recover(JobHandle handle) {
        Queue now = queue(true);
        if (now.taken().equals(Instant.MIN)) {
            throw MgitException.failed("Slurm's queue does not respond");
        }
        String[] job = now.jobs().get(nameOf(handle.folder()));
        if (job != null) {
            return Optional.of(new JobHandle(job[0], handle.folder()));
        }
        // Ended and forgotten by the queue, or never submitted: then the claim keeps a late one from starting.
        return new JobFolder(handle.folder()).claim()
                ? Optional.empty()
                : Optional.of(new JobHandle("", handle.folder()));
    }

    /**
     * How the job ended. Slurm's signals reach a job's processes one after the other, so the script may still see its
     * command killed and write that down; who killed it stands in Slurm's log.
     */
    private static Optional<JobStatus> ended(Path folder) {
        return new JobFolder(folder).ended().map(status -> {
            boolean killed = status.state() == JobStatus.State.EXITED && status.exitCode() > 128;
            String log = killed ? FolderTools.tail(log(folder), LOG_TAIL).strip() : "";
            return log.contains("slurmstepd: ")
                    ? JobStatus.of(JobStatus.State.LOST, "Slurm ended the job\n" + log)
                    : status;
        });
    }

    @Override
    public JobStatus peek(JobHandle handle) {
        Optional<JobStatus> ended = ended(handle.folder());
        if (ended.isPresent()) {
            return ended.get();
        }
        Queue now = queue(false);
        String[] job = now.jobs().get(nameOf(handle.folder()));
        if (job == null) {
            return ended(handle.folder()).orElseGet(() -> JobStatus.of(JobStatus.State.WAITING, "not in the queue"));
        }
        String detail = "Slurm job " + job[0] + " " + job[1];
        boolean pending = job[1].startsWith("PENDING");
        return JobStatus.of(pending ? JobStatus.State.WAITING : JobStatus.State.RUNNING, detail);
    }

    @Override
    public JobStatus poll(JobHandle handle) {
        var folder = new JobFolder(handle.folder());
        String name = nameOf(handle.folder());
        JobStatus status = peek(handle);
        if (status.over()) {
            goneSince.remove(name);
            return status;
        }
        if (folder.overdue()) {
            end(handle, "timeout");
            return ended(handle.folder()).orElse(status);
        }
        Queue now = queue(false);
        if (now.taken().equals(Instant.MIN) || now.jobs().containsKey(name)) {
            goneSince.remove(name);
            return status;
        }
        Instant since = goneSince.computeIfAbsent(name, unused -> now.taken());
        if (now.taken().isBefore(since.plus(GONE_GRACE))) {
            return status;
        }
        boolean neverStarts = folder.claim();
        String log = FolderTools.tail(log(handle.folder()), LOG_TAIL).strip();
        return ended(handle.folder())
                .orElseGet(() -> JobStatus.of(
                        JobStatus.State.LOST,
                        (neverStarts ? "Slurm dropped the job before it started" : "Slurm ended the job")
                                + (log.isEmpty() ? "" : "\n" + log)));
    }

    @Override
    public void cancelAll() {
        // the queue keeps them
    }

    @Override
    public void cancel(JobHandle handle) {
        if (new JobFolder(handle.folder()).ended().isEmpty()) {
            end(handle, "cancelled");
        }
    }

    private void end(JobHandle handle, String how) {
        var folder = new JobFolder(handle.folder());
        // Whichever comes first, the job's own exit code or this claim, decides what is reported.
        boolean neverStarted = folder.claim();
        var unused = run(List.of("scancel", "--name=" + nameOf(handle.folder())), environment);
        if (neverStarted || folder.ended().isEmpty()) {
            folder.end(how);
        }
        forgetQueue();
    }

    private synchronized void forgetQueue() {
        queue = new Queue(Instant.MIN, Map.of());
    }

    /** The queue, asked at most every few seconds. Taken at {@link Instant#MIN} if Slurm does not answer. */
    private synchronized Queue queue(boolean fresh) {
        if (fresh
                || queue.taken().equals(Instant.MIN)
                || Instant.now().isAfter(queue.taken().plus(QUEUE_FRESH))) {
            Instant asked = Instant.now();
            Answer answer = run(List.of("squeue", "--me", "--noheader", "--format=%i|%j|%T (%r)"), environment);
            Map<String, String[]> jobs = new LinkedHashMap<>();
            for (String line : answer.text().split("\n")) {
                String[] parts = line.strip().split("\\|", 3);
                if (parts.length == 3) {
                    jobs.put(parts[1], new String[] {parts[0], parts[2].replace(" (None)", "")});
                }
            }
            queue = new Queue(answer.exitCode() == 0 ? asked : Instant.MIN, jobs);
        }
        return queue;
    }

    private record Answer(int exitCode, String text) {}

    private static Answer run(List<String> command, Map<String, String> environment) {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Answer(process.waitFor(), text);
        } catch (IOException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "cannot run " + command.get(0) + ": " + e.getMessage(),
                    "Slurm's programs must be on the PATH, or use --executor local",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(-1, "interrupted");
        }
    }

    @Override
    public void close() {}
}
