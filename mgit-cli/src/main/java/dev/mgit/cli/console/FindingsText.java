package dev.mgit.cli.console;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.lineage.checkpoint.Findings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Says what was noticed about the files of a version. */
public final class FindingsText {
    private static final int SHOWN = 10;

    private FindingsText() {}

    /** The lines for people. */
    public static List<String> lines(Findings findings) {
        List<String> lines = new ArrayList<>();
        List<String> opaque = new ArrayList<>();
        findings.opaque()
                .forEach((path, reason) -> opaque.add("stored as opaque bytes: " + path + " (" + reason + ")"));
        few(opaque, lines);
        few(findings.missing().stream().map(one -> "incomplete: " + one).toList(), lines);
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
