package dev.mgit.hooks.executor;

import java.nio.file.Path;

/**
 * Finds a submitted job again, also from another process.
 *
 * @param id the executor's name for it
 * @param folder the job's folder
 */
public record JobHandle(String id, Path folder) {
    /** What the command wrote to its standard output. */
    public Path stdout() {
        return folder.resolve("stdout.log");
    }

    public Path stderr() {
        return folder.resolve("stderr.log");
    }

    /** Whether its process runs on this machine. */
    public boolean running() {
        var job = new JobFolder(folder);
        return job.pid().filter(pid -> ProcessTree.runs(pid, job.script())).isPresent();
    }

    /** Seconds from its start to its end; 0 while it is not over. */
    public double seconds() {
        return new JobFolder(folder).seconds();
    }
}
