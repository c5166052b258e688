package dev.mgit.hooks.attest;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Version;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was noted of a version after it was made, by the digest of each note: edges and recipes. */
final class NoteEvidence implements Attestation {
    private static final String TYPE = "https://mgit.dev/notes/v1";
    private static final List<String> NAMESPACES = List.of(EdgeNotes.NAMESPACE, Recipes.NAMESPACE);
    private static final String NONE = "none";

    private final Workspace workspace;

    NoteEvidence(Workspace workspace) {
        this.workspace = workspace;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Optional<JsonObject> predicate(Version version) {
        Map<String, Object> digests = new LinkedHashMap<>();
        for (String namespace : NAMESPACES) {
            digests.put(
                    namespace,
                    workspace
                            .lineage()
                            .note(namespace, version.id())
                            .map(FolderTools::digest)
                            .orElse(NONE));
        }
        return Optional.of(JsonMembers.of("notes", new JsonObject(new LinkedHashMap<>(digests))));
    }

    @Override
    public List<String> disagreements(Version version, JsonObject predicate) {
        JsonObject signed = predicate.object("notes");
        JsonObject now = predicate(version).orElseThrow().object("notes");
        List<String> found = new ArrayList<>();
        for (String namespace : NAMESPACES) {
            if (!signed.optionalString(namespace).equals(now.optionalString(namespace))) {
                found.add("the note of " + namespace + " is not the one that was signed");
            }
        }
        return found;
    }
}
