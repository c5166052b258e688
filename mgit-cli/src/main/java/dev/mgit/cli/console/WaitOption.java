package dev.mgit.cli.console;

import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.time.Duration;
import picocli.CommandLine.Option;

/** {@code --wait}, mixed into every command that changes the repository. */
public final class WaitOption {
    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "How long to wait for another command to finish (default: ${DEFAULT-VALUE}).")
    private long seconds;

    /** Takes the writer lock, saying so if there is somebody to wait for. */
    public WriterLock lock(Context context, Repository repository, String what) throws IOException {
        return repository.lock(what, Duration.ofSeconds(Math.max(0, seconds)), context.output()::note);
    }
}
