package dev.mgit.hooks.cascade;

import java.util.List;

/**
 * What {@code mgit update} is asked to do.
 *
 * @param target the model that got a new version
 * @param only globs; models that match none keep their version
 * @param skip globs; models that match keep their version, and what is below them goes on from it
 * @param until globs; models that match are updated, what is below them is not
 * @param gates names of tests that decide; empty for all registered for updates
 * @param jobs how many units run at once
 * @param failFast stop at the first failure and publish nothing until continued, instead of stopping only what is
 *     below the failure
 */
public record UpdateOptions(
        String target,
        List<String> only,
        List<String> skip,
        List<String> until,
        List<String> gates,
        int jobs,
        boolean failFast) {
    public static UpdateOptions of(String target) {
        return new UpdateOptions(target, List.of(), List.of(), List.of(), List.of(), 1, false);
    }

    public UpdateOptions {
        only = List.copyOf(only);
        skip = List.copyOf(skip);
        until = List.copyOf(until);
        gates = List.copyOf(gates);
    }
}
