package dev.mgit.hooks.audit;

import java.time.Instant;
import java.util.Map;

/**
 * The latest outcome of a test.
 *
 * @param status {@code passed}, {@code failed}, or how its command ended
 * @param text one line for people
 * @param data digest of the data it was run on
 * @param earlierFailures how many earlier results of the test on this version, of those kept, were no pass
 */
public record TestOutcome(
        String test,
        String status,
        String text,
        Map<String, Double> metrics,
        String data,
        Instant started,
        int earlierFailures) {
    public boolean passed() {
        return status.equals("passed");
    }
}
