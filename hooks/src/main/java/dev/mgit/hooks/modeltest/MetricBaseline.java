package dev.mgit.hooks.modeltest;

import dev.mgit.lineage.version.VersionId;

/**
 * What a metric is held against however often the model is updated, so that small losses do not add up.
 *
 * @param revision a tag, followed when it is moved, or the whole id of a version
 */
public record MetricBaseline(String revision, MetricTolerance tolerance) {
    /** The revision as people read it. */
    String shortName() {
        return VersionId.isId(revision) ? new VersionId(revision).abbreviated() : revision;
    }

    /** As part of a rule. */
    @Override
    public String toString() {
        return "vs=" + revision + ":tolerance=" + tolerance;
    }
}
