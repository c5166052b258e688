package dev.mgit.hooks;

import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.modeltest.Event;
import dev.mgit.hooks.modeltest.MetricRule;
import dev.mgit.hooks.modeltest.Selector;
import dev.mgit.hooks.modeltest.TestDefinition;
import dev.mgit.hooks.modeltest.TestRegistry;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeRunner;
import dev.mgit.hooks.recipe.RunRequest;
import dev.mgit.lineage.version.EdgeKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Made families of models whose "weights" are text and whose "training" appends the model's name to its parents'
 * weights: the order of training can be read off the result. Commands are real processes; each leaves a line in a file
 * beside the repository, so that it can be counted how often it ran.
 */
public final class Family {
    /** What {@link #derive} runs, as a line for a shell. */
    private static final String TRAIN = "echo $MGIT_MODEL_NAME >> \"$RUNS\"; "
            + "i=1; while [ $i -le $MGIT_PARENTS ]; do eval cat \\\"\\$MGIT_PARENT_$i/weights\\\"; i=$((i+1)); done"
            + " > {output}/weights; echo \"+{model}\" >> {output}/weights; sleep ${PAUSE:-0}";

    private final FolderWorkspace workspace;
    private final RecipeRunner runner;

    public Family(FolderWorkspace workspace) {
        this.workspace = workspace;
        this.runner = new RecipeRunner(workspace, new LocalExecutor());
    }

    /** Where commands note that they ran, seen from the repository's folder, so that a copy of it has its own. */
    private static final String RUNS = "../runs";

    /** {@code base} → {@code a}, {@code b} → {@code c}, the merge of both → {@code q}; and {@code base} → {@code d}. */
    public Family diamond() {
        workspace.commit("base", "base1\n");
        derive("a", "base");
        derive("b", "base");
        derive("c", "a", "b");
        derive("q", "c");
        derive("d", "base");
        return this;
    }

    public Family derive(String model, String... parents) {
        return derive(List.of(model), TRAIN, parents);
    }

    /** The same with a line for a shell to run first. */
    public Family deriveAfter(String first, String model, String... parents) {
        return derive(List.of(model), first + "; " + TRAIN, parents);
    }

    /** Models that one command trains together. */
    public Family together(List<String> models, String parent) {
        String line = "for m in $MGIT_MODELS; do cat {parent1}/weights > {output}/$m/weights;"
                + " echo +$m >> {output}/$m/weights; done; echo group >> $RUNS";
        return derive(models, line, parent);
    }

    /** A model whose recipe leaves training state out. */
    public Family weightsOnly(String model, String line, String parent) {
        return derive(List.of(model), line, true, parent);
    }

    public Family derive(List<String> models, String line, String... parents) {
        return derive(models, line, false, parents);
    }

    private Family derive(List<String> models, String line, boolean weightsOnly, String... parents) {
        List<Recipe.Parent> from = Arrays.stream(parents)
                .map(parent -> new Recipe.Parent(parent, workspace.head(parent), EdgeKind.FINETUNE))
                .toList();
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("RUNS", RUNS);
        var unused = runner.run(
                new RunRequest(
                        models,
                        from,
                        "train " + models,
                        Map.of(),
                        environment,
                        Optional.empty(),
                        Limits.NONE,
                        workspace.root(),
                        true,
                        List.of(line),
                        weightsOnly,
                        List.of()),
                JobProgress.NONE);
        return this;
    }

    /** Registers a test for updates that counts the lines of the weights, and fails above a limit if there is one. */
    public Family gate(String on, String rule) {
        return gate(on, rule, ":");
    }

    /** The same with a line for a shell to run first. */
    public Family gate(String on, String rule, String first) {
        new TestRegistry(workspace)
                .add(new TestDefinition(
                        "lines",
                        new Selector(on),
                        Event.UPDATE,
                        List.of(MetricRule.parse(rule)),
                        Limits.NONE,
                        List.of(),
                        true,
                        List.of(first + "; echo test $MGIT_MODEL_NAME >> " + RUNS + "; "
                                + "echo \"{\\\"lines\\\": $(wc -l < $MGIT_MODEL/weights)}\" > $MGIT_METRICS")));
        return this;
    }

    /** What ran since the last call, sorted. */
    public List<String> ran() {
        Path file = workspace.root().resolve(RUNS);
        try {
            List<String> lines = Files.exists(file)
                    ? Files.readAllLines(file).stream().sorted().toList()
                    : List.of();
            Files.deleteIfExists(file);
            return lines;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
