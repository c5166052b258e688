package dev.mgit.cli.command.remote;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.lineage.git.GitRemote.Move;
import dev.mgit.lineage.remote.Push;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings versions to a remote. */
@Command(
        name = "push",
        description = {
            "Push models to a remote: parameters first, then models, tags and notes in one step.",
            "A model that has versions there which are not here is refused; pull first."
        })
public final class PushCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(
            index = "0",
            paramLabel = "REMOTE",
            arity = "0..1",
            description = "Default: origin, or the only remote.")
    private @Nullable String name;

    @Parameters(
            index = "1..*",
            paramLabel = "MODEL",
            arity = "0..*",
            description = "Models to push, by name or glob, with their tags. Default: all models and tags.")
    private final List<String> models = new ArrayList<>();

    @Option(names = "--delete", paramLabel = "MODEL", description = "Delete a model there (repeatable).")
    private final List<String> deleted = new ArrayList<>();

    @Option(
            names = {"-f", "--force"},
            description =
                    "Replace models and tags that are elsewhere there. Versions there that are not here are lost to"
                            + " others.")
    private boolean force;

    @Option(names = "--lineage-only", description = "Push no parameters.")
    private boolean lineageOnly;

    @Option(names = "--check-store", description = "Send what the store lacks of versions that are there already, too.")
    private boolean checkStore;

    @Option(
            names = {"-n", "--dry-run"},
            description = "Show what would be pushed.")
    private boolean dryRun;

    @Mixin
    private final JsonOption json = new JsonOption();

    @Mixin
    private final WaitOption wait = new WaitOption();

    PushCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Remote remote = Exchanges.remotes(session).chosen(Optional.ofNullable(name));
            var request = new Push.Request(models, deleted, force, lineageOnly, checkStore, dryRun);
            Push.Report report = push(session).run(remote, request);
            if (json.wanted()) {
                print(remote, report);
            } else {
                show(report);
            }
        }
        return 0;
    }

    private Push push(Session session) {
        return new Push(Exchanges.of(context, session, wait), PolicyCheck.of(context, session));
    }

    private void show(Push.Report report) {
        report.moves()
                .forEach(move -> context.output()
                        .line(ExchangeText.moved(move.from(), move.to()) + "  "
                                + move.ref().replaceFirst("^refs/(heads|tags)/", "")));
        ExchangeText.pushed(report.traffic()).ifPresent(context.output()::line);
        if (report.moves().isEmpty() && report.traffic().sent() == 0) {
            context.output().line("Everything up to date");
        } else if (dryRun) {
            context.output().note("nothing was pushed; " + report.versions() + " versions would be");
        }
    }

    private void print(Remote remote, Push.Report report) throws IOException {
        context.output().json(out -> {
            out.writeStringField("remote", remote.name());
            out.writeBooleanField("dry_run", dryRun);
            out.writeNumberField("versions", report.versions());
            out.writeNumberField("bytes", report.traffic().sent());
            out.writeNumberField("requests", report.traffic().calls());
            out.writeArrayFieldStart("references");
            for (Move move : report.moves()) {
                out.writeStartObject();
                out.writeStringField("name", move.ref());
                out.writeStringField("before", move.from().map(VersionId::hex).orElse(null));
                out.writeStringField("after", move.to().map(VersionId::hex).orElse(null));
                out.writeEndObject();
            }
            out.writeEndArray();
        });
    }
}
