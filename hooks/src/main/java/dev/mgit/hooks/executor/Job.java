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
 */
public record Job(
        String name,
        List<String> command,
        Map<String, String> environment,
        Path directory,
        Path folder,
        Limits limits,
        List<JobHandle> after) {
    public Job {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        after = List.copyOf(after);
    }

    Job with(Limits newLimits) {
        return new Job(name, command, environment, directory, folder, newLimits, after);
    }
}
