package dev.mgit.hooks.audit.document;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.audit.AuditAnswer;
import dev.mgit.hooks.audit.DataFact;
import dev.mgit.hooks.audit.ModelFiles;
import dev.mgit.hooks.audit.Provenance;
import dev.mgit.hooks.recipe.Recipe;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * An in-toto Statement v1 with SLSA provenance v1 of the version asked about: its files are the subject, parents and data
 * the resolved dependencies. Of several versions one statement a line, as in-toto bundles are. A version whose making is
 * not recorded has the build type {@value #COMMITTED}.
 */
public final class SlsaDocument implements AuditDocument {
    private static final String STATEMENT = "https://in-toto.io/Statement/v1";
    private static final String PREDICATE = "https://slsa.dev/provenance/v1";
    private static final String RAN = "urn:mgit:recipe:v1";
    private static final String COMMITTED = "urn:mgit:commit:v1";

    private final ModelFiles files;
    private final String release;

    public SlsaDocument(ModelFiles files, String release) {
        this.files = files;
        this.release = release;
    }

    @Override
    public void write(AuditAnswer answer, OutputStream out) throws IOException {
        for (Provenance version : answer.asked()) {
            byte[] statement =
                    answer.subjects().size() == 1 ? Json.pretty(statement(version)) : Json.bytes(statement(version));
            out.write(statement);
            out.write("\n".getBytes(StandardCharsets.UTF_8));
        }
        out.flush();
    }

    /** The statement on one version, to be signed or written. */
    public JsonObject statement(Provenance version) {
        Optional<Recipe> recipe = version.recipe().map(Provenance.MadeBy::made);
        return JsonMembers.of(
                "_type",
                STATEMENT,
                "subject",
                files.of(version.id()).stream()
                        .filter(file -> file.sha256().isPresent())
                        .map(file ->
                                JsonMembers.of("name", file.path(), "digest", JsonMembers.of("sha256", file.sha256())))
                        .toList(),
                "predicateType",
                PREDICATE,
                "predicate",
                JsonMembers.of("buildDefinition", definition(version, recipe), "runDetails", details(version, recipe)));
    }

    private JsonObject definition(Provenance version, Optional<Recipe> recipe) {
        return JsonMembers.of(
                "buildType", recipe.isPresent() ? RAN : COMMITTED,
                "externalParameters", external(version, recipe),
                "internalParameters", recipe.map(SlsaDocument::internal),
                "resolvedDependencies", dependencies(version, recipe));
    }

    /** Required even where it says little. Of variables the names only: their values may be secrets. */
    private static Map<String, Object> external(Provenance version, Optional<Recipe> recipe) {
        Map<String, Object> parameters = new TreeMap<>();
        parameters.put("model", version.entry().model());
        recipe.ifPresent(made -> {
            parameters.put("command", made.command());
            parameters.put("shell", made.shell());
            parameters.put("directory", made.directory());
            parameters.put(
                    "variables",
                    new TreeMap<>(made.environment()).keySet().stream().toList());
            made.seed().ifPresent(seed -> parameters.put("seed", seed));
        });
        return parameters;
    }

    private static JsonObject internal(Recipe made) {
        Recipe.Circumstances at = made.circumstances();
        return JsonMembers.of(
                "runtime", at.runtime(),
                "packages", new TreeMap<>(at.packages()),
                "machine", at.machine());
    }

    private List<JsonObject> dependencies(Provenance version, Optional<Recipe> recipe) {
        Stream<JsonObject> parents = version.entry().parents().stream()
                .map(parent -> JsonMembers.of(
                        "uri", "urn:mgit:version:" + parent.version().hex(),
                        "digest",
                                JsonMembers.of(
                                        "gitCommit", parent.version().hex(),
                                        "sha256", ModelFiles.digest(files.of(parent.version()))),
                        "name", parent.model(),
                        "annotations",
                                JsonMembers.of("kind", Words.kind(parent), "source", Words.word(parent.source()))));
        Stream<JsonObject> data = version.data().stream().map(SlsaDocument::data);
        Stream<JsonObject> code = recipe.stream().flatMap(SlsaDocument::code);
        return Stream.of(parents, data, code).flatMap(one -> one).toList();
    }

    private static JsonObject data(DataFact data) {
        return JsonMembers.of(
                "uri", "urn:mgit:data:" + DataSets.key(data),
                "digest", data.sha256().map(digest -> JsonMembers.of("sha256", digest)),
                "name", data.name(),
                "annotations", data.licence().map(licence -> JsonMembers.of("licence", licence)));
    }

    private static Stream<JsonObject> code(Recipe made) {
        Stream<JsonObject> revision = made.circumstances().code().stream()
                .map(code -> JsonMembers.of(
                        "uri",
                        "urn:git:" + code.revision(),
                        "digest",
                        JsonMembers.of("gitCommit", code.revision()),
                        "name",
                        "code"));
        Stream<JsonObject> scripts = made.circumstances().sources().entrySet().stream()
                .map(source -> JsonMembers.of(
                        "name", source.getKey(),
                        "uri", "urn:mgit:source:" + source.getValue(),
                        "digest", JsonMembers.of("sha256", source.getValue())));
        return Stream.concat(revision, scripts);
    }

    private JsonObject details(Provenance version, Optional<Recipe> recipe) {
        return JsonMembers.of(
                "builder",
                JsonMembers.of("id", "urn:mgit:builder:local", "version", JsonMembers.of("mgit", release)),
                "metadata",
                JsonMembers.of(
                        "invocationId", version.id().hex(),
                        "startedOn",
                                recipe.map(
                                        made -> Words.time(made.circumstances().started())),
                        "finishedOn", Words.time(version.entry().when())));
    }
}
