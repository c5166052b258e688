package dev.mgit.cli.command.store;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.Table;
import dev.mgit.lineage.maintain.DiskUsage;
import dev.mgit.lineage.maintain.DiskUsageReport;
import dev.mgit.lineage.maintain.DiskUsageReport.Group;
import dev.mgit.lineage.maintain.DiskUsageReport.Representation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows where the bytes are. */
@Command(
        name = "du",
        description = {
            "Show disk usage per model: size of its files, of its own blocks, of shared blocks, and stored size.",
            "A stored block is counted for the model that used it first. Training state is part of what is stored."
        })
public final class DuCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "MODEL|REV", arity = "0..*", description = "Default: all models.")
    private List<String> names = new ArrayList<>();

    @Option(
            names = "--explain",
            description =
                    "Also show how blocks are encoded: those of MODEL or REV, or all, and then space not used by blocks.")
    private boolean explain;

    @Mixin
    private final JsonOption json = new JsonOption();

    DuCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            DiskUsageReport report = new DiskUsage(session.repository(), session.progress()).measure(names);
            if (json.wanted()) {
                context.output().json(out -> json(out, report));
            } else {
                print(report);
            }
        }
        return 0;
    }

    private void print(DiskUsageReport report) {
        Output output = context.output();
        boolean state = report.groups().stream().anyMatch(group -> group.stateBytes() > 0);
        boolean dropped = report.groups().stream().anyMatch(group -> group.droppedBytes() > 0);
        List<String> headings =
                new ArrayList<>(List.of("model", "versions", "files", "unique", "shared", "stored", "ratio"));
        if (state) {
            headings.add("training state");
        }
        if (dropped) {
            headings.add("dropped");
        }
        Table table = output.table(headings.toArray(new String[0]));
        for (Group group : report.groups()) {
            List<Object> row = new ArrayList<>(List.of(
                    group.name(),
                    group.versions() + (group.lossy() == 0 ? "" : " (" + group.lossy() + " lossy)"),
                    Output.bytes(group.logicalBytes()),
                    Output.bytes(group.uniqueBytes()),
                    Output.bytes(group.sharedBytes()),
                    Output.bytes(group.storedBytes()),
                    Output.ratio(group.logicalBytes(), group.storedBytes())));
            if (state) {
                row.add(bytesOrNone(group.stateBytes()));
            }
            if (dropped) {
                row.add(bytesOrNone(group.droppedBytes()));
            }
            table.row(row.toArray());
        }
        table.print();
        if (explain) {
            explain(report);
        }
        long logical = report.groups().stream().mapToLong(Group::logicalBytes).sum();
        output.line("");
        output.line("Repository: " + Output.bytes(report.totalBytes())
                + (names.isEmpty()
                        ? " for " + Output.bytes(logical) + " of files (" + Output.ratio(logical, report.totalBytes())
                                + ")"
                        : ""));
    }

    private static String bytesOrNone(long bytes) {
        return bytes == 0 ? "-" : Output.bytes(bytes);
    }

    private void explain(DiskUsageReport report) {
        Output output = context.output();
        output.line("");
        Table table = output.table("predicted by", "coded as", "blocks", "raw", "stored", "ratio");
        for (Representation way : report.representations()) {
            table.row(
                    way.predictor(),
                    way.method(),
                    way.blocks(),
                    Output.bytes(way.rawBytes()),
                    Output.bytes(way.storedBytes()),
                    Output.ratio(way.rawBytes(), way.storedBytes()));
        }
        table.print();
        if (names.isEmpty()) {
            parts(report);
        }
    }

    /** Where the bytes of the whole repository are. */
    private void parts(DiskUsageReport report) {
        Output output = context.output();
        output.line("");
        Table parts = output.table("part", "bytes");
        parts.row("blocks", Output.bytes(report.frameBytes()));
        parts.row("  of these kept only as bases", Output.bytes(report.baseBytes()));
        parts.row("  of these unused ('mgit gc')", Output.bytes(report.deadBytes()));
        parts.row("parameter store's files", Output.bytes(report.parameterBytes()));
        parts.row("lineage repository's files", Output.bytes(report.gitBytes()));
        parts.row("all files", Output.bytes(report.totalBytes()));
        parts.print();
    }

    private static void json(JsonGenerator json, DiskUsageReport report) throws IOException {
        json.writeArrayFieldStart("groups");
        for (Group group : report.groups()) {
            json.writeStartObject();
            json.writeStringField("name", group.name());
            json.writeBooleanField("model", group.isModel());
            json.writeNumberField("versions", group.versions());
            json.writeNumberField("lossy_versions", group.lossy());
            json.writeNumberField("logical_bytes", group.logicalBytes());
            json.writeNumberField("unique_bytes", group.uniqueBytes());
            json.writeNumberField("shared_bytes", group.sharedBytes());
            json.writeNumberField("stored_bytes", group.storedBytes());
            json.writeNumberField("training_state_bytes", group.stateBytes());
            json.writeNumberField("dropped_bytes", group.droppedBytes());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("representations");
        for (Representation way : report.representations()) {
            json.writeStartObject();
            json.writeStringField("predictor", way.predictor());
            json.writeStringField("method", way.method());
            json.writeNumberField("blocks", way.blocks());
            json.writeNumberField("raw_bytes", way.rawBytes());
            json.writeNumberField("stored_bytes", way.storedBytes());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("base_bytes", report.baseBytes());
        json.writeNumberField("dead_bytes", report.deadBytes());
        json.writeNumberField("frame_bytes", report.frameBytes());
        json.writeNumberField("parameter_bytes", report.parameterBytes());
        json.writeNumberField("git_bytes", report.gitBytes());
        json.writeNumberField("total_bytes", report.totalBytes());
    }
}
