package dev.mgit.cli.command.store;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.hooks.maintain.Leftovers.Leftover;
import dev.mgit.lineage.maintain.GcReport;
import java.io.IOException;
import java.util.List;

/** What a clean-up did or would do, as text and as JSON. */
final class GcText {
    private final Output output;
    private final Session session;
    private final GcReport report;
    private final List<Leftover> leftovers;

    GcText(Output output, Session session, GcReport report, List<Leftover> leftovers) {
        this.output = output;
        this.session = session;
        this.report = report;
        this.leftovers = leftovers;
    }

    private long leftoverBytes() {
        return leftovers.stream().mapToLong(Leftover::bytes).sum();
    }

    /** Of the whole repository; the collector measures before the leftovers go. */
    private long bytesAfter() {
        return report.bytesAfter() - (report.dryRun() ? 0 : leftoverBytes());
    }

    void print() {
        String does = report.dryRun() ? "Would remove " : "Removed ";
        output.line(does + report.versions() + " versions, " + report.operations() + " old operations, "
                + report.gitObjects() + " Git objects");
        report.dropped().ifPresent(this::print);
        output.line(does + report.objects() + " tensors and other ranges, " + report.blocks() + " blocks ("
                + Output.bytes(report.blockBytes()) + "); " + report.liveBlocks() + " blocks stay");
        if (!leftovers.isEmpty()) {
            output.line(does + leftovers.size() + " folders of old runs and logs (" + Output.bytes(leftoverBytes())
                    + ")" + (report.dryRun() ? ":" : ""));
        }
        if (report.dryRun()) {
            leftovers.forEach(leftover -> output.line("  " + session.shown(leftover.folder())));
        }
        report.repacked()
                .ifPresent(repacked -> output.line((report.dryRun() ? "Would re-encode " : "Re-encoded ")
                        + repacked.blocks() + " blocks from " + Output.bytes(repacked.bytesBefore()) + " to "
                        + Output.bytes(repacked.bytesAfter()) + "; " + repacked.rebased()
                        + " of them were too deep"));
        if (!report.dryRun()) {
            output.line("Repository: " + Output.bytes(report.bytesBefore()) + " before, " + Output.bytes(bytesAfter())
                    + " now");
        }
    }

    private void print(GcReport.Dropped dropped) {
        if (dropped.models().isEmpty()) {
            output.line("No training state to drop");
        }
        for (GcReport.OfModel model : dropped.models()) {
            output.line((report.dryRun() ? "Would drop" : "Dropped") + " training state of " + model.versions()
                    + (model.versions() == 1 ? " version of " : " versions of ") + model.model() + ": " + model.files()
                    + (model.files() == 1 ? " file (" : " files (") + Output.bytes(model.bytes()) + ")");
        }
        if (dropped.recoded().blocks() > 0) {
            output.line((report.dryRun() ? "Would re-encode " : "Re-encoded ")
                    + dropped.recoded().blocks()
                    + " blocks that were predicted from removed ones, from "
                    + Output.bytes(dropped.recoded().bytesBefore()) + " to "
                    + Output.bytes(dropped.recoded().bytesAfter()));
        }
    }

    private static void json(JsonGenerator json, GcReport.Dropped dropped) throws IOException {
        json.writeObjectFieldStart("dropped");
        json.writeArrayFieldStart("models");
        for (GcReport.OfModel model : dropped.models()) {
            json.writeStartObject();
            json.writeStringField("model", model.model());
            json.writeNumberField("versions", model.versions());
            json.writeNumberField("files", model.files());
            json.writeNumberField("bytes", model.bytes());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("recoded_blocks", dropped.recoded().blocks());
        json.writeNumberField("recoded_bytes_before", dropped.recoded().bytesBefore());
        json.writeNumberField("recoded_bytes_after", dropped.recoded().bytesAfter());
        json.writeEndObject();
    }

    void json(JsonGenerator json) throws IOException {
        json.writeBooleanField("dry_run", report.dryRun());
        json.writeNumberField("operations", report.operations());
        json.writeNumberField("versions", report.versions());
        json.writeNumberField("git_objects", report.gitObjects());
        json.writeNumberField("objects", report.objects());
        json.writeNumberField("blocks", report.blocks());
        json.writeNumberField("block_bytes", report.blockBytes());
        json.writeNumberField("live_blocks", report.liveBlocks());
        json.writeArrayFieldStart("leftovers");
        for (Leftover leftover : leftovers) {
            json.writeStartObject();
            json.writeStringField("folder", session.shown(leftover.folder()));
            json.writeNumberField("bytes", leftover.bytes());
            json.writeEndObject();
        }
        json.writeEndArray();
        if (report.dropped().isPresent()) {
            json(json, report.dropped().get());
        }
        if (report.repacked().isPresent()) {
            GcReport.Repacked repacked = report.repacked().get();
            json.writeObjectFieldStart("repacked");
            json.writeNumberField("blocks", repacked.blocks());
            json.writeNumberField("rebased", repacked.rebased());
            json.writeNumberField("bytes_before", repacked.bytesBefore());
            json.writeNumberField("bytes_after", repacked.bytesAfter());
            json.writeEndObject();
        }
        json.writeNumberField("bytes_before", report.bytesBefore());
        json.writeNumberField("bytes_after", bytesAfter());
    }
}
