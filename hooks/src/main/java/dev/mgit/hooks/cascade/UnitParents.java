package dev.mgit.hooks.cascade;

import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Optional;

/** Which versions units are made from, as far as they have been made. */
final class UnitParents {
    private final CascadeState state;

    UnitParents(CascadeState state) {
        this.state = state;
    }

    /** Empty while one of them is still to be made. */
    Optional<List<Recipe.Parent>> ifKnown(UpdatePlan.Unit unit) {
        if (unit.parents().stream().anyMatch(parent -> version(parent).isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(unit.parents().stream()
                .map(parent -> new Recipe.Parent(parent.model(), version(parent).orElseThrow(), parent.kind()))
                .toList());
    }

    /** The version of a parent to use; empty while this update has not made it. */
    Optional<VersionId> version(UpdatePlan.Parent parent) {
        return parent.now()
                .or(() -> Optional.ofNullable(
                        state.unit(maker(parent.model())).versions.get(parent.model())));
    }

    int maker(String model) {
        for (int index = 0; index < state.units.size(); index++) {
            if (state.units.get(index).heads().containsKey(model)) {
                return index;
            }
        }
        throw new IllegalStateException("no unit makes " + model);
    }
}
