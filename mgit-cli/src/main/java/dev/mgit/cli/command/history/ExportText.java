package dev.mgit.cli.command.history;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.lineage.export.BaseModels;
import dev.mgit.lineage.export.HubExport;
import dev.mgit.lineage.sparse.SparseExport;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code mgit export} says. */
final class ExportText {
    private final Output output;

    ExportText(Context context) {
        this.output = context.output();
    }

    void print(Session session, VersionId version, Path folder, HubExport.Result result) {
        int files = result.files().size();
        output.line("Exported " + session.name(version) + " to " + session.shown(folder) + " (" + files
                + (files == 1 ? " file)" : " files)"));
        String says = result.says().orElse("");
        switch (result.card()) {
            case AS_IT_WAS -> {}
            case CREATED -> output.line("  README.md made" + lineage(result.lineage()));
            case COMPLETED -> output.line("  README.md completed" + lineage(result.lineage()));
            case REPLACED -> output.line("  README.md said '" + says + "'; replaced" + lineage(result.lineage()));
            case CONTRADICTS -> {
                output.warning("README.md says '" + says + "', the lineage" + lineage(result.lineage())
                        + "; the card was left as it is");
                output.hint("--force replaces it, 'mgit edge' corrects the lineage");
            }
            case NOT_EDITABLE -> {
                output.warning("the front matter of README.md is not one field a line; it was left as it is");
                output.hint("add it yourself" + lineage(result.lineage()));
            }
        }
    }

    void json(JsonGenerator out, VersionId version, Path folder, HubExport.Result result) throws IOException {
        out.writeStringField("id", version.hex());
        out.writeStringField("folder", folder.toString());
        out.writeArrayFieldStart("files");
        for (String file : result.files()) {
            out.writeString(file);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("base_models");
        for (BaseModels.Base base : result.lineage().bases()) {
            out.writeStartObject();
            out.writeStringField("name", base.name());
            out.writeStringField("model", base.model());
            out.writeStringField("version", base.version().hex());
            out.writeEndObject();
        }
        out.writeEndArray();
        if (result.lineage().relation().isPresent()) {
            out.writeStringField("relation", result.lineage().relation().get());
        }
        out.writeStringField(
                "card", result.card().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        if (result.says().isPresent()) {
            out.writeStringField("card_says", result.says().get());
        }
    }

    void print(Session session, VersionId version, VersionId parent, Path file, SparseExport.Result result) {
        double share = result.elements() == 0 ? 0 : (double) result.changed() / result.elements();
        output.line("Exported what changed from " + session.name(parent) + " to " + session.name(version) + " to "
                + session.shown(file));
        output.line(String.format(
                Locale.ROOT,
                "  %d of %d elements (%.2f%%) in %d %s, %s",
                result.changed(),
                result.elements(),
                share * 100,
                result.tensors(),
                result.tensors() == 1 ? "tensor" : "tensors",
                Output.bytes(result.bytes())));
    }

    void json(JsonGenerator out, VersionId version, VersionId parent, Path file, SparseExport.Result result)
            throws IOException {
        out.writeStringField("id", version.hex());
        out.writeStringField("parent", parent.hex());
        out.writeStringField("file", file.toString());
        out.writeNumberField("changed_tensors", result.tensors());
        out.writeNumberField("changed_elements", result.changed());
        out.writeNumberField("elements", result.elements());
        out.writeNumberField("bytes", result.bytes());
    }

    private static String lineage(BaseModels lineage) {
        return lineage.bases().isEmpty()
                ? ""
                : ": " + lineage.relation().map(relation -> relation + " of ").orElse("made from ")
                        + lineage.bases().stream()
                                .map(BaseModels.Base::name)
                                .distinct()
                                .collect(Collectors.joining(", "));
    }
}
