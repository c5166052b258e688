package dev.mgit.cli.command.evaluate;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.lineage.architecture.RoleCounts;
import dev.mgit.lineage.architecture.RoleCounts.Count;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Parameters by role, as text and as JSON. */
final class RoleText {
    private static final int MOST_NAMED = 3;

    private final Output output;

    RoleText(Output output) {
        this.output = output;
    }

    void print(RoleCounts counts) {
        Count total = counts.total();
        Table table = output.table("Role", "Parameters", "Share", "Size", "Tensors");
        counts.byRole().forEach((role, count) -> row(table, role.title(), count, total));
        row(table, "total", total, total);
        table.print();
        output.line("");
        output.line("Embedding " + number(counts.embedding()) + " (output head included), other "
                + number(counts.layers()) + ", norms " + number(counts.norms()));
        List<String> unknown = counts.unknown();
        if (!unknown.isEmpty()) {
            String more = unknown.size() > MOST_NAMED ? " and " + (unknown.size() - MOST_NAMED) + " more" : "";
            output.line("Of unknown role: "
                    + String.join(", ", unknown.subList(0, Math.min(MOST_NAMED, unknown.size()))) + more);
        }
    }

    private static void row(Table table, String name, Count count, Count total) {
        String share = total.parameters() == 0 ? "-" : Output.percent((double) count.parameters() / total.parameters());
        table.row(name, number(count.parameters()), share, Output.bytes(count.bytes()), count.tensors());
    }

    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Writes the fields into an object that is open. */
    void json(JsonGenerator json, RoleCounts counts) throws IOException {
        Count total = counts.total();
        json.writeNumberField("parameters", total.parameters());
        json.writeNumberField("bytes", total.bytes());
        json.writeNumberField("embedding_parameters", counts.embedding());
        json.writeNumberField("other_parameters", counts.layers());
        json.writeNumberField("norm_parameters", counts.norms());
        json.writeObjectFieldStart("roles");
        for (var role : counts.byRole().entrySet()) {
            json.writeObjectFieldStart(role.getKey().title().replace(' ', '_'));
            json.writeNumberField("parameters", role.getValue().parameters());
            json.writeNumberField("bytes", role.getValue().bytes());
            json.writeNumberField("tensors", role.getValue().tensors());
            json.writeEndObject();
        }
        json.writeEndObject();
        strings(json, "dtypes", counts.dtypes());
        strings(json, "unknown", counts.unknown());
    }

    private static void strings(JsonGenerator json, String field, List<String> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
