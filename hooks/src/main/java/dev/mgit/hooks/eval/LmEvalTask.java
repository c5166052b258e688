package dev.mgit.hooks.eval;

import java.util.Map;
import java.util.Set;

/**
 * What a results file of lm-evaluation-harness says of one task.
 *
 * @param averaged those metrics, without their filters, whose value is the plain mean over samples
 */
record LmEvalTask(
        String name, String model, Map<String, String> spec, Map<String, Measured> metrics, Set<String> averaged) {}
