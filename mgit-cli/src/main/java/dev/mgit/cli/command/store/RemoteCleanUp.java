package dev.mgit.cli.command.store;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.lineage.remote.StoreMaintenance;
import dev.mgit.lineage.remote.transfer.CleanUpReport;
import dev.mgit.lineage.remote.transfer.CleanUpRequest;
import java.io.IOException;

/** {@code gc --remote}: the store of a remote. */
final class RemoteCleanUp {
    private final Context context;

    RemoteCleanUp(Context context) {
        this.context = context;
    }

    void run(Session session, WaitOption wait, String remote, CleanUpRequest request, boolean json) throws IOException {
        CleanUpReport report = new StoreMaintenance(
                        Exchanges.of(context, session, wait),
                        Exchanges.remotes(session).get(remote))
                .cleanUp(request);
        if (json) {
            print(report);
        } else {
            show(report, request);
        }
    }

    private void show(CleanUpReport report, CleanUpRequest request) {
        Output output = context.output();
        String would = report.dryRun() ? "Would " : "";
        output.line(report.packs() + " packs (" + Output.bytes(report.bytes()) + "), used by " + report.lineages()
                + " lineages");
        output.line(sentence(would, "mark", "Marked") + " " + report.marked() + " packs ("
                + Output.bytes(report.markedBytes()) + ") and " + (report.dryRun() ? "copy " : "copied ")
                + Output.bytes(report.copied()) + " out of packs that are mostly unused");
        output.line(sentence(would, "delete", "Deleted") + " " + report.deleted() + " packs ("
                + Output.bytes(report.deletedBytes()) + ") marked before; " + report.kept() + " are needed after all, "
                + report.waiting() + " wait");
        if (report.unreadable() > 0) {
            output.note(report.unreadable() + " tensors and other ranges that versions need are not in the store; "
                    + "'mgit push --check-store' sends them from where they are");
        }
        if (report.marked() > 0 && !report.dryRun()) {
            output.note("run it again after " + request.grace().toHours() + " hours to delete what is marked");
        }
    }

    private static String sentence(String would, String verb, String done) {
        return would.isEmpty() ? done : would + verb;
    }

    private void print(CleanUpReport report) throws IOException {
        context.output().json(out -> {
            out.writeBooleanField("dry_run", report.dryRun());
            out.writeNumberField("lineages", report.lineages());
            out.writeNumberField("packs", report.packs());
            out.writeNumberField("bytes", report.bytes());
            out.writeNumberField("missing", report.unreadable());
            out.writeNumberField("marked", report.marked());
            out.writeNumberField("marked_bytes", report.markedBytes());
            out.writeNumberField("copied_bytes", report.copied());
            out.writeNumberField("deleted", report.deleted());
            out.writeNumberField("deleted_bytes", report.deletedBytes());
            out.writeNumberField("kept", report.kept());
            out.writeNumberField("waiting", report.waiting());
        });
    }
}
