package dev.mgit.bench;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.Trees;
import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.hooks.maintain.NoteFormats;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.remote.Fetch;
import dev.mgit.lineage.remote.Pull;
import dev.mgit.lineage.remote.Push;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.remote.RemoteParameters;
import dev.mgit.lineage.remote.store.Traffic;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Counts what goes over the wire. */
@Command(
        name = "remote",
        description = {
            "Push a base and its fine-tune to a remote, push again, clone, and fetch one version into a clone",
            "without parameters: bytes on the wire beside the stored residual and the file, requests, and time.",
            "The lineage goes to a bare Git repository, parameters to a folder or, with --store, to any store."
        })
public final class BenchRemoteCommand implements Callable<Integer> {
    private final Context context;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            defaultValue = "100MB",
            converter = Size.Reader.class,
            description = "Size of each synthetic checkpoint. Default: ${DEFAULT-VALUE}.")
    private Size size = new Size(100_000_000);

    @Option(names = "--only", paramLabel = "TEXT", description = "Only checkpoints whose name contains this text.")
    private String only = "";

    @Option(
            names = "--store",
            paramLabel = "URL",
            description = "Prefix of the stores to use, such as s3://BUCKET/bench?endpoint=...; default: a folder.")
    private @Nullable String store;

    @Option(names = "--in", paramLabel = "DIR", description = "Work in this folder. Default: the temporary folder.")
    private @Nullable Path directory;

    BenchRemoteCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        Path scratch = directory == null
                ? Files.createTempDirectory("mgit-bench-")
                : Files.createTempDirectory(context.resolve(directory), "mgit-bench-");
        try {
            Table table = context.output()
                    .table(
                            "Model",
                            "File",
                            "Residual",
                            "Push",
                            "of it",
                            "Requests",
                            "Again",
                            "Clone",
                            "Requests",
                            "Lazy",
                            "Requests",
                            "s");
            for (ModelPair pair : pairs(scratch)) {
                row(table, pair, Files.createTempDirectory(scratch, "pair-"));
            }
            table.print();
            context.output()
                    .line(
                            "Residual: what the fine-tune takes in the store here. Push, Clone, Lazy: bytes on the wire for "
                                    + "the fine-tune's push, for a clone of both, and for one lazy checkout of the fine-tune. "
                                    + "Again: requests of a push of nothing. s: seconds of push, clone and lazy checkout.");
        } finally {
            Trees.delete(scratch);
        }
        return 0;
    }

    private List<ModelPair> pairs(Path scratch) throws IOException {
        var source = new ModelPairs(scratch, name -> name.contains(only));
        List<ModelPair> pairs = new ArrayList<>(source.real());
        pairs.addAll(source.made(size.bytes()));
        pairs.removeIf(pair -> !pair.finetune());
        return pairs;
    }

    private void row(Table table, ModelPair pair, Path folder) throws IOException {
        Path hub = GitServers.bare(folder.resolve("models.git"));
        String place = store == null
                ? folder.resolve("store").toUri().toString()
                : store.replaceFirst("(\\?|$)", "/" + folder.getFileName() + "$1"); // before the options
        Remote remote =
                new Remote("origin", RemoteAddress.parse(hub.toString(), folder), Optional.of(place), false, List.of());
        long residual;
        Push.Report pushed;
        long again;
        double pushSeconds;
        try (Repository here = Repository.init(folder.resolve("here"))) {
            Exchange exchange = exchange(here);
            RemoteParameters.prepare(exchange, remote);
            BenchCommits.commit(here, pair.parent().orElseThrow(), "base", Optional.empty());
            push(exchange, remote);
            CommitResult tuned = BenchCommits.commit(here, pair.child(), "tuned", Optional.of("base"));
            residual = tuned.storedBytes();
            long start = System.nanoTime();
            pushed = push(exchange, remote);
            pushSeconds = seconds(start);
            again = push(exchange, remote).traffic().calls();
        }
        long start = System.nanoTime();
        Traffic cloned = pull(folder.resolve("clone"), remote);
        double cloneSeconds = seconds(start);
        start = System.nanoTime();
        Traffic lazy = lazy(folder.resolve("lazy"), remote);
        double lazySeconds = seconds(start);
        table.row(
                pair.name(),
                Output.bytes(Files.size(pair.child())),
                Output.bytes(residual),
                Output.bytes(pushed.traffic().sent()),
                String.format(Locale.ROOT, "%.3f", (double) pushed.traffic().sent() / residual),
                pushed.traffic().calls(),
                again,
                Output.bytes(cloned.received()),
                cloned.calls(),
                Output.bytes(lazy.received()),
                lazy.calls(),
                String.format(Locale.ROOT, "%.1f %.1f %.1f", pushSeconds, cloneSeconds, lazySeconds));
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static Push.Report push(Exchange exchange, Remote remote) throws IOException {
        return new Push(exchange).run(remote, new Push.Request(List.of(), List.of(), false, false, false, false));
    }

    private static Traffic pull(Path folder, Remote remote) throws IOException {
        try (Repository repository = Repository.init(folder)) {
            return new Pull(exchange(repository))
                    .run(remote, List.of(), false)
                    .fetched()
                    .traffic();
        }
    }

    /** The lineage comes first; then one version is asked for. */
    private static Traffic lazy(Path folder, Remote remote) throws IOException {
        var partial = new Remote(remote.name(), remote.address(), remote.store(), true, List.of());
        try (Repository repository = Repository.init(folder)) {
            Exchange exchange = exchange(repository);
            new Pull(exchange).run(partial, List.of(), false);
            var version = repository.lineage().resolve("tuned");
            Traffic traffic = new Fetch(exchange).parameters(partial, List.of(version));
            Path out = Files.createDirectory(folder.resolve("out"));
            new RepositoryWorkspace(repository, BenchCommits.AUTHOR, Map.of(), Duration.ofSeconds(10), notice -> {})
                    .checkout(version, out);
            return traffic;
        }
    }

    private static Exchange exchange(Repository repository) {
        return new Exchange(
                repository,
                Map.of(),
                BenchCommits.AUTHOR,
                what -> repository.lock(what, Duration.ofMinutes(1), notice -> {}),
                notice -> {},
                NoteFormats.mergers(),
                CopyProgress.none());
    }
}
