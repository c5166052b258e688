package dev.mgit.hooks.attest;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.sign.Statement;
import dev.mgit.lineage.sign.VersionFiles;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a version was made (SLSA provenance, version 1). Its resolved dependencies are the parents, by version and by
 * their files, then data and code; so whoever signs a child binds its parents.
 */
final class Provenance implements Attestation {
    private static final String TYPE = "https://slsa.dev/provenance/v1";
    private static final String BY_RECIPE = "https://mgit.dev/recipe/v1";
    private static final String BY_HAND = "https://mgit.dev/commit/v1";
    private static final String BUILDER = "https://mgit.dev/builder/v1";
    private static final String PARENT = "mgit:";

    private final Workspace workspace;
    private final Recipes recipes;

    Provenance(Workspace workspace) {
        this.workspace = workspace;
        this.recipes = new Recipes(workspace);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Optional<JsonObject> predicate(Version version) {
        Optional<Recipe> recipe = recipes.of(version.id());
        List<JsonObject> dependencies = new ArrayList<>();
        parents(version).forEach((id, kind) -> dependencies.add(parent(id, kind)));
        recipe.ifPresent(found -> dependencies.addAll(materials(found)));
        JsonObject definition = JsonMembers.of(
                "buildType",
                recipe.isPresent() ? BY_RECIPE : BY_HAND,
                "externalParameters",
                recipe.map(Provenance::asked).orElseGet(() -> JsonMembers.of("model", version.model())),
                "internalParameters",
                recipe.map(Provenance::found),
                "resolvedDependencies",
                dependencies);
        JsonObject run = JsonMembers.of(
                "builder",
                JsonMembers.of("id", BUILDER),
                "metadata",
                JsonMembers.of(
                        "invocationId",
                        version.id().hex(),
                        "startedOn",
                        recipe.map(found -> found.circumstances().started().toString()),
                        "finishedOn",
                        recipe.map(Provenance::finished)
                                .orElseGet(() -> version.when().toString())));
        return Optional.of(JsonMembers.of("buildDefinition", definition, "runDetails", run));
    }

    private static String finished(Recipe recipe) {
        Duration took = Duration.ofMillis(Math.round(recipe.circumstances().seconds() * 1000));
        return recipe.circumstances().started().plus(took).toString();
    }

    /** What was asked for. Values of variables may be secrets, so only their names are told. */
    private static JsonObject asked(Recipe recipe) {
        return JsonMembers.of(
                "command",
                recipe.command(),
                "shell",
                recipe.shell(),
                "directory",
                recipe.directory(),
                "variables",
                List.copyOf(new TreeSet<>(recipe.environment().keySet())),
                "seed",
                recipe.seed());
    }

    private static JsonObject found(Recipe recipe) {
        Recipe.Circumstances at = recipe.circumstances();
        return JsonMembers.of(
                "runtime",
                at.runtime(),
                "packages",
                new JsonObject(new LinkedHashMap<>(at.packages())),
                "machine",
                at.machine());
    }

    /** Edges as they stand, each parent once, with what the edge is. */
    private static Map<VersionId, String> parents(Version version) {
        Map<VersionId, String> parents = new LinkedHashMap<>();
        version.previous().ifPresent(id -> parents.put(id, "version"));
        version.origins().forEach(edge -> parents.put(edge.parent(), edge.kind().word()));
        return parents;
    }

    private JsonObject parent(VersionId id, String kind) {
        Map<String, Object> digest = new LinkedHashMap<>();
        digest.put(Statement.COMMIT, id.hex());
        boolean here = workspace.lineage().tryResolve(id.hex()).isPresent();
        if (here) {
            digest.put(Statement.FILES, VersionFiles.of(workspace.lineage(), id).digest());
        }
        return JsonMembers.of(
                "name",
                here ? workspace.lineage().version(id).model() : "",
                "uri",
                PARENT + id.hex(),
                "digest",
                new JsonObject(new LinkedHashMap<>(digest)),
                "annotations",
                JsonMembers.of("edge", kind));
    }

    private static List<JsonObject> materials(Recipe recipe) {
        List<JsonObject> materials = new ArrayList<>();
        for (Recipe.Input input : recipe.inputs()) {
            materials.add(material(input.name(), input.path(), "sha256", input.sha256()));
        }
        recipe.circumstances()
                .code()
                .ifPresent(code -> materials.add(material("code", "", Statement.COMMIT, code.revision())));
        recipe.circumstances()
                .sources()
                .forEach((path, digest) -> materials.add(material(path, path, "sha256", digest)));
        return materials;
    }

    private static JsonObject material(String name, String uri, String algorithm, String digest) {
        return JsonMembers.of(
                "name",
                name,
                "uri",
                uri.isEmpty() ? Optional.empty() : Optional.of(uri),
                "digest",
                JsonMembers.of(algorithm, digest));
    }

    @Override
    public List<String> disagreements(Version version, JsonObject predicate) {
        JsonObject definition = predicate.object("buildDefinition");
        List<String> found = new ArrayList<>();
        Map<VersionId, String> recorded = parents(version);
        Set<String> signed = new LinkedHashSet<>();
        for (JsonObject dependency : definition.objects("resolvedDependencies")) {
            Optional<String> uri = dependency.optionalString("uri").filter(text -> text.startsWith(PARENT));
            if (uri.isPresent()) {
                String id = uri.get().substring(PARENT.length());
                signed.add(id);
                found.addAll(disagreements(recorded, id, dependency));
            }
        }
        recorded.keySet().stream()
                .filter(id -> !signed.contains(id.hex()))
                .forEach(id -> found.add("the edge to " + id.abbreviated() + " was not there when it was signed"));
        Optional<JsonObject> now = predicate(version).map(stated -> stated.object("buildDefinition"));
        if (!now.map(stated -> asked(stated)).equals(Optional.of(asked(definition)))) {
            found.add("the recipe is another than the one that was signed");
        }
        return found;
    }

    private static Object asked(JsonObject definition) {
        return List.of(
                definition.string("buildType"), dev.mgit.delta.json.Json.text(definition.object("externalParameters")));
    }

    private List<String> disagreements(Map<VersionId, String> recorded, String id, JsonObject dependency) {
        Optional<VersionId> edge = recorded.keySet().stream()
                .filter(parent -> parent.hex().equals(id))
                .findFirst();
        if (edge.isEmpty()) {
            return List.of("the edge to " + id + ", which was signed, is not there");
        }
        String kind = dependency
                .optionalObject("annotations")
                .flatMap(note -> note.optionalString("edge"))
                .orElse("");
        if (!kind.equals(Objects.requireNonNull(recorded.get(edge.get())))) {
            return List.of("the edge to " + edge.get().abbreviated() + " was signed as " + kind + " and is "
                    + recorded.get(edge.get()));
        }
        Optional<String> files = dependency.object("digest").optionalString(Statement.FILES);
        boolean here = workspace.lineage().tryResolve(id).isPresent();
        if (here
                && files.isPresent()
                && !files.get()
                        .equals(VersionFiles.of(workspace.lineage(), edge.get()).digest())) {
            return List.of("the files of its parent " + edge.get().abbreviated() + " are not those that were signed");
        }
        return List.of();
    }
}
