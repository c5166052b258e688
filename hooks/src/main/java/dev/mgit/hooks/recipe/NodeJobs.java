package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JsonMembers;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.Retrieval;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.remote.Remotes;
import dev.mgit.lineage.remote.RunExchange;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has recipes carried out by machines that share no files with this one, where the executor names a remote. An order is
 * pushed there, with the lineage and parameters of the parents; the job is one command, {@code mgit node}, that knows the
 * order by its digest. Once the scheduler has the job no more, what it left at the remote is compared with the order, and
 * laid where a command here would have left it.
 */
public final class NodeJobs implements Retrieval {
    /** How often a remote is asked about one job. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Workspace workspace;
    private final Executor executor;
    private final Map<Path, Asked> asked = new ConcurrentHashMap<>();

    /** When a remote was asked last, and what it did not answer for. */
    private record Asked(Instant at, Optional<MgitException> failure) {}

    public NodeJobs(Workspace workspace, Executor executor) {
        this.workspace = workspace;
        this.executor = executor;
        executor.retrieveBy(this);
    }

    /** Whether recipes are to be carried out elsewhere. */
    public boolean wanted() {
        return executor.remote().isPresent();
    }

    /** A name for a run that belongs to no update. */
    static String newRun() {
        return UUID.randomUUID().toString().substring(0, 8) + "/0";
    }

    /** A recipe as it is about to be carried out; nobody here can ask the programs of another machine. */
    public Recipe captured(RecipeJob work, Instant started) {
        return wanted() ? work.capturedElsewhere(started) : work.captured(started);
    }

    /** A recipe as it was carried out, if that was elsewhere. */
    public static Recipe completed(Recipe captured, JobHandle handle) {
        Path file = handle.folder().resolve(NodeResult.FILE);
        return Files.exists(file) ? NodeResult.fromBytes(read(file)).completed(captured) : captured;
    }

    /**
     * Hands a recipe over; the job is still to be submitted.
     *
     * @param run as of {@link RunExchange#reference}; an earlier attempt at it counts no more
     * @param recipe as captured, with the parents to use
     * @param folder of the job; what it makes will be laid into {@code output} beside it
     * @throws MgitException of kind REMOTE if the remote cannot be reached or refuses
     */
    public Job job(String run, String title, List<String> models, Recipe recipe, Path folder) {
        Remote remote = remote(executor.remote().orElseThrow());
        NodeFiles files = NodeFiles.of(workspace, recipe);
        var order = new NodeOrder(
                run,
                UUID.randomUUID().toString(),
                remote.store().orElse(""),
                models,
                recipe.limited(onlyTime(recipe)),
                files.files(),
                files.expected());
        Path file = FolderTools.create(folder).resolve(NodeOrder.FILE);
        FolderTools.replace(file, order.toBytes());
        Map<String, Path> contents = new TreeMap<>(files.contents());
        contents.put(NodeOrder.FILE, file);
        List<VersionId> parents =
                recipe.parents().stream().map(Recipe.Parent::version).distinct().toList();
        synchronized (workspace) {
            try (RunExchange there = RunExchange.open(exchange(), remote)) {
                // Known before it is there, so that whoever ends the run removes it.
                Offer.write(folder, new Offer(remote.name(), run, Optional.empty()));
                VersionId parcel = there.offer(run, contents, parents);
                Offer.write(folder, new Offer(remote.name(), run, Optional.of(parcel)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return Job.apart(
                title,
                List.of("mgit", "node", remote.address().toString(), run, order.digest()),
                folder,
                recipe.limits());
    }

    /** The scheduler limits the rest, and knows how. */
    private static dev.mgit.hooks.executor.Limits onlyTime(Recipe recipe) {
        return recipe.limits()
                .timeout()
                .map(dev.mgit.hooks.executor.Limits::timeout)
                .orElse(dev.mgit.hooks.executor.Limits.NONE);
    }

    /** What was handed over for a job, as it is noted in the job's folder. */
    private record Offer(String remote, String run, Optional<VersionId> parcel) {
        private static final String FILE = "offer.json";

        static void write(Path folder, Offer offer) {
            FolderTools.replace(
                    folder.resolve(FILE),
                    Json.pretty(JsonMembers.of(
                            "remote", offer.remote, "run", offer.run, "parcel", offer.parcel.map(VersionId::hex))));
        }

        static Optional<Offer> read(Path folder) {
            Path file = folder.resolve(FILE);
            return Files.exists(file)
                    ? Optional.of(JsonMembers.read(
                            NodeJobs.read(file),
                            file.toString(),
                            json -> new Offer(
                                    json.string("remote"),
                                    json.string("run"),
                                    json.optionalString("parcel").map(VersionId::new))))
                    : Optional.empty();
        }
    }

    @Override
    public Optional<Left> retrieve(JobHandle handle) {
        Optional<Offer> offer =
                Offer.read(handle.folder()).filter(made -> made.parcel().isPresent());
        Asked last = asked.get(handle.folder());
        if (offer.isEmpty() || (last != null && Instant.now().isBefore(last.at().plus(INTERVAL)))) {
            if (last != null && last.failure().isPresent()) {
                throw last.failure().get();
            }
            return Optional.empty();
        }
        Optional<MgitException> failure = Optional.empty();
        try {
            return retrieve(handle.folder(), offer.get());
        } catch (MgitException e) {
            failure = Optional.of(e);
            throw e;
        } finally {
            asked.put(handle.folder(), new Asked(Instant.now(), failure));
        }
    }

    private Optional<Left> retrieve(Path folder, Offer offer) {
        synchronized (workspace) {
            try (RunExchange there = RunExchange.open(exchange(), remote(offer.remote()))) {
                Optional<VersionId> now = there.now(offer.run());
                if (now.isEmpty() || now.equals(offer.parcel())) {
                    return Optional.empty();
                }
                NodeOrder order = NodeOrder.fromBytes(read(folder.resolve(NodeOrder.FILE)));
                // Held throughout: nothing leads to what comes until it is stored as any output is.
                return Optional.of(workspace.locked(
                        "take over run " + offer.run(),
                        () -> new NodeAdoption(workspace, there, offer.remote(), order).adopt(now.get(), folder)));
            }
        }
    }

    /** Removes what was handed over for some jobs; where that cannot be done now, whoever asked is told. */
    public void withdraw(Collection<Path> jobFolders) {
        Map<String, Set<String>> runs = new LinkedHashMap<>();
        for (Path folder : jobFolders) {
            Offer.read(folder)
                    .ifPresent(offer -> runs.computeIfAbsent(offer.remote(), unused -> new TreeSet<>())
                            .add(offer.run()));
        }
        runs.forEach((name, some) -> {
            Exchange exchange = exchange();
            synchronized (workspace) {
                try (RunExchange there = RunExchange.open(exchange, remote(name))) {
                    there.withdraw(some);
                } catch (MgitException e) {
                    exchange.notice()
                            .accept(RunExchange.reference(some.iterator().next())
                                    + (some.size() > 1 ? " and " + (some.size() - 1) + " more" : "")
                                    + " stay at " + name + ": " + e.getMessage());
                }
            }
        });
    }

    private Exchange exchange() {
        return workspace
                .exchange()
                .orElseThrow(() -> MgitException.usage("this repository exchanges nothing with remotes"));
    }

    private Remote remote(String name) {
        Exchange exchange = exchange();
        return new Remotes(
                        exchange.repository().ownSettings(),
                        exchange.repository().root())
                .get(name);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
