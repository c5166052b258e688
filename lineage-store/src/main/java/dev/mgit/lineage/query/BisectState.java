package dev.mgit.lineage.query;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A search for the first bad version as far as it has come: what was said of which version, in order. Kept as JSON:
 * {@code {"schema":1,"marks":[{"verdict":"bad","version":"<40 hex>"}],"sum":"<16 hex>"}}.
 */
public record BisectState(List<Mark> marks) {
    private static final long SCHEMA = 1;

    /** What was said of a version. */
    public enum Verdict {
        GOOD,
        BAD,
        /** It cannot be told. */
        SKIP;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** A version and what was said of it. */
    public record Mark(Verdict verdict, VersionId version) {}

    public BisectState {
        marks = List.copyOf(marks);
    }

    public static BisectState start() {
        return new BisectState(List.of());
    }

    /** This state and one more mark; a version marked again is what it was marked last. */
    public BisectState with(Verdict verdict, VersionId version) {
        List<Mark> longer = new ArrayList<>(marks);
        longer.add(new Mark(verdict, version));
        return new BisectState(longer);
    }

    /** Versions whose last mark is this one, in the order they were marked. */
    public List<VersionId> marked(Verdict verdict) {
        List<VersionId> found = new ArrayList<>();
        for (Mark mark : marks) {
            found.remove(mark.version());
            if (mark.verdict() == verdict) {
                found.add(mark.version());
            }
        }
        return found;
    }

    public byte[] toJson() {
        List<Map<String, String>> list = marks.stream()
                .map(mark -> Map.of(
                        "verdict",
                        mark.verdict().word(),
                        "version",
                        mark.version().hex()))
                .toList();
        return CheckedJson.bytes(Map.of("schema", SCHEMA, "marks", list));
    }

    /** @throws MgitException of kind FAILED if the bytes are not such a state */
    public static BisectState parse(byte[] json) {
        try {
            JsonObject state = CheckedJson.parse(json);
            if (state.number("schema") != SCHEMA) {
                throw new JsonException("written by another version of mgit");
            }
            List<Mark> marks = new ArrayList<>();
            for (JsonObject mark : state.objects("marks")) {
                Verdict verdict = Verdict.valueOf(mark.string("verdict").toUpperCase(Locale.ROOT));
                marks.add(new Mark(verdict, new VersionId(mark.string("version"))));
            }
            return new BisectState(marks);
        } catch (JsonException | IllegalArgumentException e) {
            String message = "the bisect state cannot be read: " + e.getMessage();
            throw new MgitException(MgitException.Kind.FAILED, message, "start over with: mgit bisect reset", e);
        }
    }
}
