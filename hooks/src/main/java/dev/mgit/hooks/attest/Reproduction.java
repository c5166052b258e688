package dev.mgit.hooks.attest;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.hooks.recipe.Rerun;
import dev.mgit.lineage.sign.SigningKey;
import dev.mgit.lineage.sign.SigstoreBundle;
import dev.mgit.lineage.sign.Statement;
import dev.mgit.lineage.sign.VersionFiles;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** That a version's recipe was carried out again, where, and that the same files came out. */
public final class Reproduction implements Attestation {
    private static final String TYPE = "https://mgit.dev/reproduction/v1";

    private final Workspace workspace;
    private final Recipes recipes;

    public Reproduction(Workspace workspace) {
        this.workspace = workspace;
        this.recipes = new Recipes(workspace);
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** Nothing is stated of what was not carried out. */
    @Override
    public Optional<JsonObject> predicate(Version version) {
        return Optional.empty();
    }

    /**
     * Notes what a rerun proved.
     *
     * @param report of one whose result was identical
     * @param key signs it; empty to note it unsigned
     */
    public void note(VersionId id, Rerun.Report report, Optional<SigningKey> key) {
        Version version = workspace.lineage().version(id);
        var files = VersionFiles.of(workspace.lineage(), id);
        Recipe.Circumstances at = report.recipe().circumstances();
        JsonObject predicate = JsonMembers.of(
                "recipe",
                recipe(id),
                "environment",
                JsonMembers.of(
                        "runtime",
                        at.runtime(),
                        "packages",
                        new JsonObject(new LinkedHashMap<>(at.packages())),
                        "machine",
                        at.machine()),
                "changed",
                report.changes(),
                "started",
                at.started().toString(),
                "seconds",
                at.seconds(),
                "identical",
                report.identical(),
                "files",
                new JsonObject(new LinkedHashMap<>(files.digests())));
        var statement = new Statement(version.model(), files.subject(Optional.of(id.hex())), TYPE, predicate);
        SigstoreBundle bundle =
                key.map(signer -> signer.sign(statement)).orElseGet(() -> SigstoreBundle.unsigned(statement));
        new Attestations(workspace).note(id, List.of(bundle), "attest rerun of " + id.abbreviated());
    }

    private String recipe(VersionId id) {
        return recipes.of(id).map(Recipe::toBytes).map(FolderTools::digest).orElse("none");
    }

    @Override
    public List<String> disagreements(Version version, JsonObject predicate) {
        return predicate.string("recipe").equals(recipe(version.id()))
                ? List.of()
                : List.of("the recipe is another than the one that was carried out again");
    }
}
