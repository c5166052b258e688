package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.lineage.architecture.BlockShape;
import dev.mgit.lineage.diff.BlockDiff;
import java.io.IOException;

/** A comparison of blocks as JSON. */
final class BlockDiffJson {
    private BlockDiffJson() {}

    /** Writes the fields into an object that is open. */
    static void write(JsonGenerator json, BlockDiff diff) throws IOException {
        json.writeStringField("a", diff.a());
        json.writeStringField("b", diff.b());
        json.writeStringField("layers_a", diff.patternA());
        json.writeStringField("layers_b", diff.patternB());
        json.writeArrayFieldStart("blocks");
        for (BlockDiff.Row row : diff.rows()) {
            json.writeStartObject();
            json.writeNumberField("block", row.block());
            if (row.before().isPresent()) {
                json.writeNumberField("parent_block", row.parent());
                shape(json, "before", row.before().get());
            }
            shape(json, "after", row.shape());
            json.writeNumberField("tensors", row.tensors());
            json.writeNumberField("same_tensors", row.same());
            if (row.from() >= 0) {
                json.writeNumberField("weights_from", row.from());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("dropped");
        for (int block : diff.dropped()) {
            json.writeNumber(block);
        }
        json.writeEndArray();
    }

    private static void shape(JsonGenerator json, String field, BlockShape shape) throws IOException {
        json.writeObjectFieldStart(field);
        json.writeStringField("attention", shape.mixer().words());
        json.writeStringField("ffn", shape.feedForward().words());
        json.writeEndObject();
    }
}
