package dev.mgit.hooks.executor;

import java.util.Optional;

/** Finds out what became of jobs that ran {@linkplain Job#apart() apart}, once their scheduler has them no more. */
@FunctionalInterface
public interface Retrieval {
    /** Knows of none. */
    Retrieval NONE = handle -> Optional.empty();

    /**
     * How a job ended.
     *
     * @param status an exit code, or that its time was over
     * @param seconds how long its command ran
     */
    record Left(JobStatus status, double seconds) {}

    /**
     * Lays what a job left into its folder, its logs among it.
     *
     * @return empty if it left nothing, or is none that runs apart
     * @throws dev.mgit.delta.MgitException of kind REMOTE if that cannot be found out now; of another if what is there
     *     is not what the job was to leave
     */
    Optional<Left> retrieve(JobHandle handle);
}
