package dev.mgit.cli.command;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.Effort;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.maintain.GarbageCollector;
import dev.mgit.lineage.maintain.GcReport;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
            "Remove what no model, tag, checked-out folder or recent operation leads to, and give its space back.",
            "Operations older than the age given can be undone no longer."
        })
public final class Gc implements Callable<Integer> {
    private static final Pattern AGE = Pattern.compile("(\\d{1,6})([smhdw]?)");

    private final Context context;

    @Option(names = "--dry-run", description = "Say what would be done, and do nothing.")
    private boolean dryRun;

    @Option(
            names = "--prune-older-than",
            paramLabel = "AGE",
            defaultValue = "14d",
            description = "How far back 'mgit undo' still reaches: 12h, 14d, 2w, or 0 (default: ${DEFAULT-VALUE}).")
    private String age = "14d";

    @Option(names = "--repack", description = "Code every block anew and keep what is smaller.")
    private boolean repack;

    @Option(
            names = "--effort",
            paramLabel = "EFFORT",
            description = "With --repack: fast, balanced or small (default: the setting store.effort).")
    private @Nullable String effort;

    @Mixin
    private final WaitOption wait = new WaitOption();

    @Mixin
    private final JsonOption json = new JsonOption();

    Gc(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Duration keep = parse(age);
        if (effort != null && !repack) {
            throw new MgitException(MgitException.Kind.USAGE, "--effort is for --repack", "give both");
        }
        try (Session session = Session.open(context)) {
            var request = new GarbageCollector.Request(Instant.now().minus(keep), repack(session));
            var collector = new GarbageCollector(session.repository(), session.progress());
            GcReport report;
            if (dryRun) {
                report = collector.plan(request);
            } else {
                try (WriterLock lock = wait.lock(context, session.repository(), "mgit gc")) {
                    report = collector.collect(request, lock);
                }
            }
            if (json.wanted()) {
                context.output().json(out -> json(out, report));
            } else {
                print(report);
            }
        }
        return 0;
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
                    MgitException.Kind.USAGE, "'" + text + "' is not an age", "give a number and s, m, h, d or w: 14d");
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

    private void print(GcReport report) {
        Output output = context.output();
        String does = report.dryRun() ? "Would remove " : "Removed ";
        output.line(does + report.versions() + " versions, " + report.operations() + " old operations, "
                + report.gitObjects() + " Git objects");
        output.line(does + report.objects() + " tensors and other ranges, " + report.blocks() + " blocks ("
                + Output.bytes(report.blockBytes()) + "); " + report.liveBlocks() + " blocks stay");
        report.repacked()
                .ifPresent(repacked -> output.line((report.dryRun() ? "Would recode " : "Recoded ")
                        + repacked.blocks() + " blocks from " + Output.bytes(repacked.bytesBefore()) + " to "
                        + Output.bytes(repacked.bytesAfter()) + "; " + repacked.rebased()
                        + " of them were too deep"));
        if (!report.dryRun()) {
            output.line("Repository: " + Output.bytes(report.bytesBefore()) + " before, "
                    + Output.bytes(report.bytesAfter()) + " now");
        }
    }

    private static void json(JsonGenerator json, GcReport report) throws IOException {
        json.writeBooleanField("dry_run", report.dryRun());
        json.writeNumberField("operations", report.operations());
        json.writeNumberField("versions", report.versions());
        json.writeNumberField("git_objects", report.gitObjects());
        json.writeNumberField("objects", report.objects());
        json.writeNumberField("blocks", report.blocks());
        json.writeNumberField("block_bytes", report.blockBytes());
        json.writeNumberField("live_blocks", report.liveBlocks());
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
        json.writeNumberField("bytes_after", report.bytesAfter());
    }
}
