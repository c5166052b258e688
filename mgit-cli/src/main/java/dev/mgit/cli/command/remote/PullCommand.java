package dev.mgit.cli.command.remote;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.remote.Pull;
import dev.mgit.lineage.remote.Remote;
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

/** Brings what a remote has, and moves models on to it. */
@Command(
        name = "pull",
        description = {
            "Fetch from a remote, then move your models on to where they are there.",
            "A model with versions both here and there stays, and the exit code is 5; merge it with 'mgit merge'."
        })
public final class PullCommand implements Callable<Integer> {
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
            description = "Models to move, by name or glob. Default: all.")
    private final List<String> models = new ArrayList<>();

    @Option(
            names = {"-p", "--prune"},
            description = "Forget models that the remote no longer has.")
    private boolean prune;

    @Mixin
    private final WaitOption wait = new WaitOption();

    PullCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Remote remote = Exchanges.remotes(session).chosen(Optional.ofNullable(name));
            Pull.Report report = pull(session).run(remote, models, prune);
            print(context.output(), remote, report);
        }
        return 0;
    }

    private Pull pull(Session session) {
        return new Pull(Exchanges.of(context, session, wait), PolicyCheck.of(context, session));
    }

    static void print(Output output, Remote remote, Pull.Report report) {
        report.moved()
                .forEach(moved ->
                        output.line(ExchangeText.moved(moved.from(), Optional.of(moved.to())) + "  " + moved.model()));
        report.fetched().tags().forEach(tag -> output.line("new tag  " + tag));
        ExchangeText.fetched(report.fetched().traffic()).ifPresent(output::line);
        if (!report.ahead().isEmpty()) {
            output.note("not pushed yet: " + String.join(", ", report.ahead()));
        }
        if (!report.diverged().isEmpty()) {
            String first = report.diverged().get(0);
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "versions both here and at " + remote.name() + ": " + String.join(", ", report.diverged()),
                    "join them with 'mgit merge " + first + " " + remote.name() + "/" + first
                            + "', or keep yours apart with 'mgit mv " + first + " NAME', then pull");
        }
        if (report.moved().isEmpty()
                && report.fetched().tags().isEmpty()
                && report.ahead().isEmpty()) {
            output.line("Already up to date");
        }
    }
}
