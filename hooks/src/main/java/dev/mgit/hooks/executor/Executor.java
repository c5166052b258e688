package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.util.Optional;

/**
 * Runs jobs. A job survives the process that submitted it; its state is in its folder and, where there is one, in a
 * queue. Another scheduler is one more implementation of these few methods. Safe for use by several threads.
 */
public interface Executor extends AutoCloseable {
    /** The name users give it, as in {@link Executors#names}. */
    String name();

    /** True where jobs wait in a queue for the jobs they depend on, so all of them can be submitted at once. */
    boolean queues();

    /**
     * Starts or queues a job; may wait for a free slot.
     *
     * @throws MgitException if it cannot be started at all
     */
    JobHandle submit(Job job);

    /** How a job looks from outside; changes nothing, so anybody may ask. */
    JobStatus peek(JobHandle handle);

    /**
     * How a job stands, asked by the one who is to collect it: enforces its time limit, ends what it left running, and
     * sees to it that a job reported as lost never starts.
     */
    JobStatus poll(JobHandle handle);

    /**
     * Finds a job whose submission was under way when its submitter died.
     *
     * @return the job with its id, or empty if it has not been submitted; then it will never start
     */
    Optional<JobHandle> recover(JobHandle handle);

    /** Ends a job and every process it started. Nothing happens if it is over. */
    void cancel(JobHandle handle);

    /**
     * The user interrupted this process and it is about to end: ends every job that was submitted here and would have
     * run on unseen. Until the process ends nobody who waits for such a job gets an answer, so nothing is recorded as
     * failed. Jobs in a queue stay there, to be found again.
     */
    void cancelAll();

    /** Waits until a job is over. Interrupting the wait leaves the job alone. */
    default JobStatus await(JobHandle handle) {
        try {
            for (long pause = 5; ; pause = Math.min(pause * 2, 250)) {
                JobStatus status = poll(handle);
                if (status.over()) {
                    return status;
                }
                Thread.sleep(pause);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted while a command ran");
        }
    }

    /** The same for a command nobody but the caller knows of: however the wait ends, nothing of it runs on. */
    default JobStatus conclude(JobHandle handle) {
        try {
            return await(handle);
        } finally {
            cancel(handle);
        }
    }

    /** The remote by which nodes get what they need, where they share no files with this machine. */
    default Optional<String> remote() {
        return Optional.empty();
    }

    /** Says who knows what became of jobs that run apart. */
    default void retrieveBy(Retrieval retrieval) {}

    /** Lets go of the executor's resources; jobs that run go on. */
    @Override
    void close();
}
