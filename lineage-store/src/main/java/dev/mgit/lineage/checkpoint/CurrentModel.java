package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Optional;

/**
 * The name that a checked-out model has now. A folder notes the name it was checked out under; that a rename, or the undo
 * of one, changed it since shows in which model leads to the version.
 */
final class CurrentModel {
    private final Lineage lineage;

    CurrentModel(Lineage lineage) {
        this.lineage = lineage;
    }

    /** The noted name as long as that model leads to the version; else the one model that does. */
    String of(String noted, VersionId version) {
        try {
            if (lineage.model(noted).filter(model -> leadsTo(model, version)).isPresent()) {
                return noted;
            }
            List<String> others = lineage.models().stream()
                    .filter(model -> leadsTo(model, version))
                    .map(Model::name)
                    .toList();
            return others.size() == 1 ? others.get(0) : noted;
        } catch (MgitException e) {
            ResourceException.throwIfBehind(e);
            return noted; // what is damaged is told by those who need it
        }
    }

    private boolean leadsTo(Model model, VersionId version) {
        Optional<VersionId> at = Optional.of(model.head());
        while (at.isPresent() && !at.get().equals(version)) {
            at = lineage.version(at.get()).previous();
        }
        return at.isPresent();
    }
}
