package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Trust;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.sharing.Promise;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The recorded way a version was made, as it stands in the version's {@code recipe.json}.
 *
 * @param command program and arguments, with placeholders for what is elsewhere each time: {@code {parent1}},
 *     {@code {output}}, {@code {input:NAME}}, {@code {seed}}
 * @param directory where it ran, relative to the repository's folder; {@code .} for that folder
 * @param environment variables by name: values as recorded, or {@link #VARIABLE} or {@link #SECRET} for those it has where
 *     it runs
 * @param parents what it was made from, in the order of the placeholders
 * @param group the models made together by this one run, where they are several; they share parameters
 * @param weightsOnly whether the training state of what it makes is left out
 * @param sharing what its model's tensors have in common with others
 */
public record Recipe(
        List<String> command,
        boolean shell,
        String directory,
        Map<String, String> environment,
        List<Input> inputs,
        List<Parent> parents,
        Optional<Long> seed,
        Limits limits,
        List<String> group,
        boolean weightsOnly,
        List<Promise> sharing,
        Circumstances circumstances) {
    /** The name of the record in a version's tree. */
    public static final String FILE = "recipe.json";

    /** How the name of a recipe begins where it is accepted; its model's follows. */
    static final String TRUST_NAME = "recipe of ";

    /** In place of a variable's value: the one it has where the recipe runs. */
    public static final String VARIABLE = "{env}";

    /** The same, of a variable whose value nobody is to see. */
    public static final String SECRET = "{secret}";

    /** Version 3: with {@link #VARIABLE}, which an mgit that does not know it would set as it stands. */
    private static final int SCHEMA_VARIABLES = 3;

    /** Version 2: with {@code sharing}, which an mgit that does not check it must not carry out. */
    private static final int SCHEMA = 2;

    /** A file or folder of data, by a path relative to the repository's folder, and its SHA-256. */
    public record Input(String name, String path, String sha256) {}

    /** A version this one was made from. */
    public record Parent(String model, VersionId version, EdgeKind kind) {}

    /** The state of the code that ran: the Git revision of its folder, and the digest of what was changed since. */
    public record Code(String revision, Optional<String> changes) {
        public boolean dirty() {
            return changes.isPresent();
        }
    }

    /**
     * Where and when it ran.
     *
     * @param runtime program and version that executed the code, e.g. {@code python 3.11.7}
     * @param packages versions by name
     * @param sources digests of the code that ran, by path: {@link dev.mgit.hooks.CodeFiles}
     * @param machine system, architecture and processors
     * @param node the name of the machine, if it was one that shares no files with the one that asked
     * @param seconds how long the command took
     * @param because why an update ran it again; empty for what a user ran
     */
    public record Circumstances(
            Optional<Code> code,
            Map<String, String> sources,
            Optional<String> runtime,
            Map<String, String> packages,
            String machine,
            Optional<String> node,
            Instant started,
            double seconds,
            List<StaleReason> because) {
        public Circumstances {
            because = List.copyOf(because);
        }

        /** Those of a recipe that was written down and not run. */
        static Circumstances none(Map<String, String> sources, Instant at) {
            return new Circumstances(
                    Optional.empty(),
                    sources,
                    Optional.empty(),
                    Map.of(),
                    EnvironmentCapture.machine(),
                    Optional.empty(),
                    at,
                    0,
                    List.of());
        }

        Circumstances took(double newSeconds) {
            return new Circumstances(code, sources, runtime, packages, machine, node, started, newSeconds, because);
        }

        Circumstances because(List<StaleReason> reasons) {
            return new Circumstances(code, sources, runtime, packages, machine, node, started, seconds, reasons);
        }

        /** The same, carried out by a node's programs; code, time and reasons are known here. */
        Circumstances on(
                Optional<String> newNode,
                Optional<String> newRuntime,
                Map<String, String> newPackages,
                String newMachine) {
            return new Circumstances(
                    code, sources, newRuntime, newPackages, newMachine, newNode, started, seconds, because);
        }
    }

    public Recipe {
        command = List.copyOf(command);
        inputs = List.copyOf(inputs);
        parents = List.copyOf(parents);
        group = List.copyOf(group);
        sharing = List.copyOf(sharing);
    }

    /** The same with another declaration. */
    public Recipe sharing(List<Promise> newSharing) {
        return new Recipe(
                command,
                shell,
                directory,
                environment,
                inputs,
                parents,
                seed,
                limits,
                group,
                weightsOnly,
                newSharing,
                circumstances);
    }

    public Recipe with(List<Input> newInputs, List<Parent> newParents, Circumstances newCircumstances) {
        return new Recipe(
                command,
                shell,
                directory,
                environment,
                newInputs,
                newParents,
                seed,
                limits,
                group,
                weightsOnly,
                sharing,
                newCircumstances);
    }

    /** The same, to be carried out by programs that nobody here has asked yet. */
    public Recipe elsewhere() {
        return with(inputs, parents, circumstances.on(Optional.empty(), Optional.empty(), Map.of(), ""));
    }

    /** The same under other limits. */
    Recipe limited(Limits newLimits) {
        return new Recipe(
                command,
                shell,
                directory,
                environment,
                inputs,
                parents,
                seed,
                newLimits,
                group,
                weightsOnly,
                sharing,
                circumstances);
    }

    /** The same, made from these parents in so much time. */
    public Recipe made(List<Parent> newParents, double seconds) {
        return with(inputs, newParents, circumstances.took(seconds));
    }

    public Recipe because(List<StaleReason> reasons) {
        return with(inputs, parents, circumstances.because(reasons));
    }

    /** What a user decides of it, by name; data, code and parents are named, and may change under it. */
    public Map<String, Object> terms() {
        Map<String, Object> terms = new LinkedHashMap<>();
        terms.put("command", command);
        terms.put("shell", shell);
        terms.put("folder", directory);
        terms.put("variables", new TreeMap<>(environment));
        terms.put(
                "inputs", inputs.stream().map(in -> in.name() + "=" + in.path()).toList());
        terms.put("seed", seed.map(String::valueOf).orElse(""));
        terms.put("group", group);
        terms.put("weights only", weightsOnly);
        return terms;
    }

    /** What would run, as one accepts it: another command, place, environment or shell is another item. */
    public Trust.Item trustItem(String model) {
        JsonObject what =
                JsonMembers.of("command", command, "shell", shell, "directory", directory, "environment", environment);
        return Trust.Item.of(TRUST_NAME + model, Json.pretty(what));
    }

    public byte[] toBytes() {
        return Json.pretty(toJson());
    }

    /** Whether a variable's value is not recorded. */
    static boolean isPlaceholder(String value) {
        return value.equals(VARIABLE) || value.equals(SECRET);
    }

    private int schema() {
        boolean named = environment.values().stream().anyMatch(Recipe::isPlaceholder);
        return named ? SCHEMA_VARIABLES : sharing.isEmpty() ? 1 : SCHEMA;
    }

    public JsonObject toJson() {
        Circumstances at = circumstances;
        return JsonMembers.of(
                "schema",
                schema(),
                "command",
                command,
                "shell",
                shell,
                "directory",
                directory,
                "environment",
                environment,
                "inputs",
                inputs.stream()
                        .map(in -> JsonMembers.of("name", in.name(), "path", in.path(), "sha256", in.sha256()))
                        .toList(),
                "parents",
                parents.stream()
                        .map(parent -> JsonMembers.of(
                                "model",
                                parent.model(),
                                "version",
                                parent.version().hex(),
                                "kind",
                                parent.kind().word()))
                        .toList(),
                "seed",
                seed,
                "limits",
                limits.toJson(),
                "group",
                group,
                "weightsOnly",
                weightsOnly ? Optional.of(true) : Optional.empty(),
                "sharing",
                sharing.stream().map(Promise::toJson).toList(),
                "code",
                at.code()
                        .map(code -> JsonMembers.of(
                                "revision", code.revision(), "dirty", code.dirty(), "changesSha256", code.changes())),
                "sources",
                at.sources(),
                "runtime",
                at.runtime(),
                "packages",
                at.packages(),
                "machine",
                at.machine(),
                "node",
                at.node(),
                "started",
                at.started().toString(),
                "seconds",
                at.seconds(),
                "because",
                StaleReason.toJson(at.because()));
    }

    /** @throws MgitException of kind INTEGRITY if the record is damaged */
    public static Recipe fromBytes(byte[] bytes, String what) {
        return JsonMembers.read(bytes, what, Recipe::fromJson);
    }

    public static Recipe fromJson(JsonObject json) {
        if (json.number("schema") > SCHEMA_VARIABLES) {
            throw new MgitException(
                    MgitException.Kind.FAILED, "the recipe was recorded by a newer mgit", "update mgit to run it");
        }
        return new Recipe(
                json.strings("command"),
                json.flag("shell"),
                json.string("directory"),
                JsonMembers.texts(json, "environment"),
                json.objects("inputs").stream()
                        .map(in -> new Input(in.string("name"), in.string("path"), in.string("sha256")))
                        .toList(),
                json.objects("parents").stream()
                        .map(parent -> new Parent(
                                parent.string("model"),
                                new VersionId(parent.string("version")),
                                EdgeKind.parse(parent.string("kind"))))
                        .toList(),
                json.optionalNumber("seed"),
                json.optionalObject("limits").map(Limits::fromJson).orElse(Limits.NONE),
                json.strings("group"),
                json.flag("weightsOnly"),
                json.objects("sharing").stream().map(Promise::fromJson).toList(),
                new Circumstances(
                        json.optionalObject("code")
                                .map(code -> new Code(code.string("revision"), code.optionalString("changesSha256"))),
                        new LinkedHashMap<>(JsonMembers.texts(json, "sources")),
                        json.optionalString("runtime"),
                        new LinkedHashMap<>(JsonMembers.texts(json, "packages")),
                        json.string("machine"),
                        json.optionalString("node"),
                        Instant.parse(json.string("started")),
                        json.optionalReal("seconds").orElse(0.0),
                        StaleReason.fromJson(json, "because")));
    }
}
