package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandFailure;
import dev.mgit.hooks.FolderTools;
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
 * Runs jobs under Slurm, one batch job each, held back by {@code afterok} until what they need is there. The job's own
 * script leaves its exit code in the job's folder, so nothing of mgit needs to run meanwhile, and no accounting
 * database is asked; the folder must be on a file system the nodes share, unless the job runs apart. Jobs are found in the queue by their name,
 * which stands in their folder, so that a submitter that died before it learnt the job's number has lost nothing.
 */
public final class SlurmExecutor implements Executor {
    static final String NAME = "slurm";

    /** How long a job may be in no queue and have no exit code: file systems show files to other nodes late. */
    private static final Duration GONE_GRACE = Duration.ofSeconds(6);

    /** Bytes of Slurm's log shown. */
    private static final int LOG_TAIL = 2000;

    private final Map<String, String> environment;
    private final List<String> arguments;
    private final Limits defaults;
    private final Map<String, Instant> goneSince = new ConcurrentHashMap<>();
    private final SlurmQueue queue;
    private final Optional<String> remote;
    private volatile Retrieval retrieval = Retrieval.NONE;

    /**
     * @param environment for Slurm's own programs: {@code PATH}, {@code SLURM_CONF}
     * @param arguments further arguments for {@code sbatch}, e.g. {@code --partition=gpu}
     * @param defaults limits of jobs that do not say their own
     */
    public SlurmExecutor(Map<String, String> environment, List<String> arguments, Limits defaults) {
        this(environment, arguments, defaults, Optional.empty());
    }

    private SlurmExecutor(
            Map<String, String> environment, List<String> arguments, Limits defaults, Optional<String> remote) {
        this.remote = remote;
        this.defaults = defaults;
        this.environment = Map.copyOf(environment);
        this.queue = new SlurmQueue(environment);
        this.arguments = List.copyOf(arguments);
    }

    /** As settings say: {@code slurm.arguments} are further arguments for {@code sbatch}. */
    SlurmExecutor(ExecutorSettings settings) {
        this(
                settings.environment(),
                settings.words("slurm.arguments", "\\s+"),
                settings.defaults(),
                settings.setting().apply("slurm.remote").filter(name -> !name.isBlank()));
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Optional<String> remote() {
        return remote;
    }

    @Override
    public void retrieveBy(Retrieval newRetrieval) {
        retrieval = newRetrieval;
    }

    @Override
    public boolean queues() {
        return true;
    }

    private static String nameOf(Path folder) {
        return new JobFolder(folder).name();
    }

    private static Path log(Path folder) {
        return folder.resolve("slurm.log");
    }

    @Override
    public JobHandle submit(Job asked) {
        Job job = asked.with(asked.limits().or(defaults));
        // Slurm limits memory itself; the script's own limit is on address space.
        var limits = new Limits(job.limits().timeout(), Optional.empty(), 0, 0);
        var folder = new JobFolder(job.folder());
        Path script = job.apart() ? folder.prepareApart(job) : folder.prepare(job.with(limits));
        List<String> command = new ArrayList<>(List.of(
                "sbatch",
                "--parsable",
                "--no-requeue",
                "--job-name=" + nameOf(job.folder()),
                "--comment=" + job.name()));
        if (job.apart()) {
            command.addAll(List.of("--export=NONE", "--chdir=/", "--output=/dev/null"));
        } else {
            command.add("--export=ALL");
            command.add("--chdir=" + job.directory().toAbsolutePath());
            command.add("--output=" + log(job.folder()).toAbsolutePath());
        }
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
        SlurmPrograms.Answer answer = SlurmPrograms.run(command, all);
        if (answer.exitCode() != 0) {
            throw new CommandFailure(
                    MgitException.Kind.FAILED,
                    "Slurm refused " + job.name(),
                    answer.text(),
                    "the command was " + String.join(" ", command.subList(0, command.size() - 1)));
        }
        queue.forget();
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
        SlurmQueue.Snapshot now = queue.now(true);
        if (!now.answered()) {
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
     * command killed and write that down; who killed it stands in Slurm's log, at the latest when the job has left the
     * queue.
     */
    private Optional<JobStatus> ended(Path folder) {
        Optional<JobStatus> ended = new JobFolder(folder).ended();
        if (ended.isEmpty()
                || ended.get().state() != JobStatus.State.EXITED
                || ended.get().exitCode() <= 128) {
            return ended;
        }
        Optional<JobStatus> bySlurm = endedBySlurm(folder);
        if (bySlurm.isEmpty() && queue.now(true).jobs().containsKey(nameOf(folder))) {
            return Optional.empty();
        }
        return bySlurm.or(() -> endedBySlurm(folder)).or(() -> ended);
    }

    private static Optional<JobStatus> endedBySlurm(Path folder) {
        String log = FolderTools.tail(log(folder), LOG_TAIL).strip();
        return log.contains("slurmstepd")
                ? Optional.of(JobStatus.of(JobStatus.State.LOST, "Slurm ended the job\n" + log))
                : Optional.empty();
    }

    @Override
    public JobStatus peek(JobHandle handle) {
        Optional<JobStatus> ended = ended(handle.folder());
        if (ended.isPresent()) {
            return ended.get();
        }
        SlurmQueue.Snapshot now = queue.now(false);
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
        SlurmQueue.Snapshot now = queue.now(false);
        if (!now.answered() || now.jobs().containsKey(name)) {
            goneSince.remove(name);
            return status;
        }
        Optional<JobStatus> retrieved = folder.ended(retrieval, handle);
        if (retrieved.isPresent()) {
            return retrieved.get();
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
        // A job that ended well before the signal keeps its exit code.
        boolean neverStarted = folder.claim();
        folder.ending(how);
        var unused = SlurmPrograms.run(List.of("scancel", "--name=" + nameOf(handle.folder())), environment);
        if (neverStarted || folder.ended().isEmpty()) {
            folder.end(how);
        }
        queue.forget();
    }

    @Override
    public void close() {}
}
