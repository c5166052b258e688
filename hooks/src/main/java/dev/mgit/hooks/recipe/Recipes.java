package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.hooks.Trust;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.sharing.Promise;
import dev.mgit.lineage.verify.LaterRecipe;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Finds the recipes of versions: recorded with the version, or set later in a note, which wins. */
public final class Recipes {
    /** The namespace of the notes. */
    public static final String NAMESPACE = LaterRecipe.NAMESPACE;

    /** How many versions committed by hand are looked behind for a recipe. */
    private static final int MAX_BACK = 64;

    private final Workspace workspace;
    private final Trust trust;
    /** Found before, for whoever takes in one version of a model after the other. */
    private final Map<VersionId, List<Promise>> promises = new ConcurrentHashMap<>();

    public Recipes(Workspace workspace) {
        this.workspace = workspace;
        this.trust = new Trust(workspace.trusted());
    }

    public Optional<Recipe> of(VersionId version) {
        String what = "the recipe of " + version.abbreviated();
        Lineage lineage = workspace.lineage();
        synchronized (workspace) {
            // One that was set later and cannot be read is not replaced by the one it replaced.
            return lineage.hasNote(NAMESPACE, version)
                    ? lineage.note(NAMESPACE, version, json -> Recipe.fromBytes(json, what))
                    : lineage.extra(version, Recipe.FILE).map(json -> Recipe.fromBytes(json, what));
        }
    }

    /** Whether the recipe was given to the version after it was made, and by whom. */
    public Optional<LaterRecipe> later(VersionId version) {
        synchronized (workspace) {
            return LaterRecipe.of(workspace.lineage(), version);
        }
    }

    /** What was recorded with the version when it was made, whatever was set later. */
    public Optional<Recipe> recorded(VersionId version) {
        synchronized (workspace) {
            return workspace
                    .lineage()
                    .extra(version, Recipe.FILE)
                    .map(json -> Recipe.fromBytes(json, "the recipe of " + version.abbreviated()));
        }
    }

    /**
     * What is promised of a version: by its own recipe or, where it has none since it was committed by hand, by that of
     * the nearest version of the model before it that has one.
     */
    public List<Promise> sharing(Version version) {
        Version at = version;
        List<VersionId> passed = new ArrayList<>();
        List<Promise> found = List.of();
        for (int step = 0; step < MAX_BACK; step++) {
            List<Promise> before = promises.get(at.id());
            passed.add(at.id());
            Optional<Recipe> recipe = before == null ? of(at.id()) : Optional.empty();
            if (before != null || recipe.isPresent() || at.previous().isEmpty()) {
                found = before != null ? before : recipe.map(Recipe::sharing).orElse(List.of());
                break;
            }
            at = workspace.lineage().version(at.previous().get());
        }
        for (VersionId id : passed) {
            promises.put(id, found);
        }
        return found;
    }

    /** Versions whose recipe or edges were changed after they were made, so that one need not agree with the other. */
    public Set<VersionId> changed() {
        synchronized (workspace) {
            Set<VersionId> changed =
                    new HashSet<>(workspace.lineage().notes(NAMESPACE).keySet());
            changed.addAll(workspace.lineage().notes(EdgeNotes.NAMESPACE).keySet());
            return changed;
        }
    }

    /** @throws MgitException of kind USAGE if the version has no recipe */
    public Recipe get(VersionId version) {
        return of(version)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "version " + version.abbreviated() + " has no recipe",
                        "make versions with 'mgit run', or record a recipe with 'mgit recipe set'"));
    }

    /** Gives a version a recipe, in place of the one it has, and trusts it here. */
    public void set(VersionId version, Recipe recipe) {
        var unused = workspace.locked("recipe set", () -> {
            var transaction = workspace.lineage().begin("recipe set " + version.abbreviated(), workspace.author());
            byte[] note = Json.pretty(LaterRecipe.note(recipe.toJson(), workspace.author(), Instant.now()));
            transaction.putNote(NAMESPACE, version, note);
            transaction.apply();
            promises.clear();
            accept(workspace.lineage().version(version).model(), recipe);
            return true;
        });
    }

    /** True if the recipe was recorded here or has been accepted here. */
    public boolean trusted(String model, Recipe recipe) {
        return trust.accepts(recipe.trustItem(model));
    }

    /** True if any recipe was. */
    public boolean trustsAny() {
        return trust.acceptsAny(Recipe.TRUST_NAME);
    }

    /** @throws MgitException if the recipe came from elsewhere and nobody has accepted it here */
    public void requireTrusted(String model, Recipe recipe) {
        if (!trusted(model, recipe)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the recipe of '" + model + "' came from elsewhere and has not been approved here",
                    "review and approve it with 'mgit hooks trust'");
        }
    }

    /** Trusts a recipe here from now on, if the user has a place to keep that: what it made counts without. */
    public void accept(String model, Recipe recipe) {
        try {
            trust.accept(recipe.trustItem(model));
        } catch (MgitException e) {
            // It will have to be accepted before it runs again.
        }
    }
}
