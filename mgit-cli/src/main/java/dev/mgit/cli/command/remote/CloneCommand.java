package dev.mgit.cli.command.remote;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.remote.Pull;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.repository.DurableFiles;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a repository of what a remote has. */
@Command(
        name = "clone",
        description = {
            "Create a repository in DIR that has all models of a remote.",
            "With --lineage-only, parameters are fetched when a command first needs them."
        })
public final class CloneCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "LINEAGE-URL", description = "Where the lineage is, as for 'remote add'.")
    private String url = "";

    @Parameters(index = "1", paramLabel = "DIR", arity = "0..1", description = "Default: the last part of the URL.")
    private @Nullable Path directory;

    @Option(
            names = "--store",
            paramLabel = "STORE-URL",
            description = "Where the parameters are, if the lineage does not say.")
    private @Nullable String store;

    @Option(names = "--lineage-only", description = "Fetch parameters only when a command needs them.")
    private boolean lineageOnly;

    @Option(
            names = "--filter",
            paramLabel = "GLOB",
            description = "Fetch parameters of these models only (repeatable).")
    private final List<String> filter = new ArrayList<>();

    @Option(
            names = {"-o", "--origin"},
            paramLabel = "NAME",
            defaultValue = "origin",
            description = "Name of the remote (default: ${DEFAULT-VALUE}).")
    private String name = "origin";

    @Mixin
    private final WaitOption wait = new WaitOption();

    CloneCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        RemoteAddress address = RemoteAddress.parse(url, context.directory());
        address.requireNoWorkingRepository();
        Path target = context.resolve(directory == null ? Path.of(address.suggestedName()) : directory);
        boolean made = Files.notExists(target);
        requireEmpty(target);
        var remote = new Remote(
                name,
                address,
                Optional.ofNullable(store).map(place -> Exchanges.store(context, place)),
                lineageOnly,
                filter);
        Repository.init(target, context.user()).close();
        boolean reached = false;
        try (Session session = Session.open(context, target)) {
            Exchanges.remotes(session).add(remote);
            Pull.Report report = new Pull(Exchanges.of(context, session, wait)).run(remote, List.of(), false);
            reached = true;
            context.output()
                    .line("Cloned " + report.moved().size() + " models into " + session.shown(target)
                            + (lineageOnly ? ", without parameters" : ""));
            ExchangeText.fetched(report.fetched().traffic()).ifPresent(context.output()::line);
        } finally {
            if (!reached) {
                cleanUp(target, made);
            }
        }
        return 0;
    }

    /** Keeps what there is to go on from: once the lineage is here, a pull fetches the rest. */
    private void cleanUp(Path target, boolean made) throws IOException {
        boolean lineage;
        try (Session session = Session.open(context, target);
                GitExchange here = session.repository().exchange()) {
            lineage = !here.remoteModels(name).isEmpty();
        }
        if (lineage) {
            context.output()
                    .note("what was fetched is kept in " + target + "; go on with 'mgit -C " + target + " pull'");
        } else {
            DurableFiles.deleteTree(made ? target : target.resolve(".mgit"));
        }
    }

    private static void requireEmpty(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                if (files.findAny().isPresent()) {
                    throw new MgitException(
                            MgitException.Kind.USAGE, target + " is not empty", "name a folder that is, or none");
                }
            }
        } else if (Files.exists(target)) {
            throw MgitException.usage(target + " is a file");
        }
    }
}
