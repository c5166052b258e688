package dev.mgit.lineage.version;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One entry of the operation log.
 *
 * @param id names the operation, as {@code mgit op log} shows it
 * @param undoes the operation this one took back
 */
public record Operation(
        String id, String description, Person author, Instant when, List<RefChange> changes, Optional<String> undoes) {
    /** A reference moved; an empty side means it did not exist. */
    public record RefChange(String ref, Optional<String> before, Optional<String> after) {
        private static final String PRIVATE = "refs/mgit/";
        private static final String REGISTRY = PRIVATE + "registry";

        /** Whether it is a reference that holds what some command has under way, which is nobody's to take back. */
        public boolean inner() {
            return ref.startsWith(PRIVATE) && !ref.startsWith(REGISTRY);
        }
    }

    /** Whether it is a step on the way of some command, and nothing a user did. */
    public boolean inner() {
        return !changes.isEmpty() && changes.stream().allMatch(RefChange::inner);
    }
}
