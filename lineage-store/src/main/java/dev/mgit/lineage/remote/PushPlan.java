package dev.mgit.lineage.remote;

import dev.mgit.lineage.git.GitRemote.Move;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;

/**
 * What a push is to do.
 *
 * @param shared references that belong to no model: notes, registry and the like
 * @param named models and tags
 * @param versions those that are new there
 */
record PushPlan(List<Move> shared, List<Move> named, List<VersionId> versions) {
    boolean isEmpty() {
        return shared.isEmpty() && named.isEmpty() && versions.isEmpty();
    }

    /** Models last: where a server moves one by one, what belongs to a version is there before it. */
    List<Move> moves() {
        List<Move> all = new ArrayList<>(shared);
        all.addAll(named);
        return all;
    }
}
