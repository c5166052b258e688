package dev.mgit.cli.command.store;

import dev.mgit.cli.command.lineage.BisectCommand;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.codec.Effort;
import dev.mgit.hooks.maintain.Leftovers;
import dev.mgit.hooks.maintain.Leftovers.Leftover;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.maintain.DropRequest;
import dev.mgit.lineage.maintain.GarbageCollector;
import dev.mgit.lineage.maintain.GcReport;
import dev.mgit.lineage.remote.transfer.CleanUpRequest;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.DidYouMean;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Model;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
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
import picocli.CommandLine.Parameters;

/** Removes what nothing leads to any more. */
@Command(
        name = "gc",
        description = {
            "Delete data not reachable from any model, tag, checked-out folder or recent operation, and free its "
                    + "space.",
            "Older operations can no longer be undone. Folders of failed runs and logs of finished updates and "
                    + "searches are deleted at the same age.",
            "--drop-training-state also deletes files of training state from old versions, for good: their versions stay "
                    + "and say so. Tagged versions keep theirs."
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

    @Option(
            names = "--drop-training-state",
            description = "Delete training state (optimizer.pt, ...) of all but the newest versions of each model.")
    private boolean dropTrainingState;

    @Option(
            names = "--keep-last",
            paramLabel = "N",
            description = "How many versions of each model keep it, 1 or more.")
    private @Nullable Integer keepLast;

    @Option(
            names = "--remote",
            paramLabel = "REMOTE",
            description =
                    "Clean up the store of this remote instead: mark packs that no lineage using it needs, and delete "
                            + "those marked at least --grace ago.")
    private @Nullable String remote;

    @Option(
            names = "--grace",
            paramLabel = "AGE",
            defaultValue = "24h",
            description = "With --remote: time between marking and deleting, by the store's clock (default: "
                    + "${DEFAULT-VALUE}, the least).")
    private String grace = "24h";

    @Option(
            names = "--exclusive",
            description = "With --remote: nobody else uses the store now; delete at once what is not needed.")
    private boolean exclusive;

    @Parameters(
            paramLabel = "MODEL|GLOB",
            arity = "0..*",
            description = "Drop training state of these models only. Default: all models.")
    private List<String> models = new ArrayList<>();

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
            if (remote != null) {
                var request = new CleanUpRequest(parse(grace), exclusive, dryRun);
                new RemoteCleanUp(context).run(session, wait, remote, request, json.wanted());
                return 0;
            }
            Instant horizon = Instant.now().minus(keep);
            var request = new GarbageCollector.Request(horizon, repack(session), drop(session));
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
            var text = new GcText(context.output(), session, report, leftovers);
            if (json.wanted()) {
                context.output().json(text::json);
            } else {
                text.print();
            }
        }
        return 0;
    }

    private Optional<DropRequest> drop(Session session) {
        if (!dropTrainingState) {
            if (keepLast != null || !models.isEmpty()) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        (keepLast != null ? "--keep-last needs" : "a model needs") + " --drop-training-state",
                        "without it, gc deletes nothing that a version consists of");
            }
            return Optional.empty();
        }
        if (keepLast == null || keepLast < 1) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "--drop-training-state needs --keep-last N, 1 or more",
                    "say how many of the newest versions of each model keep their training state");
        }
        List<Glob> globs = new ArrayList<>();
        List<String> known = session.repository().lineage().models().stream()
                .map(Model::name)
                .toList();
        for (String name : models) {
            var glob = new Glob(name);
            if (known.stream().noneMatch(glob)) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "no model matches '" + name + "'",
                        DidYouMean.hint(name, known, "'mgit branch' lists the models"));
            }
            globs.add(glob);
        }
        return Optional.of(new DropRequest(globs, keepLast, session.author()));
    }

    private static List<Leftover> leftovers(Session session, Instant horizon) throws IOException {
        return Leftovers.before(horizon, session.repository().files().hooks(), BisectCommand.underWay(session));
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
}
