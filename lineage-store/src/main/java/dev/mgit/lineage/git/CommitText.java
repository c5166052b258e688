package dev.mgit.lineage.git;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version's commit message: the user's text, then Git trailers that carry model name and typed edges, so that plain
 * {@code git log} tells the same story as mgit.
 *
 * <pre>
 * Fine-tune on SQuAD
 *
 * Reviewed-by: Ada
 * Mgit-Model: squad
 * Mgit-Previous: 40 hexadecimal digits
 * Derived-From: bert-base@40 hexadecimal digits (finetune)
 * Mgit-Recipe: SHA-256 of mgit/recipe.json
 * </pre>
 *
 * @param recipe empty for a version without a recipe, and for those made before messages named it
 */
record CommitText(
        String message,
        String model,
        Optional<VersionId> previous,
        List<ProvenanceEdge> origins,
        Optional<String> recipe,
        Map<String, String> trailers) {
    static final String MODEL = "Mgit-Model";
    private static final String PREVIOUS = "Mgit-Previous";
    private static final String DERIVED_FROM = "Derived-From";
    private static final String RECIPE = "Mgit-Recipe";
    private static final Pattern TRAILER = Pattern.compile("([A-Za-z][A-Za-z0-9-]*): (.*)");
    private static final Pattern EDGE = Pattern.compile("(.+)@([0-9a-f]{40}) \\(([a-z-]+)(, inferred)?\\)");

    static CommitText of(NewVersion version) {
        return new CommitText(
                version.message(),
                version.model(),
                version.previous(),
                version.origins(),
                Optional.ofNullable(version.extra().get(StoredVersion.RECIPE)).map(CommitText::digest),
                version.trailers());
    }

    private static String digest(byte[] recipe) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(recipe));
    }

    /**
     * Refuses trailers that would not read back as they were given.
     *
     * @throws MgitException of kind USAGE
     */
    private static void check(String key, String value) {
        if (!TRAILER.matcher(key + ": " + value).matches() || value.indexOf('\n') >= 0) {
            throw MgitException.usage("not a trailer: '" + key + "=" + value
                    + "' (keys are letters, digits and hyphens; values one line)");
        }
        if (key.startsWith("Mgit-") || key.equals(DERIVED_FROM)) {
            throw MgitException.usage("trailer '" + key + "' is reserved for mgit");
        }
    }

    String format() {
        var text = new StringBuilder(message.strip()).append("\n\n");
        trailers.forEach((key, value) -> {
            check(key, value);
            text.append(key).append(": ").append(value).append('\n');
        });
        text.append(MODEL).append(": ").append(model).append('\n');
        previous.ifPresent(id -> text.append(PREVIOUS).append(": ").append(id).append('\n'));
        for (ProvenanceEdge edge : origins) {
            text.append(DERIVED_FROM)
                    .append(": ")
                    .append(edge.model())
                    .append('@')
                    .append(edge.parent());
            text.append(" (").append(edge.kind().word());
            text.append(edge.source() == ProvenanceEdge.Source.INFERRED ? ", inferred)" : ")")
                    .append('\n');
        }
        recipe.ifPresent(
                digest -> text.append(RECIPE).append(": ").append(digest).append('\n'));
        return text.toString();
    }

    /** Reads a message back. A commit mgit did not make has an empty model name. */
    static CommitText parse(String full) {
        String stripped = full.stripTrailing();
        int cut = stripped.lastIndexOf("\n\n");
        String last = stripped.substring(cut < 0 ? 0 : cut + 2);
        if (!last.contains(MODEL + ": ")) {
            return new CommitText(stripped, "", Optional.empty(), List.of(), Optional.empty(), Map.of());
        }
        var trailers = new LinkedHashMap<String, String>();
        var origins = new ArrayList<ProvenanceEdge>();
        String model = "";
        Optional<VersionId> previous = Optional.empty();
        Optional<String> recipe = Optional.empty();
        for (String line : last.split("\n", -1)) {
            Matcher trailer = TRAILER.matcher(line);
            if (!trailer.matches()) {
                continue;
            }
            String value = trailer.group(2);
            switch (trailer.group(1)) {
                case MODEL -> model = value;
                case PREVIOUS ->
                    previous = Optional.of(value).filter(VersionId::isId).map(VersionId::new);
                case RECIPE -> recipe = Optional.of(value);
                case DERIVED_FROM -> edge(value).ifPresent(origins::add);
                default -> trailers.put(trailer.group(1), value);
            }
        }
        return new CommitText(cut < 0 ? "" : stripped.substring(0, cut), model, previous, origins, recipe, trailers);
    }

    private static Optional<ProvenanceEdge> edge(String value) {
        Matcher edge = EDGE.matcher(value);
        if (!edge.matches()) {
            return Optional.empty();
        }
        var source = edge.group(4) == null ? ProvenanceEdge.Source.DECLARED : ProvenanceEdge.Source.INFERRED;
        return Optional.of(
                new ProvenanceEdge(new VersionId(edge.group(2)), edge.group(1), kind(edge.group(3)), source));
    }

    /** A kind that only a newer mgit knows is no reason to hide the edge. */
    private static EdgeKind kind(String word) {
        for (EdgeKind kind : EdgeKind.values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        return EdgeKind.OTHER;
    }
}
