package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandFailure;
import dev.mgit.hooks.Commands;
import dev.mgit.hooks.Folders;
import dev.mgit.hooks.NewModelVersion;
import dev.mgit.hooks.Progress;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes versions by running commands, and records how. */
public final class RecipeRunner {
    private final Workspace workspace;
    private final Executor executor;
    private final Recipes recipes;

    public RecipeRunner(Workspace workspace, Executor executor) {
        this.workspace = workspace;
        this.executor = executor;
        this.recipes = new Recipes(workspace);
    }

    /** Asked before what a command made is stored; says no by an exception. */
    @FunctionalInterface
    public interface Gate {
        Gate OPEN = (model, origins, writer) -> {};

        /** @param writer puts a copy of the model's files into an empty folder */
        void require(String model, List<ProvenanceEdge> origins, Consumer<Path> writer);
    }

    /** Like {@link #run(RunRequest, Gate, Progress)}, with nobody to say no. */
    public Map<String, VersionId> run(RunRequest request, Progress progress) {
        return run(request, Gate.OPEN, progress);
    }

    /**
     * Checks the parents out, runs the command, and commits what it left, with its recipe, as the new head of each
     * model, all in one transaction.
     *
     * @return the new versions by model
     * @throws MgitException if the command fails (its log stays), leaves nothing, or a model moved meanwhile
     */
    public Map<String, VersionId> run(RunRequest request, Gate gate, Progress progress) {
        Recipe recipe = recipe(request);
        Map<String, Optional<VersionId>> heads = new LinkedHashMap<>();
        request.models().forEach(model -> heads.put(model, head(model)));
        try (WorkFolder folder = WorkFolder.create(runs(workspace))) {
            Carried carried = carryOut(recipe, request.models(), folder.path(), "run", progress);
            for (String model : request.models()) {
                Path made = carried.job().folderOf(model);
                gate.require(model, edges(carried.recipe().parents()), to -> Folders.copy(made, to));
            }
            Map<String, VersionId> made = workspace.locked("run", () -> commit(request, carried, heads));
            folder.delete();
            return made;
        }
    }

    /** Where the folders of runs are; that of one that failed stays. */
    static Path runs(Workspace workspace) {
        return workspace.scratch().resolve("runs");
    }

    private Optional<VersionId> head(String model) {
        return workspace.lineage().model(model).map(Model::head);
    }

    /** The recipe of a request, as it would be recorded had it not run yet. */
    public Recipe recipe(RunRequest request) {
        List<Recipe.Input> inputs = new ArrayList<>();
        List<String> command = new ArrayList<>(request.command());
        request.inputs().forEach((name, path) -> {
            inputs.add(new Recipe.Input(name, relative(path), Folders.digest(path)));
            // The same words may run elsewhere later: paths of inputs become placeholders.
            command.replaceAll(word -> word.equals(path.toString()) ? "{input:" + name + "}" : word);
        });
        return new Recipe(
                command,
                request.shell(),
                relative(request.directory()),
                request.environment(),
                inputs,
                request.from(),
                request.seed(),
                request.limits(),
                request.models().size() > 1 ? request.models() : List.of(),
                new Recipe.Circumstances(
                        Optional.empty(), Optional.empty(), Map.of(), Capture.machine(), Instant.now(), 0));
    }

    /** Relative to the repository's folder where it is below it, absolute otherwise. */
    private String relative(Path path) {
        Path root = workspace.root().toAbsolutePath().normalize();
        Path absolute =
                path.isAbsolute() ? path.normalize() : root.resolve(path).normalize();
        if (!absolute.startsWith(root)) {
            return absolute.toString();
        }
        String text = root.relativize(absolute).toString();
        return text.isEmpty() ? "." : text;
    }

    /** A recipe carried out: its record, and where the files are. */
    record Carried(Recipe recipe, RecipeJob job) {}

    Carried carryOut(Recipe recipe, List<String> models, Path folder, String hook, Progress progress) {
        List<Commands.Parent> parents = new ArrayList<>();
        for (Recipe.Parent parent : recipe.parents()) {
            Path checkout = Folders.create(folder.resolve("parent" + (parents.size() + 1)));
            workspace.checkout(parent.version(), checkout);
            parents.add(new Commands.Parent(parent.model(), Optional.of(parent.version()), parent.kind(), checkout));
        }
        var work = new RecipeJob(workspace, recipe, models, folder.resolve("output"));
        Job job = work.job(hook, parents, folder.resolve("job"), List.of());
        String subject = String.join(", ", models);
        Instant started = Instant.now();
        JobHandle handle = executor.submit(job);
        progress.on(Progress.Kind.STARTED, subject, handle.stdout().toString());
        JobStatus status = executor.conclude(handle);
        double seconds = Duration.between(started, Instant.now()).toMillis() / 1000.0;
        try {
            requireOk(status, subject, handle);
            work.requireOutput();
        } catch (MgitException e) {
            // The logs stay.
            Folders.delete(folder.resolve("output"));
            parents.forEach(parent -> Folders.delete(parent.folder()));
            throw e;
        }
        progress.on(Progress.Kind.MADE, subject, status.detail());
        return new Carried(work.carriedOut(recipe.parents(), started, seconds), work);
    }

    private static void requireOk(JobStatus status, String subject, JobHandle handle) {
        if (!status.ok()) {
            throw new CommandFailure(
                    MgitException.Kind.FAILED,
                    "the command for " + subject + " failed: " + status.detail(),
                    Folders.tail(handle.stderr(), 2000),
                    "its full log is in " + handle.folder());
        }
    }

    private Map<String, VersionId> commit(RunRequest request, Carried carried, Map<String, Optional<VersionId>> heads) {
        heads.forEach((model, head) -> {
            if (!head(model).equals(head)) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "'" + model + "' got a new version while the command ran; nothing was committed",
                        "run it again from that version");
            }
        });
        Transaction transaction =
                workspace.lineage().begin("run " + String.join(" ", request.models()), workspace.author());
        Map<String, VersionId> made = new LinkedHashMap<>();
        heads.forEach((model, head) -> {
            VersionId version = workspace.write(
                    transaction,
                    new NewModelVersion(
                            model,
                            head,
                            edges(carried.recipe().parents()),
                            request.message(),
                            carried.job().folderOf(model),
                            Map.of(Recipe.FILE, carried.recipe().toBytes())));
            transaction.setModel(model, version);
            made.put(model, version);
        });
        transaction.apply();
        request.models().forEach(model -> recipes.accept(model, carried.recipe()));
        return made;
    }

    /** The provenance edges a recipe's parents make. */
    public static List<ProvenanceEdge> edges(List<Recipe.Parent> parents) {
        return parents.stream()
                .map(parent -> new ProvenanceEdge(
                        parent.version(), parent.model(), parent.kind(), ProvenanceEdge.Source.DECLARED))
                .toList();
    }
}
