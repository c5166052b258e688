package dev.mgit.hooks.attest;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonException;
import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.sign.ModelFiles;
import dev.mgit.lineage.sign.SignatureNotes;
import dev.mgit.lineage.sign.Signatures;
import dev.mgit.lineage.sign.SigningKey;
import dev.mgit.lineage.sign.SigstoreBundle;
import dev.mgit.lineage.sign.Statement;
import dev.mgit.lineage.sign.VersionFiles;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes statements about versions, and holds those that were signed against what is recorded. */
public final class Attestations implements Signatures.Claims {
    private final Workspace workspace;
    private final Map<String, Attestation> kinds = new LinkedHashMap<>();
    private final Reproduction reproduction;

    public Attestations(Workspace workspace) {
        this.workspace = workspace;
        this.reproduction = new Reproduction(workspace);
        kinds.put("provenance", new Provenance(workspace));
        kinds.put("tests", new TestEvidence(workspace));
        kinds.put("notes", new NoteEvidence(workspace));
    }

    /** The words for what can be stated beside a version's files. */
    public static List<String> words() {
        return List.of("provenance", "tests", "notes");
    }

    /** What a predicate type is called here; the type itself for one of somebody else's. */
    public String word(String type) {
        if (type.equals(ModelFiles.PREDICATE)) {
            return "files";
        }
        if (type.equals(reproduction.type())) {
            return "reproduction";
        }
        return kinds.entrySet().stream()
                .filter(kind -> kind.getValue().type().equals(type))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(type);
    }

    /** The statement about a version's files. */
    public Statement files(VersionId id) {
        Version version = workspace.lineage().version(id);
        return VersionFiles.of(workspace.lineage(), id).statement(version.model(), Optional.of(id.hex()));
    }

    /**
     * Statements of several kinds, less those there is nothing to state of.
     *
     * @throws MgitException of kind USAGE if there is no such kind
     */
    public List<Statement> about(VersionId id, List<String> words) {
        Version version = workspace.lineage().version(id);
        List<Statement> statements = new ArrayList<>();
        for (String word : words) {
            Attestation kind = kinds.get(word);
            if (kind == null) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "nothing can be attested by the name '" + word + "'",
                        "choose from " + String.join(", ", words()));
            }
            kind.predicate(version)
                    .ifPresent(predicate -> statements.add(new Statement(
                            version.model(),
                            VersionFiles.of(workspace.lineage(), id).subject(Optional.of(id.hex())),
                            kind.type(),
                            predicate)));
        }
        return statements;
    }

    /** Signs statements about a version and notes them there. */
    public List<SigstoreBundle> note(VersionId id, List<Statement> statements, SigningKey key) {
        List<SigstoreBundle> bundles = statements.stream().map(key::sign).toList();
        note(id, bundles, "sign " + id.abbreviated());
        return bundles;
    }

    void note(VersionId id, List<SigstoreBundle> bundles, String what) {
        var unused = workspace.locked(what, () -> {
            var transaction = workspace.lineage().begin(what, workspace.author());
            byte[] now = workspace.lineage().note(SignatureNotes.NAMESPACE, id).orElse(new byte[0]);
            transaction.putNote(SignatureNotes.NAMESPACE, id, SignatureNotes.with(now, bundles));
            transaction.apply();
            return true;
        });
    }

    @Override
    public List<String> disagreements(VersionId id, Statement statement) {
        Version version = workspace.lineage().version(id);
        List<Attestation> all = new ArrayList<>(kinds.values());
        all.add(reproduction);
        try {
            for (Attestation kind : all) {
                if (kind.type().equals(statement.predicateType())) {
                    return kind.disagreements(version, statement.predicate());
                }
            }
            return List.of();
        } catch (JsonException e) {
            return List.of("the statement cannot be understood: " + e.getMessage());
        }
    }
}
