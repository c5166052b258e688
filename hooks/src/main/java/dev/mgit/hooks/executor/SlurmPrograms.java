package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Runs Slurm's own programs. */
final class SlurmPrograms {
    /** @param text what the program printed, errors included */
    record Answer(int exitCode, String text) {}

    private SlurmPrograms() {}

    /** @throws MgitException of kind FAILED if the program cannot be started */
    static Answer run(List<String> command, Map<String, String> environment) {
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
}
