package dev.mgit.lineage.merge;

import dev.mgit.lineage.graph.Glob;

/**
 * Which strategy to use for which tensors, or files.
 *
 * @param names tensor names, or paths of files kept verbatim
 * @param everywhere true to use it wherever the sides differ, as mergekit does; false for conflicts only, as Git does
 */
public record Rule(Glob names, Strategy strategy, boolean everywhere) {
    /** A rule for all tensors with these names: one that picks a side is for conflicts, one that computes for all. */
    public static Rule of(Glob names, Strategy strategy) {
        return new Rule(names, strategy, !strategy.method().picks());
    }
}
