package dev.mgit.cli.console;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.lineage.checkpoint.Findings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Says what was noticed about the files of a version. */
public final class FindingsText {
    private static final int SHOWN = 10;

    private FindingsText() {}

    /** The lines for people. */
    public static List<String> lines(Findings findings) {
        List<String> lines = new ArrayList<>();
        few(opaque(findings.opaque()), lines);
        few(findings.missing().stream().map(one -> "incomplete: " + one).toList(), lines);
        return lines;
    }

    /** One for each kind, which names the first file. */
    private static List<String> opaque(Map<String, String> reasons) {
        Map<String, List<String>> kinds = new LinkedHashMap<>();
        reasons.forEach((path, reason) ->
                kinds.computeIfAbsent(reason, unused -> new ArrayList<>()).add(path));
        List<String> lines = new ArrayList<>();
        kinds.forEach((reason, paths) -> {
            String others = paths.size() == 1 ? "" : " and " + (paths.size() - 1) + " more";
            lines.add("stored as opaque bytes: " + paths.get(0) + others + " (" + reason + ")");
        });
        return lines;
    }

    private static void few(List<String> all, List<String> lines) {
        lines.addAll(all.subList(0, Math.min(SHOWN, all.size())));
        if (all.size() > SHOWN) {
            lines.add("and " + (all.size() - SHOWN) + " more of the same");
        }
    }

    /** Tells people right after a commit. */
    public static void tell(Output output, Findings findings) {
        lines(findings).forEach(output::note);
        if (!findings.missing().isEmpty()) {
            output.hint("fetch the missing files and commit again; --strict refuses incomplete checkpoints");
        }
    }

    /** The fields {@code opaque} and {@code missing}. */
    public static void json(JsonGenerator json, Findings findings) throws IOException {
        json.writeArrayFieldStart("opaque");
        for (Map.Entry<String, String> file : findings.opaque().entrySet()) {
            json.writeStartObject();
            json.writeStringField("path", file.getKey());
            json.writeStringField("reason", file.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("missing");
        for (String sentence : findings.missing()) {
            json.writeString(sentence);
        }
        json.writeEndArray();
    }
}
