package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.lineage.diff.experts.ExpertDiff;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A comparison of experts as JSON. */
final class ExpertDiffJson {
    private ExpertDiffJson() {}

    /** Writes the fields into an object that is open. */
    static void write(JsonGenerator json, ExpertDiff diff) throws IOException {
        json.writeStringField("a", diff.a());
        json.writeStringField("b", diff.b());
        json.writeArrayFieldStart("blocks");
        for (Map.Entry<Integer, List<ExpertDiff.Change>> block : diff.blocks().entrySet()) {
            json.writeStartObject();
            json.writeNumberField("block", block.getKey());
            json.writeArrayFieldStart("experts");
            for (ExpertDiff.Change change : block.getValue()) {
                json.writeStartObject();
                json.writeNumberField("expert", change.expert());
                json.writeStringField("state", change.state().name().toLowerCase(Locale.ROOT));
                if (change.state() != ExpertDiff.State.NEW) {
                    if (change.from() < 0) {
                        json.writeStringField("from", "dense");
                    } else {
                        json.writeNumberField("from", change.from());
                    }
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
