package dev.mgit.cli.command.store;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.command.lineage.BisectCommand;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.Effort;
import dev.mgit.hooks.maintain.Leftovers;
import dev.mgit.hooks.maintain.Leftovers.Leftover;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.maintain.GarbageCollector;
import dev.mgit.lineage.maintain.GcReport;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes what nothing leads to any more. */
@Command(
        name = "gc",
        description = {
            "Delete data not reachable from any model, tag, checked-out folder or recent operation, and free its "
                    + "space.",
            "Older operations can no longer be undone. Folders of failed runs and logs of finished updates and "
                    + "searches are deleted at the same age."
        })
public final class GcCommand implements Callable<Integer> {
    private static final Pattern AGE = Pattern.compile("(\\d{1,6})([smhdw]?)");

    private final Context context;

    @Option(names = "--dry-run", description = "Show what would be done without doing it.")
    private boolean dryRun;

    @Option(
            names = "--prune-older-than",
            paramLabel = "AGE",
            defaultValue = "14d",
            description = "Keep operations and logs for this long: 12h, 14d, 2w, or 0 (default: ${DEFAULT-VALUE}).")
    private String age = "14d";

    @Option(names = "--repack", description = "Re-encode every block and keep the smaller result.")
    private boolean repack;

    @Option(
            names = "--effort",
            paramLabel = "EFFORT",
            description = "Effort for --repack: fast, balanced or small (default: the setting store.effort).")
    private @Nullable String effort;

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    GcCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Duration keep = parse(age);
        if (effort != null && !repack) {
            throw new MgitException(MgitException.Kind.USAGE, "--effort needs --repack", "give both");
        }
        try (Session session = Session.open(context)) {
            Instant horizon = Instant.now().minus(keep);
            var request = new GarbageCollector.Request(horizon, repack(session));
            var collector = new GarbageCollector(session.repository(), session.progress());
            GcReport report;
            List<Leftover> leftovers;
            if (dryRun) {
                report = collector.plan(request);
                leftovers = leftovers(session, horizon);
            } else {
                try (WriterLock lock = wait.lock(context, session.repository(), "mgit gc")) {
                    report = collector.collect(request, lock);
                    leftovers = leftovers(session, horizon);
                    Leftovers.delete(leftovers);
                }
            }
            if (json.wanted()) {
                context.output().json(out -> json(out, session, report, leftovers));
            } else {
                print(session, report, leftovers);
            }
        }
        return 0;
    }

    private static List<Leftover> leftovers(Session session, Instant horizon) throws IOException {
        return Leftovers.before(horizon, session.repository().files().hooks(), BisectCommand.underWay(session));
    }

    private static long bytes(List<Leftover> leftovers) {
        return leftovers.stream().mapToLong(Leftover::bytes).sum();
    }

    /** Of the whole repository; the collector measures before the leftovers go. */
    private static long bytesAfter(GcReport report, List<Leftover> leftovers) {
        return report.bytesAfter() - (report.dryRun() ? 0 : bytes(leftovers));
    }

    private Optional<Effort> repack(Session session) {
        if (!repack) {
            return Optional.empty();
        }
        return Optional.of(
                effort == null
                        ? StoreSettings.of(session.repository().settings()).effort()
                        : StoreSettings.effort(effort));
    }

    private static Duration parse(String text) {
        Matcher matcher = AGE.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + text + "' is not an age",
                    "write a number and s, m, h, d or w, " + "such as 14d");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "w" -> Duration.ofDays(7 * number);
            default -> Duration.ofDays(number);
        };
    }

    private void print(Session session, GcReport report, List<Leftover> leftovers) {
        Output output = context.output();
        String does = report.dryRun() ? "Would remove " : "Removed ";
        output.line(does + report.versions() + " versions, " + report.operations() + " old operations, "
                + report.gitObjects() + " Git objects");
        output.line(does + report.objects() + " tensors and other ranges, " + report.blocks() + " blocks ("
                + Output.bytes(report.blockBytes()) + "); " + report.liveBlocks() + " blocks stay");
        if (!leftovers.isEmpty()) {
            output.line(does + leftovers.size() + " folders of old runs and logs (" + Output.bytes(bytes(leftovers))
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
            output.line("Repository: " + Output.bytes(report.bytesBefore()) + " before, "
                    + Output.bytes(bytesAfter(report, leftovers)) + " now");
        }
    }

    private static void json(JsonGenerator json, Session session, GcReport report, List<Leftover> leftovers)
            throws IOException {
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
        json.writeNumberField("bytes_after", bytesAfter(report, leftovers));
    }
}
