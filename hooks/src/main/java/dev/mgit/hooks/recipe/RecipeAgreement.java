package dev.mgit.hooks.recipe;

import dev.mgit.lineage.git.StoredVersion;
import dev.mgit.lineage.verify.VersionCheck;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Whether the recipe that was recorded with a version names the parents that the version was recorded with. */
public final class RecipeAgreement implements VersionCheck {
    @Override
    public List<String> of(StoredVersion version) {
        return version.recipe()
                .map(json ->
                        Recipe.fromBytes(json, "the recipe of " + version.id().abbreviated()))
                .map(recipe -> compare(version, recipe))
                .orElse(List.of());
    }

    private static List<String> compare(StoredVersion version, Recipe recipe) {
        Map<VersionId, ProvenanceEdge> edges = new LinkedHashMap<>();
        version.origins().forEach(edge -> edges.put(edge.parent(), edge));
        List<String> wrong = new ArrayList<>();
        for (Recipe.Parent parent : recipe.parents()) {
            ProvenanceEdge edge = edges.remove(parent.version());
            String named = "its recipe was carried out on " + text(parent.kind(), parent.model(), parent.version());
            if (edge == null) {
                wrong.add(named + ", but none of its edges leads there");
            } else if (edge.kind() != parent.kind()) {
                wrong.add(named + ", but its edge says " + edge.kind().word());
            }
        }
        edges.values().stream()
                .filter(edge -> edge.source() == ProvenanceEdge.Source.DECLARED)
                .map(edge -> "its edge says " + text(edge.kind(), edge.model(), edge.parent())
                        + ", but its recipe does not name that")
                .forEach(wrong::add);
        return wrong;
    }

    private static String text(EdgeKind kind, String model, VersionId version) {
        return kind.word() + " of " + model + "@" + version.abbreviated();
    }
}
