package dev.mgit.hooks.attest;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.sign.SigningKey;
import dev.mgit.lineage.sign.SigstoreBundle;
import dev.mgit.lineage.sign.Statement;
import dev.mgit.lineage.sign.Trust;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Signed statements of where everything was at some time: models, tags, notes, the registry, and the head of the
 * operation log. Since each names its whole history by hash, nothing before can be changed unnoticed. They are registry
 * files, so they travel.
 */
public final class Checkpoints {
    /** The checkpoint that {@code mgit sign --log} replaces each time. */
    public static final String LOG = "operation-log";

    private static final String TYPE = "https://mgit.dev/checkpoint/v1";
    private static final String FOLDER = "checkpoints/";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private final Workspace workspace;
    private final GitExchange git;

    public Checkpoints(Workspace workspace, GitExchange git) {
        this.workspace = workspace;
        this.git = git;
    }

    /**
     * What came of checking one.
     *
     * @param faults what changed since that should not have, a sentence each
     * @param logHere whether the operation log here is the one that was signed; every clone has one of its own
     */
    public record Report(String signer, Instant when, int references, boolean logHere, List<String> faults) {}

    /** @throws MgitException of kind CONFLICT if there is one of that name */
    public void sign(String name, SigningKey key) {
        String file = file(name);
        var unused = workspace.locked("checkpoint", () -> {
            if (!name.equals(LOG) && workspace.lineage().registryFile(file).isPresent()) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "there is already a checkpoint '" + name + "'",
                        "use another name");
            }
            JsonObject predicate = JsonMembers.of(
                    "when",
                    Instant.now().toString(),
                    "references",
                    new JsonObject(new LinkedHashMap<>(git.anchored())),
                    "log",
                    git.operationHead());
            Map<String, String> digest = Map.of("sha256", FolderTools.digest(Json.bytes(predicate)));
            byte[] bundle =
                    key.sign(new Statement(name, digest, TYPE, predicate)).bytes();
            var transaction = workspace.lineage().begin("checkpoint " + name, workspace.author());
            transaction.putRegistryFile(file, bundle);
            transaction.apply();
            return true;
        });
    }

    private static String file(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + name + "' is not a valid name for a checkpoint",
                    "use letters, digits, . _ and -");
        }
        return FOLDER + name + ".json";
    }

    /**
     * Holds everything against a checkpoint.
     *
     * @throws MgitException of kind USAGE if there is none of that name, INTEGRITY if its signature does not hold
     */
    public Report check(String name, Trust trust) {
        byte[] json = workspace.lineage().registryFile(file(name)).orElseThrow(() -> none(name));
        SigstoreBundle bundle = SigstoreBundle.parse(json, "checkpoint '" + name + "'");
        String signer = trust.require(bundle);
        Statement statement = bundle.statement();
        if (!statement.predicateType().equals(TYPE) || !statement.name().equals(name)) {
            throw MgitException.integrity(
                    "what is kept as checkpoint '" + name + "' is a statement about '" + statement.name() + "'");
        }
        try {
            return report(statement.predicate(), signer);
        } catch (JsonException | IllegalArgumentException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "checkpoint '" + name + "' cannot be understood: " + e.getMessage(),
                    null,
                    e);
        }
    }

    private Report report(JsonObject predicate, String signer) {
        JsonObject references = predicate.object("references");
        Map<String, String> then = new LinkedHashMap<>();
        for (String ref : references.members().keySet()) {
            if (!Hashes.isHex(references.string(ref), 40)) {
                throw new JsonException("'" + ref + "' has no id");
            }
            then.put(ref, references.string(ref));
        }
        List<String> faults = new ArrayList<>(git.changesSince(then));
        Optional<String> head = predicate.optionalString("log");
        boolean here = head.isEmpty() || git.hasOperation(head.get());
        return new Report(signer, Instant.parse(predicate.string("when")), then.size(), here, faults);
    }

    private MgitException none(String name) {
        List<String> names = workspace.lineage().registryFiles("checkpoints").stream()
                .map(path -> path.substring(path.lastIndexOf('/') + 1).replace(".json", ""))
                .toList();
        return new MgitException(
                MgitException.Kind.USAGE,
                "there is no checkpoint '" + name + "'",
                names.isEmpty() ? "mgit sign --checkpoint NAME" : "there are " + String.join(", ", names));
    }
}
