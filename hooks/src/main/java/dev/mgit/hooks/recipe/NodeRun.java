package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.remote.RunExchange;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Carries out an order on a machine that shares no files with the one that gave it, in a repository that was made for
 * nothing else. What comes of it, good or bad, takes the order's place at the remote, unless somebody withdrew the order
 * or gave another.
 */
public final class NodeRun {
    private final Workspace workspace;
    private final Executor executor;
    private final RemoteAddress lineage;
    private final String run;
    private final JobProgress progress;

    /**
     * @param workspace a repository without models
     * @param executor runs the command on this machine
     * @param run as of {@link RunExchange#reference}
     */
    public NodeRun(Workspace workspace, Executor executor, RemoteAddress lineage, String run, JobProgress progress) {
        this.workspace = workspace;
        this.executor = executor;
        this.lineage = lineage;
        this.run = run;
        this.progress = progress;
    }

    /**
     * @param digest of the order, as the job was told
     * @param start where data is that does not come along
     * @return the command's exit code; 1 also if its output cannot be stored
     * @throws MgitException of kind CONFLICT if there is no such order any more, of kind INTEGRITY if it is another
     */
    public int carryOut(String digest, Path start) throws IOException {
        Path files = FolderTools.create(workspace.scratch().resolve("node"));
        VersionId parcel;
        NodeOrder order;
        Optional<MgitException> unprepared = Optional.empty();
        try (RunExchange there = RunExchange.open(exchange(), remote(Optional.empty()))) {
            parcel = there.now(run).orElseThrow(this::withdrawn);
            there.fetch(parcel);
            order = order(there, parcel, digest, files.resolve(NodeOrder.FILE));
            try {
                NodeFiles.layOut(
                        order,
                        (content, target) -> there.extract(parcel, content, NodeFiles.MOST_BYTES, target),
                        workspace.root(),
                        start);
            } catch (MgitException e) {
                unprepared = Optional.of(e);
            }
        }
        Remote remote = remote(Optional.of(order.store()).filter(store -> !store.isEmpty()));
        Done done = unprepared.map(Done::failed).orElseGet(() -> make(order, remote));
        try (RunExchange there = RunExchange.open(exchange(), remote)) {
            Map<String, Path> parts = parts(order, done, files);
            if (!there.answer(run, parcel, parts, List.copyOf(done.versions().values()))) {
                throw withdrawn();
            }
        }
        return done.exit();
    }

    private NodeOrder order(RunExchange there, VersionId parcel, String digest, Path file) throws IOException {
        boolean whole = there.extract(parcel, NodeOrder.FILE, NodeOrder.MAX_BYTES, file)
                && FolderTools.digest(file).equals(digest);
        if (!whole) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the order at " + lineage + " is not the one this job was submitted for; nothing was run",
                    "it may be that of a later attempt, whose own job carries it out");
        }
        return NodeOrder.fromBytes(Files.readAllBytes(file));
    }

    private MgitException withdrawn() {
        return new MgitException(
                MgitException.Kind.CONFLICT,
                "run " + run + " has been withdrawn or given to another attempt at " + lineage,
                "nothing is to be done");
    }

    /** What came of it. */
    private record Done(
            JobStatus status,
            String errors,
            double seconds,
            Optional<Recipe> recipe,
            Optional<Path> job,
            Map<String, VersionId> versions) {
        static Done failed(MgitException e) {
            String hint = e.hint() == null ? "" : "\n" + e.hint();
            return new Done(
                    JobStatus.exitCode(1),
                    e.getMessage() + hint + "\n",
                    0,
                    Optional.empty(),
                    Optional.empty(),
                    Map.of());
        }

        int exit() {
            return status.ok() ? 0 : Math.max(1, status.exitCode());
        }
    }

    private Done make(NodeOrder order, Remote remote) {
        Path folder = workspace.scratch().resolve("node");
        RecipeRunner.Ended ended;
        try {
            bring(order, remote);
            ended = new RecipeRunner(workspace, executor)
                    .conclude(order.recipe(), order.models(), folder, "update", progress);
        } catch (MgitException e) {
            if (e.kind() == MgitException.Kind.REMOTE) {
                throw e;
            }
            return Done.failed(e);
        }
        RecipeRunner.Carried carried = ended.carried();
        var done = new Done(
                ended.status(),
                "",
                carried.recipe().circumstances().seconds(),
                Optional.of(carried.recipe()),
                Optional.of(ended.handle().folder()),
                Map.of());
        if (!ended.status().ok()) {
            return done;
        }
        try {
            carried.job().requireOutput();
            return new Done(done.status(), "", done.seconds(), done.recipe(), done.job(), store(order, carried.job()));
        } catch (MgitException e) {
            Done failed = Done.failed(e);
            return new Done(failed.status(), failed.errors(), done.seconds(), done.recipe(), done.job(), Map.of());
        }
    }

    private void bring(NodeOrder order, Remote remote) {
        List<VersionId> parents =
                order.recipe().parents().stream().map(Recipe.Parent::version).toList();
        try (RunExchange there = RunExchange.open(exchange(), remote)) {
            there.bring(parents);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As versions without history, for the way back only: whoever asked decides what becomes of them. */
    private Map<String, VersionId> store(NodeOrder order, RecipeJob job) {
        return workspace.locked("run " + run, () -> {
            Transaction transaction = workspace.lineage().begin("run " + run, workspace.author());
            Map<String, VersionId> made = new LinkedHashMap<>();
            for (String model : order.models()) {
                VersionId id = workspace.write(
                        transaction,
                        new NewModelVersion(
                                model,
                                Optional.empty(),
                                RecipeRunner.edges(order.recipe().parents()),
                                "run " + run,
                                job.folderOf(model),
                                Map.of(Recipe.FILE, order.recipe().toBytes())));
                transaction.setPrivateRef("runs/" + run + "/" + made.size(), id);
                made.put(model, id);
            }
            transaction.apply();
            return made;
        });
    }

    private Map<String, Path> parts(NodeOrder order, Done done, Path folder) {
        Optional<Recipe.Circumstances> at = done.recipe().map(Recipe::circumstances);
        var result = new NodeResult(
                run,
                order.digest(),
                order.recipeDigest(),
                done.status().state() == JobStatus.State.TIMED_OUT,
                done.exit(),
                done.seconds(),
                done.versions(),
                hostName(),
                at.flatMap(Recipe.Circumstances::runtime),
                at.map(Recipe.Circumstances::packages).orElse(Map.of()),
                EnvironmentCapture.machine());
        String errors = log(done, NodeResult.ERRORS) + done.errors();
        return Map.of(
                NodeResult.FILE,
                file(folder, NodeResult.FILE, result.toBytes()),
                NodeResult.OUT,
                file(folder, NodeResult.OUT, log(done, NodeResult.OUT).getBytes(StandardCharsets.UTF_8)),
                NodeResult.ERRORS,
                file(folder, NodeResult.ERRORS, errors.getBytes(StandardCharsets.UTF_8)));
    }

    private static String log(Done done, String name) {
        return done.job()
                .map(job -> FolderTools.tail(job.resolve(name), NodeResult.MAX_LOG / 4))
                .orElse("");
    }

    private static Path file(Path folder, String name, byte[] bytes) {
        Path file = folder.resolve(name);
        FolderTools.replace(file, bytes);
        return file;
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    private Exchange exchange() {
        return workspace.exchange().orElseThrow();
    }

    private Remote remote(Optional<String> store) {
        return new Remote("origin", lineage, store, true, List.of());
    }
}
