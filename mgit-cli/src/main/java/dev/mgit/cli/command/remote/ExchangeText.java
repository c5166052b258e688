package dev.mgit.cli.command.remote;

import dev.mgit.cli.console.Output;
import dev.mgit.lineage.remote.Fetch;
import dev.mgit.lineage.remote.store.Traffic;
import dev.mgit.lineage.version.VersionId;
import java.util.Optional;

/** What an exchange did, as people read it. */
final class ExchangeText {
    private ExchangeText() {}

    static void print(Output output, String remote, Fetch.Report report) {
        report.models()
                .forEach(change ->
                        output.line(moved(change.before(), change.after()) + "  " + remote + "/" + change.model()));
        report.tags().forEach(tag -> output.line("new tag  " + tag));
    }

    static String moved(Optional<VersionId> before, Optional<VersionId> after) {
        if (after.isEmpty()) {
            return "deleted";
        }
        String to = after.get().abbreviated();
        return before.map(from -> from.abbreviated() + ".." + to).orElse("new " + to);
    }

    /** One sentence; empty if nothing was moved. */
    static Optional<String> fetched(Traffic traffic) {
        return sentence("Fetched", traffic.received(), traffic);
    }

    /** One sentence; empty if nothing was moved. */
    static Optional<String> pushed(Traffic traffic) {
        return sentence("Pushed", traffic.sent(), traffic);
    }

    private static Optional<String> sentence(String verb, long bytes, Traffic traffic) {
        return bytes == 0
                ? Optional.empty()
                : Optional.of(verb + " " + Output.bytes(bytes) + " of parameters in " + traffic.calls() + " requests");
    }
}
