package dev.mgit.lineage.maintain;

import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Person;
import java.util.List;

/**
 * Which training state to drop.
 *
 * @param models whose versions; empty for those of all models
 * @param keepLast how many of the newest versions of each model keep everything, at least 1
 * @param by who asks for it
 */
public record DropRequest(List<Glob> models, int keepLast, Person by) {
    public DropRequest {
        models = List.copyOf(models);
        if (keepLast < 1) {
            throw new IllegalArgumentException("keepLast " + keepLast);
        }
    }
}
