package dev.mgit.cli.command.lineage;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.bom.BillOfMaterials;
import dev.mgit.hooks.bom.BomImport;
import dev.mgit.hooks.bom.BomImport.Imported;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** {@code import --bom}: takes over what a bill of materials says of versions that are here. */
final class ImportBom {
    private static final long LARGEST = 64L << 20;

    private final Context context;
    private final WaitOption wait;

    ImportBom(Context context, WaitOption wait) {
        this.context = context;
        this.wait = wait;
    }

    void carryOut(Path typed, boolean json) throws IOException {
        Path file = context.resolve(typed);
        if (!Files.isRegularFile(file)) {
            throw MgitException.usage("'" + typed + "' is not a file");
        }
        if (Files.size(file) > LARGEST) {
            throw MgitException.failed(
                    "'" + typed + "' is larger than 64 MiB, more than a bill of materials should be");
        }
        byte[] bytes = Files.readAllBytes(file);
        BillOfMaterials bom = BillOfMaterials.parse(bytes, "'" + typed + "'");
        String source = file.getFileName() + " sha256:" + FolderTools.digest(bytes);
        try (Session session = Session.open(context);
                HookSession hooks = HookSession.within(context, session, wait)) {
            Imported imported = new BomImport(hooks.workspace()).carryOut(bom, source);
            if (json) {
                context.output().json(out -> json(out, imported));
            } else {
                print(bom, imported);
            }
        }
    }

    private void print(BillOfMaterials bom, Imported imported) {
        Output output = context.output();
        imported.edges().forEach(edge -> output.line("edge  " + edge));
        imported.facts().forEach(fact -> output.line("states  " + fact));
        imported.absent().forEach(name -> output.note("not here: " + name));
        imported.refused().forEach(edge -> output.note("left out, it would be a cycle: " + edge));
        output.line(imported.here().size() + " of " + bom.models().size() + " model(s) are here; "
                + imported.edges().size() + " edge(s) and " + imported.facts().size() + " statement(s) recorded");
    }

    private static void json(JsonGenerator json, Imported imported) throws IOException {
        json.writeObjectFieldStart("here");
        for (Map.Entry<String, VersionId> one : imported.here().entrySet()) {
            json.writeStringField(one.getKey(), one.getValue().hex());
        }
        json.writeEndObject();
        texts(json, "edges", imported.edges());
        texts(json, "statements", imported.facts());
        texts(json, "not_here", imported.absent());
        texts(json, "refused", imported.refused());
    }

    private static void texts(JsonGenerator json, String field, List<String> texts) throws IOException {
        json.writeArrayFieldStart(field);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
