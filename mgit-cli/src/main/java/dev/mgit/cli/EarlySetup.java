package dev.mgit.cli;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.json.Json;
import dev.mgit.lineage.git.GitSetup;
import java.nio.charset.StandardCharsets;
import java.util.TimeZone;
import java.util.zip.CRC32C;

/**
 * Sets up what nearly every command needs and takes milliseconds, while the command line is read, in the order in which it is
 * needed. What is needed earlier is set up by whoever needs it.
 */
final class EarlySetup extends Thread {
    private EarlySetup() {
        super("setup");
        setDaemon(true);
    }

    /** Begins, if a second processor has nothing else to do and the words may name a command. */
    static void beginFor(String... words) {
        boolean command = false;
        for (String word : words) {
            command |= !word.startsWith("-");
        }
        if (command && Runtime.getRuntime().availableProcessors() > 1) {
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
            Json.parse("{}".getBytes(StandardCharsets.UTF_8));
            TimeZone.getDefault(); // Java reads all rules for changes of the time
            new CRC32C().update(0); // and makes tables, of which compiled code has no need
        } catch (RuntimeException | LinkageError e) {
            // whoever needs it is told
        }
    }
}
