package dev.mgit.cli.command.remote;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.lineage.remote.Fetch;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.remote.store.Traffic;
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

/** Brings what a remote has. */
@Command(
        name = "fetch",
        description = {
            "Fetch versions from a remote; your models stay where they are.",
            "Its models become REMOTE/MODEL, such as origin/squad. Notes of tests and edges are merged with yours."
        })
public final class FetchCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(paramLabel = "REMOTE", arity = "0..1", description = "Default: origin, or the only remote.")
    private @Nullable String name;

    @Option(
            names = {"-p", "--prune"},
            description = "Forget models that the remote no longer has.")
    private boolean prune;

    @Option(
            names = "--blocks",
            paramLabel = "REV",
            description = "Fetch the parameters of this version only, before a command needs them (repeatable).")
    private final List<String> blocks = new ArrayList<>();

    @Mixin
    private final WaitOption wait = new WaitOption();

    FetchCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        try (Session session = Session.open(context)) {
            Remote remote = Exchanges.remotes(session).chosen(Optional.ofNullable(name));
            var fetch = new Fetch(Exchanges.of(context, session, wait));
            if (!blocks.isEmpty()) {
                Traffic traffic = fetch.parameters(
                        remote, blocks.stream().map(session::resolve).toList());
                context.output().line(ExchangeText.fetched(traffic).orElse("Nothing to fetch"));
                return 0;
            }
            Fetch.Report report = fetch.run(remote, prune);
            ExchangeText.print(context.output(), remote.name(), report);
            ExchangeText.fetched(report.traffic()).ifPresent(context.output()::line);
        }
        return 0;
    }
}
