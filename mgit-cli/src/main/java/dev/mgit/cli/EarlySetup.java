package dev.mgit.cli;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.json.Json;
import dev.mgit.lineage.git.GitSetup;
import java.nio.charset.StandardCharsets;

/**
 * Sets up what nearly every command needs and takes milliseconds, while the command line is read, in the order in which it is
 * needed. What is needed earlier is set up by whoever needs it.
 */
final class EarlySetup extends Thread {
    private EarlySetup() {
        super("setup");
        setDaemon(true);
    }

    /** Begins, where a second processor has nothing else to do. */
    static void begin() {
        if (Runtime.getRuntime().availableProcessors() > 1) {
            try {
                new EarlySetup().start();
            } catch (OutOfMemoryError e) {
                // there is no thread to be had
            }
        }
    }

    @Override
    public void run() {
        try {
            Hashes.sha256(); // Java looks for providers
            GitSetup.run();
            Json.parse("{}".getBytes(StandardCharsets.UTF_8)); // Jackson's BigDecimal computes powers of ten in Java 25
        } catch (RuntimeException | LinkageError e) {
            // whoever needs it is told
        }
    }
}
