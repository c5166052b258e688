package dev.mgit.cli.command.lineage;

import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.imports.PublishedGraph;
import dev.mgit.lineage.imports.PublishedImport;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code mgit import --mgit} prints. */
final class PublishedImportText {
    private final Output output;
    private final Session session;
    private final boolean json;
    private final Map<String, CommitResult> done = new LinkedHashMap<>();

    PublishedImportText(Output output, Session session, boolean json) {
        this.output = output;
        this.session = session;
        this.json = json;
    }

    void told(PublishedGraph.Node node, CommitResult result) {
        done.put(node.name(), result);
        if (!json) {
            output.line("[" + result.model() + " " + result.version().abbreviated() + "] " + node.name());
            result.origins()
                    .forEach(origin ->
                            output.line("  " + origin.kind().word() + " of " + session.name(origin.version())));
        }
    }

    /** Prints what was done in all; the exit code. */
    int summary(PublishedImport imports) throws IOException {
        imports.left().forEach((node, reason) -> output.note("left out: " + node + ": " + reason));
        if (json) {
            output.json(out -> {
                out.writeObjectFieldStart("versions");
                for (Map.Entry<String, CommitResult> version : done.entrySet()) {
                    out.writeStringField(
                            version.getKey(), version.getValue().version().hex());
                }
                out.writeEndObject();
                out.writeNumberField("already_here", imports.known());
                out.writeObjectFieldStart("left_out");
                for (Map.Entry<String, String> node : imports.left().entrySet()) {
                    out.writeStringField(node.getKey(), node.getValue());
                }
                out.writeEndObject();
            });
        } else {
            output.line("imported " + done.size() + (done.size() == 1 ? " version" : " versions") + " ("
                    + imports.known() + " already here, " + imports.left().size() + " left out)");
        }
        return imports.left().isEmpty() ? 0 : MgitException.Kind.FAILED.exitCode();
    }
}
