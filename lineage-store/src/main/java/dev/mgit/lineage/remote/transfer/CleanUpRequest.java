package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import java.time.Duration;

/**
 * How to clean a store up.
 *
 * @param grace between marking and deleting, at least a day; what is younger is not looked at
 * @param exclusive nobody else uses the store now: what is not needed is deleted at once, without marks or grace
 * @param dryRun say what would be done, and do nothing
 */
public record CleanUpRequest(Duration grace, boolean exclusive, boolean dryRun) {
    public static final Duration SHORTEST_GRACE = Duration.ofHours(24);

    /** @throws MgitException of kind USAGE if the grace is too short */
    public CleanUpRequest {
        if (grace.compareTo(SHORTEST_GRACE) < 0) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "a clean-up must wait at least 24 hours before it deletes what it marked",
                    "give a longer time, or '--exclusive' if nobody else uses the store now");
        }
    }
}
