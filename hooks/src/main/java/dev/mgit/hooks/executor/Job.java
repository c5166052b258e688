package dev.mgit.hooks.executor;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One command to run.
 *
 * @param name shown in queues and messages
 * @param command program and arguments; no shell sees them
 * @param environment the whole environment of the command
 * @param directory where it starts
 * @param folder an empty folder of its own, for the executor's files and the command's logs
 * @param after jobs of the same executor that must end with exit code 0 first; only where
 *     {@link Executor#queues()}
 * @param apart runs on a machine that sees none of the files here: the command alone, in the environment and folder it
 *     finds there; what became of it is asked of a {@link Retrieval}
 */
public record Job(
        String name,
        List<String> command,
        Map<String, String> environment,
        Path directory,
        Path folder,
        Limits limits,
        List<JobHandle> after,
        boolean apart) {
    /** A job that sees the files here. */
    public Job(
            String name,
            List<String> command,
            Map<String, String> environment,
            Path directory,
            Path folder,
            Limits limits,
            List<JobHandle> after) {
        this(name, command, environment, directory, folder, limits, after, false);
    }

    /** A job that sees none. */
    public static Job apart(String name, List<String> command, Path folder, Limits limits) {
        return new Job(name, command, Map.of(), folder, folder, limits, List.of(), true);
    }

    public Job {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        after = List.copyOf(after);
    }

    Job with(Limits newLimits) {
        return new Job(name, command, environment, directory, folder, newLimits, after, apart);
    }
}
