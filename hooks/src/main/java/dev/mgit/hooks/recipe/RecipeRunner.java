package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandContract;
import dev.mgit.hooks.CommandFailure;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.commit.CommitListener;
import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import dev.mgit.hooks.executor.JobStatus;
import dev.mgit.lineage.git.GitLineage;
import dev.mgit.lineage.text.Secrets;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes versions by running commands, and records how. */
public final class RecipeRunner {
    private final Workspace workspace;
    private final Executor executor;
    private final NodeJobs nodes;

    public RecipeRunner(Workspace workspace, Executor executor) {
        this.workspace = workspace;
        this.executor = executor;
        this.nodes = new NodeJobs(workspace, executor);
    }

    /** Like {@link #run(RunRequest, CommitWorkflow, CommitWorkflow.Published, Progress)}, with nobody to tell. */
    public Map<String, VersionId> run(RunRequest request, JobProgress progress) {
        var workflow = new CommitWorkflow(workspace, executor, progress, CommitListener.NONE);
        try {
            return run(request, workflow, made -> {}, progress);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Checks the parents out, runs the command, and commits what it left, with its recipe, as the new head of each
     * model, all in one transaction.
     *
     * @param published hears of the new versions before what follows from them runs
     * @return the new versions by model
     * @throws MgitException if a new model cannot have its name, the command fails (its log stays), leaves nothing, a pre-commit hook refuses what it
     *     left, or a model moved meanwhile
     */
    public Map<String, VersionId> run(
            RunRequest request,
            CommitWorkflow workflow,
            CommitWorkflow.Published<Map<String, VersionId>> published,
            JobProgress progress)
            throws IOException {
        Recipe recipe = recipe(request);
        Map<String, Optional<VersionId>> heads = new LinkedHashMap<>();
        for (String model : request.models()) {
            GitLineage.requireModelName(model, workspace.lineage()); // before hours of work, not after
            heads.put(model, head(model));
        }
        try (WorkFolder folder = WorkFolder.create(MadeFiles.runs(workspace))) {
            Carried carried = carryOut(recipe, request.models(), folder.path(), "run", progress);
            return workflow.run(new IncomingRun(workspace, request, carried, heads), made -> {
                if (MadeFiles.allIn(workspace, made.values())) {
                    folder.delete();
                } else {
                    carried.discardParents();
                    progress.on(
                            JobProgress.Kind.KEPT,
                            String.join(", ", request.models()),
                            carried.output().toString());
                }
                published.hear(made);
            });
        }
    }

    private Optional<VersionId> head(String model) {
        return workspace.lineage().model(model).map(Model::head);
    }

    /** The command first: it is part of the message where a user gives none. */
    private static void refuseSecrets(RunRequest request) {
        Secrets.refuseWords(request.command());
        request.environment().forEach((name, value) -> {
            if (!Recipe.isPlaceholder(value)) {
                Secrets.refuseVariable(name, value);
            }
        });
        Secrets.refuse("the message", request.message());
    }

    /** The recipe of a request, as it would be recorded had it not run yet. */
    public Recipe recipe(RunRequest request) {
        refuseSecrets(request);
        var files = new RecipeFiles(workspace);
        List<Recipe.Input> inputs = new ArrayList<>();
        List<String> command = new ArrayList<>(request.command());
        request.inputs().forEach((name, path) -> {
            inputs.add(new Recipe.Input(name, files.relative(path), FolderTools.digest(path)));
            // The same words may run elsewhere later: paths of inputs become placeholders.
            command.replaceAll(word -> word.equals(path.toString()) ? "{input:" + name + "}" : word);
        });
        return new Recipe(
                command,
                request.shell(),
                files.relative(request.directory()),
                request.environment(),
                inputs,
                request.from(),
                request.seed(),
                request.limits(),
                request.models().size() > 1 ? request.models() : List.of(),
                request.weightsOnly(),
                request.sharing(),
                Recipe.Circumstances.none(files.sources(request.directory(), command, request.shell()), Instant.now()));
    }

    /**
     * A recipe carried out.
     *
     * @param parents folders of the parents' copies
     * @param output the folder of what it made
     */
    record Carried(Recipe recipe, RecipeJob job, List<Path> parents, Path output) {
        void discardParents() {
            parents.forEach(FolderTools::delete);
        }
    }

    Carried carryOut(Recipe recipe, List<String> models, Path folder, String hook, JobProgress progress) {
        Ended ended = conclude(recipe, models, folder, hook, progress);
        String subject = String.join(", ", models);
        try {
            requireOk(ended.status(), subject, ended.handle());
            ended.carried().job().requireOutput();
        } catch (MgitException e) {
            // The logs stay, and what it made until then.
            ended.carried().discardParents();
            throw e;
        }
        progress.on(JobProgress.Kind.MADE, subject, ended.status().detail());
        return ended.carried();
    }

    /** A command that has come to its end, whichever. */
    record Ended(JobStatus status, JobHandle handle, Carried carried) {}

    /** Runs a recipe's command in a folder: its parents are in {@code parent1}, …, its output in {@code output}. */
    Ended conclude(Recipe recipe, List<String> models, Path folder, String hook, JobProgress progress) {
        var work = new RecipeJob(workspace, recipe, models, folder.resolve("output"));
        List<CommandContract.Parent> parents = nodes.wanted() ? List.of() : checkedOut(recipe, folder);
        Path place = folder.resolve("job");
        Recipe captured = nodes.captured(work, Instant.now());
        String subject = String.join(", ", models);
        Job job = nodes.wanted()
                ? nodes.job(NodeJobs.newRun(), hook + " " + subject, models, captured, place)
                : work.job(hook, parents, place, List.of());
        Instant started = Instant.now();
        JobHandle handle = executor.submit(job);
        try {
            progress.on(JobProgress.Kind.STARTED, subject, handle.stdout().toString());
            JobStatus status = executor.conclude(handle);
            double seconds = Duration.between(started, Instant.now()).toMillis() / 1000.0;
            Recipe made = NodeJobs.completed(captured, handle).made(recipe.parents(), seconds);
            List<Path> copies =
                    parents.stream().map(CommandContract.Parent::folder).toList();
            return new Ended(status, handle, new Carried(made, work, copies, folder.resolve("output")));
        } finally {
            nodes.withdraw(List.of(place));
        }
    }

    private List<CommandContract.Parent> checkedOut(Recipe recipe, Path folder) {
        List<CommandContract.Parent> parents = new ArrayList<>();
        for (Recipe.Parent parent : recipe.parents()) {
            Path checkout = FolderTools.create(folder.resolve("parent" + (parents.size() + 1)));
            workspace.checkout(parent.version(), checkout);
            parents.add(
                    new CommandContract.Parent(parent.model(), Optional.of(parent.version()), parent.kind(), checkout));
        }
        return parents;
    }

    private static void requireOk(JobStatus status, String subject, JobHandle handle) {
        if (!status.ok()) {
            throw new CommandFailure(
                    MgitException.Kind.FAILED,
                    "the command for " + subject + " failed: " + status.detail(),
                    FolderTools.tail(handle.stderr(), 2000),
                    "its full log is in " + handle.folder());
        }
    }

    /** The provenance edges a recipe's parents make. */
    public static List<ProvenanceEdge> edges(List<Recipe.Parent> parents) {
        return parents.stream()
                .map(parent -> new ProvenanceEdge(
                        parent.version(), parent.model(), parent.kind(), ProvenanceEdge.Source.DECLARED))
                .toList();
    }
}
