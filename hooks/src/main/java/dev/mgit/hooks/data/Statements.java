package dev.mgit.hooks.data;

import dev.mgit.delta.json.Json;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.lineage.query.DeclaredFacts;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What somebody else's document states of a version, noted on it. It counts where the version's own files say nothing.
 *
 * @param source the document: its name and SHA-256
 * @param by who imported it
 */
public record Statements(Optional<String> licence, List<Data> data, String source, String by, Instant when) {
    /** A data set; the digest is empty where none is given. */
    public record Data(String name, Optional<String> sha256, Optional<String> licence) {}

    /** The namespace of the notes; their licence is read by lineage itself. */
    public static final String NAMESPACE = DeclaredFacts.STATEMENTS;

    private static final int SCHEMA = 1;

    public Statements {
        data = List.copyOf(data);
    }

    public static Optional<Statements> of(Lineage lineage, VersionId version) {
        return lineage.note(NAMESPACE, version, Statements::parse);
    }

    public byte[] toBytes() {
        return Json.pretty(JsonMembers.of(
                "schema",
                SCHEMA,
                "licence",
                licence,
                "data",
                data.stream()
                        .map(one ->
                                JsonMembers.of("name", one.name(), "sha256", one.sha256(), "licence", one.licence()))
                        .toList(),
                "source",
                source,
                "by",
                by,
                "when",
                when.toString()));
    }

    /** @throws dev.mgit.delta.MgitException of kind INTEGRITY if it is no such note */
    public static Statements parse(byte[] note) {
        return JsonMembers.read(
                note,
                "the note of statements",
                json -> new Statements(
                        json.optionalString("licence"),
                        json.objects("data").stream()
                                .map(one -> new Data(
                                        one.string("name"),
                                        one.optionalString("sha256"),
                                        one.optionalString("licence")))
                                .toList(),
                        json.string("source"),
                        json.string("by"),
                        Instant.parse(json.string("when"))));
    }

    /** Of two documents the one imported last. */
    public static byte[] later(byte[] ours, byte[] theirs) {
        return parse(ours).when().isBefore(parse(theirs).when()) ? theirs : ours;
    }
}
