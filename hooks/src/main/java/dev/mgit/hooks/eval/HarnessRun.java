package dev.mgit.hooks.eval;

import java.util.Map;

/**
 * One scenario as a harness left it on disk, before it is noted on a version.
 *
 * @param model what the harness calls the model it ran
 * @param where the folder or file it was read from, for messages
 */
public record HarnessRun(
        String harness,
        String scenario,
        String model,
        Map<String, String> spec,
        Map<String, Measured> metrics,
        Instances instances,
        String where) {}
