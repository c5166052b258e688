package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandContract;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Job;
import dev.mgit.hooks.executor.JobHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One execution of a recipe. Besides the variables of {@link CommandContract} the command finds {@code MGIT_OUTPUT}, an empty
 * folder to leave the model's files in; {@code MGIT_MODEL_NAME}; {@code MGIT_INPUT_NAME} for each input; and
 * {@code MGIT_SEED} if it has one. A group finds its models' names in {@code MGIT_MODELS}, one a line, and leaves each
 * in the folder of that name below the output folder.
 */
public final class RecipeJob {
    private final Workspace workspace;
    private final Recipe recipe;
    private final List<String> models;
    private final Path output;

    /** @param models the model to make, or all models of the group in its order */
    public RecipeJob(Workspace workspace, Recipe recipe, List<String> models, Path output) {
        this.workspace = workspace;
        this.recipe = recipe;
        this.models = List.copyOf(models);
        this.output = output;
    }

    /**
     * @param hook {@code run} or {@code update}
     * @param folder an empty folder for the executor
     * @throws MgitException if an input is missing or a placeholder stands for nothing
     */
    public Job job(String hook, List<CommandContract.Parent> parents, Path folder, List<JobHandle> after) {
        FolderTools.create(output);
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, String> environment = CommandContract.environment(workspace, hook, parents);
        recipe.environment().forEach((name, value) -> environment.put(name, variable(name, value)));
        environment.put("MGIT_OUTPUT", output.toAbsolutePath().toString());
        environment.put("MGIT_MODELS", String.join("\n", models));
        values.put("output", output.toAbsolutePath().toString());
        if (models.size() == 1) {
            environment.put("MGIT_MODEL_NAME", models.get(0));
            values.put("model", models.get(0));
        }
        for (String model : models) {
            FolderTools.create(folderOf(model));
            values.put("output:" + model, folderOf(model).toAbsolutePath().toString());
        }
        for (int i = 0; i < parents.size(); i++) {
            values.put(
                    "parent" + (i + 1), parents.get(i).folder().toAbsolutePath().toString());
        }
        recipe.seed().ifPresent(seed -> {
            environment.put("MGIT_SEED", seed.toString());
            values.put("seed", seed.toString());
        });
        for (Recipe.Input input : recipe.inputs()) {
            String path = input(input).toAbsolutePath().toString();
            values.put("input:" + input.name(), path);
            environment.put(
                    "MGIT_INPUT_" + input.name().toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_"), path);
        }
        return new Job(
                hook + " " + String.join(" ", models),
                CommandContract.words(CommandContract.fill(recipe.command(), values), recipe.shell()),
                environment,
                directory(),
                folder,
                recipe.limits(),
                after);
    }

    /** @throws MgitException if it is recorded by its name alone, and has no value here */
    private String variable(String name, String value) {
        if (!Recipe.isPlaceholder(value)) {
            return value;
        }
        String here = workspace.environment().get(name);
        if (here == null) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the recipe needs the variable '" + name + "', which is not set here",
                    "set it and run the command again; its value is not recorded");
        }
        return here;
    }

    private Path directory() {
        Path directory = workspace.root().resolve(recipe.directory()).normalize();
        if (!Files.isDirectory(directory)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the recipe runs in '" + recipe.directory() + "', which does not exist here",
                    "check the code out there");
        }
        return directory;
    }

    private Path input(Recipe.Input input) {
        Path path = workspace.root().resolve(input.path()).normalize();
        if (!Files.exists(path)) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "input '" + input.name() + "' of the recipe is not at '" + input.path() + "'",
                    "put the data there (its SHA-256 was " + input.sha256() + ")");
        }
        return path;
    }

    /** Where one model's files are left. */
    public Path folderOf(String model) {
        return models.size() == 1 ? output : output.resolve(model);
    }

    /** @throws MgitException if the command left nothing for a model, or something that leads elsewhere */
    public void requireOutput() {
        FolderTools.requireConfined(output);
        for (String model : models) {
            try (Stream<Path> paths = Files.walk(folderOf(model))) {
                if (paths.noneMatch(Files::isRegularFile)) {
                    throw new MgitException(
                            MgitException.Kind.FAILED,
                            "the command wrote no file for '" + model + "' to its output folder",
                            "it must write to the folder MGIT_OUTPUT or {output}");
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Whether data and code are still what was captured. */
    public boolean reads(Recipe captured) {
        var files = new RecipeFiles(workspace);
        return captured.inputs().stream().allMatch(in -> files.digest(in.path()).equals(Optional.of(in.sha256())))
                && files.sources(directory(), recipe.command(), recipe.shell())
                        .equals(captured.circumstances().sources());
    }

    /**
     * The recipe as it is carried out now: with what data, by what code and programs. Asked before the command starts,
     * so that what changes while it runs counts as changed.
     */
    public Recipe captured(Instant started) {
        return captured(started, new RecipeFiles(workspace).interpreter(recipe));
    }

    /** The same, for programs of another machine. */
    Recipe capturedElsewhere(Instant started) {
        return captured(started, new EnvironmentCapture.Interpreter(Optional.empty(), Map.of()))
                .elsewhere();
    }

    private Recipe captured(Instant started, EnvironmentCapture.Interpreter interpreter) {
        var files = new RecipeFiles(workspace);
        List<Recipe.Input> inputs = recipe.inputs().stream()
                .map(in -> new Recipe.Input(in.name(), in.path(), FolderTools.digest(input(in))))
                .toList();
        return recipe.with(
                inputs,
                recipe.parents(),
                new Recipe.Circumstances(
                        new EnvironmentCapture(workspace.environment()).code(directory()),
                        files.sources(directory(), recipe.command(), recipe.shell()),
                        interpreter.name(),
                        interpreter.packages(),
                        EnvironmentCapture.machine(),
                        Optional.empty(),
                        started,
                        0,
                        List.of()));
    }
}
