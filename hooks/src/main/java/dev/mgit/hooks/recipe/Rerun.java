package dev.mgit.hooks.recipe;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Carries a version's recipe out again and says whether the same comes out. Commits nothing. */
public final class Rerun {
    /** How a file came out. */
    public enum Outcome {
        SAME,
        DIFFERENT,
        MISSING,
        EXTRA
    }

    /** One file, and how far off its tensors are if it differs and they can be read. */
    public record FileResult(String path, Outcome outcome, List<TensorComparator.Difference> tensors) {}

    /**
     * What came out.
     *
     * @param changes what was not as it was the first time: data, code, programs
     * @param recipe as it was carried out this time
     */
    public record Report(List<FileResult> files, List<String> changes, Recipe recipe) {
        /** True if every file came out bit for bit. */
        public boolean identical() {
            return files.stream().allMatch(file -> file.outcome() == Outcome.SAME);
        }
    }

    private final Workspace workspace;
    private final RecipeRunner runner;
    private final Recipes recipes;
    private final TensorComparator comparator;

    public Rerun(Workspace workspace, Executor executor, TensorComparator comparator) {
        this.workspace = workspace;
        this.runner = new RecipeRunner(workspace, executor);
        this.recipes = new Recipes(workspace);
        this.comparator = comparator;
    }

    /** @throws MgitException if the version has no recipe, the recipe is not trusted here, or its command fails */
    public Report run(VersionId id, JobProgress progress) {
        Version version = workspace.lineage().version(id);
        Recipe recipe = recipes.get(id);
        recipes.requireTrusted(version.model(), recipe);
        List<String> models = recipe.group().isEmpty() ? List.of(version.model()) : recipe.group();
        try (WorkFolder folder = WorkFolder.create(MadeFiles.runs(workspace))) {
            RecipeRunner.Carried carried = runner.carryOut(recipe, models, folder.path(), "run", progress);
            Path expected = FolderTools.create(folder.path().resolve("expected"));
            workspace.checkout(id, expected);
            Path actual = carried.job().folderOf(version.model());
            var report = new Report(compare(id, expected, actual), changes(recipe, carried.recipe()), carried.recipe());
            folder.delete();
            return report;
        }
    }

    /** What was left out of the version is not expected again. */
    private List<FileResult> compare(VersionId id, Path expected, Path actual) {
        List<String> ignored = workspace.lineage().checkpoint(id).ignored();
        var paths = new TreeSet<>(FolderTools.files(expected));
        List<String> made = FolderTools.files(actual);
        List<FileResult> results = new ArrayList<>();
        for (String path : paths) {
            results.add(made.contains(path) ? compare(path, expected, actual) : result(path, Outcome.MISSING));
        }
        made.stream()
                .filter(path -> !paths.contains(path) && !isAmong(ignored, path))
                .forEach(path -> results.add(result(path, Outcome.EXTRA)));
        return results;
    }

    private static boolean isAmong(List<String> ignored, String path) {
        return ignored.stream().anyMatch(left -> left.endsWith("/") ? path.startsWith(left) : path.equals(left));
    }

    private static FileResult result(String path, Outcome outcome) {
        return new FileResult(path, outcome, List.of());
    }

    private FileResult compare(String path, Path expected, Path actual) {
        Path left = expected.resolve(path);
        Path right = actual.resolve(path);
        try {
            return Files.mismatch(left, right) < 0
                    ? result(path, Outcome.SAME)
                    : new FileResult(path, Outcome.DIFFERENT, comparator.compare(left, right));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> changes(Recipe before, Recipe after) {
        List<String> changes = new ArrayList<>();
        for (int i = 0; i < before.inputs().size(); i++) {
            if (!before.inputs().get(i).equals(after.inputs().get(i))) {
                changes.add("input '" + before.inputs().get(i).name() + "' has changed");
            }
        }
        Recipe.Circumstances then = before.circumstances();
        Recipe.Circumstances now = after.circumstances();
        if (!then.code().equals(now.code())) {
            changes.add("the code has changed: " + code(then) + " then, " + code(now) + " now");
        }
        if (!then.runtime().equals(now.runtime())) {
            changes.add(then.runtime().orElse("unknown program") + " then, "
                    + now.runtime().orElse("unknown program") + " now");
        }
        var names = new TreeSet<>(then.packages().keySet());
        names.addAll(now.packages().keySet());
        for (String name : names) {
            String old = then.packages().getOrDefault(name, "absent");
            String current = now.packages().getOrDefault(name, "absent");
            if (!old.equals(current)) {
                changes.add("package " + name + ": " + old + " then, " + current + " now");
            }
        }
        if (!then.machine().equals(now.machine())) {
            changes.add("machine: " + then.machine() + " then, " + now.machine() + " now");
        }
        return changes;
    }

    private static String code(Recipe.Circumstances at) {
        return at.code()
                .map(code -> code.revision()
                                .substring(0, Math.min(10, code.revision().length()))
                        + (code.dirty() ? " with changes" : ""))
                .orElse("no Git revision");
    }
}
