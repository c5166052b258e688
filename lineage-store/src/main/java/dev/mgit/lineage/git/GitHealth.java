package dev.mgit.lineage.git;

import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Set;

/**
 * What a check of the lineage repository found.
 *
 * @param objects Git objects checked
 * @param versions the versions that could be read
 */
public record GitHealth(int objects, Set<VersionId> versions, List<Damage> damage) {
    /**
     * Something wrong.
     *
     * @param what e.g. {@code reference refs/heads/bert}, {@code Git object 1a2b…}
     * @param why one clause
     * @param versions those that cannot be read in full for it
     */
    public record Damage(String what, String why, List<VersionId> versions) {
        public Damage {
            versions = List.copyOf(versions);
        }
    }

    public GitHealth {
        damage = List.copyOf(damage);
    }
}
