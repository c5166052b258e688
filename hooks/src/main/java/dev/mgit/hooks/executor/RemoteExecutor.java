package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Runs jobs where a scheduler puts them, on a file system shared with it or {@linkplain Job#apart() apart}. A job is known to the scheduler by a name
 * that stands in its folder, so that whoever comes later finds it, and submitting it twice can be told from two jobs. Its script
 * sets what mgit adds to the environment and leaves its exit code in the folder; the scheduler is asked only what the
 * folder does not say. A scheduler that does not answer changes nothing: a job counts as lost only once it has been told
 * twice, some time apart, that there is none.
 */
abstract class RemoteExecutor implements Executor {
    private final Map<String, String> environment;
    private final Limits defaults;
    private final Duration interval;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();
    private final Map<String, Instant> goneSince = new ConcurrentHashMap<>();
    private final Map<String, String> found = new ConcurrentHashMap<>();
    private volatile Retrieval retrieval = Retrieval.NONE;

    /** How a scheduler sees a job. */
    enum State {
        WAITING,
        RUNNING,
        /** Over, or not there. */
        ENDED,
        /** No answer. */
        UNKNOWN
    }

    /**
     * What it says of one.
     *
     * @param exitCode where it knows one
     * @param detail a few words for people
     */
    record Sighting(State state, Optional<Integer> exitCode, String detail) {
        static Sighting of(State state, String detail) {
            return new Sighting(state, Optional.empty(), detail);
        }
    }

    private record Seen(Sighting sighting, Instant at) {}

    /**
     * @param environment what commands start from here; jobs get what theirs adds to it
     * @param interval how often the scheduler is asked about one job
     */
    RemoteExecutor(Map<String, String> environment, Limits defaults, Duration interval) {
        this.environment = Map.copyOf(environment);
        this.defaults = defaults;
        this.interval = interval;
    }

    /**
     * Hands a job over, once: if there is one of this name already, that is it.
     *
     * @return the scheduler's name for it
     * @throws MgitException if the scheduler did not say that it took it; it may have
     */
    abstract String start(Job job, String name, Path script);

    /** @param id as {@link #start} returned it */
    abstract Sighting look(String name, String id, Path folder);

    /**
     * The scheduler's name for a job, if there is one of this name.
     *
     * @throws MgitException if there is no answer
     */
    abstract Optional<String> find(String name, Path folder);

    /** Ends a job, and does not fail if it is over or the scheduler does not answer. */
    abstract void end(String name, String id, Path folder);

    static String nameOf(Path folder) {
        return new JobFolder(folder).name();
    }

    /** What a job's environment has that commands here do not start from. */
    private Map<String, String> added(Job job) {
        Map<String, String> added = new HashMap<>();
        job.environment().forEach((name, value) -> {
            if (!value.equals(environment.get(name))) {
                added.put(name, value);
            }
        });
        if (job.limits().cpus() > 0) {
            added.put("OMP_NUM_THREADS", String.valueOf(job.limits().cpus()));
        }
        return added;
    }

    @Override
    public JobHandle submit(Job asked) {
        Job job = asked.with(asked.limits().or(defaults));
        // The scheduler limits memory; the script's own limit is on address space.
        var limits = new Limits(job.limits().timeout(), Optional.empty(), 0, 0);
        var folder = new JobFolder(job.folder());
        Path script = job.apart() ? folder.prepareApart(job) : folder.prepare(job.with(limits), added(job));
        String name = nameOf(job.folder());
        try {
            return new JobHandle(start(job, name, script), job.folder());
        } catch (MgitException e) {
            return taken(name, folder, job).orElseThrow(() -> e);
        }
    }

    /** A job whose submission failed, as far as can be seen from here; if it did, it never starts. */
    private Optional<JobHandle> taken(String name, JobFolder folder, Job job) {
        Optional<String> id;
        try {
            id = find(name, job.folder());
        } catch (MgitException e) {
            id = Optional.empty();
        }
        if (id.isEmpty() && folder.claim()) {
            return Optional.empty();
        }
        return Optional.of(new JobHandle(id.orElse(""), job.folder()));
    }

    @Override
    public Optional<JobHandle> recover(JobHandle handle) {
        var folder = new JobFolder(handle.folder());
        Optional<String> id = find(folder.name(), handle.folder());
        if (id.isPresent()) {
            return Optional.of(new JobHandle(id.get(), handle.folder()));
        }
        return folder.claim() ? Optional.empty() : Optional.of(new JobHandle("", handle.folder()));
    }

    @Override
    public JobStatus peek(JobHandle handle) {
        return new JobFolder(handle.folder()).ended().orElseGet(() -> status(sighting(handle)));
    }

    private static JobStatus status(Sighting sighting) {
        boolean waiting = sighting.state() == State.WAITING;
        return JobStatus.of(waiting ? JobStatus.State.WAITING : JobStatus.State.RUNNING, sighting.detail());
    }

    /** What the scheduler said last, if that is not long ago. */
    private Sighting sighting(JobHandle handle) {
        String name = nameOf(handle.folder());
        Seen last = seen.get(name);
        if (last == null || Instant.now().isAfter(last.at().plus(interval))) {
            last = new Seen(ask(name, handle), Instant.now());
            seen.put(name, last);
        }
        return last.sighting();
    }

    private Sighting ask(String name, JobHandle handle) {
        try {
            Optional<String> id = handle.id().isEmpty()
                    ? Optional.ofNullable(found.get(name)).or(() -> find(name, handle.folder()))
                    : Optional.of(handle.id());
            if (id.isEmpty()) {
                return Sighting.of(State.ENDED, "there is no such job");
            }
            found.put(name, id.get());
            return look(name, id.get(), handle.folder());
        } catch (MgitException e) {
            return Sighting.of(State.UNKNOWN, String.valueOf(e.getMessage()));
        }
    }

    @Override
    public JobStatus poll(JobHandle handle) {
        var folder = new JobFolder(handle.folder());
        String name = nameOf(handle.folder());
        Optional<JobStatus> ended = folder.ended();
        if (ended.isPresent()) {
            goneSince.remove(name);
            return ended.get();
        }
        if (folder.overdue()) {
            end(handle, "timeout");
            return folder.ended().orElseThrow();
        }
        Sighting sighting = sighting(handle);
        if (sighting.state() != State.ENDED) {
            goneSince.remove(name);
            return status(sighting);
        }
        Optional<JobStatus> retrieved = folder.ended(retrieval, handle);
        if (retrieved.isPresent()) {
            return retrieved.get();
        }
        Instant since = goneSince.computeIfAbsent(name, unused -> Instant.now());
        // File systems show files to other machines late.
        if (Instant.now().isBefore(since.plus(interval.multipliedBy(3)))) {
            return status(sighting);
        }
        return gone(folder, sighting);
    }

    private static JobStatus gone(JobFolder folder, Sighting sighting) {
        boolean neverStarts = folder.claim();
        sighting.exitCode().ifPresent(code -> folder.end(String.valueOf(code)));
        return folder.ended()
                .orElseGet(() -> JobStatus.of(
                        JobStatus.State.LOST,
                        (folder.isApart()
                                        ? "the job ended without leaving a result"
                                        : neverStarts
                                                ? "the job ended before it started"
                                                : "the job ended without an exit code")
                                + (sighting.detail().isEmpty() ? "" : ": " + sighting.detail())));
    }

    @Override
    public void cancel(JobHandle handle) {
        if (new JobFolder(handle.folder()).ended().isEmpty()) {
            end(handle, "cancelled");
        }
    }

    private void end(JobHandle handle, String how) {
        var folder = new JobFolder(handle.folder());
        String name = nameOf(handle.folder());
        // A job that ended well before the signal keeps its exit code.
        boolean neverStarted = folder.claim();
        folder.ending(how);
        end(name, handle.id().isEmpty() ? found.getOrDefault(name, "") : handle.id(), handle.folder());
        if (neverStarted || folder.ended().isEmpty()) {
            folder.end(how);
        }
        seen.remove(name);
    }

    @Override
    public void retrieveBy(Retrieval newRetrieval) {
        retrieval = newRetrieval;
    }

    @Override
    public void cancelAll() {
        // the scheduler keeps them
    }

    @Override
    public void close() {}
}
