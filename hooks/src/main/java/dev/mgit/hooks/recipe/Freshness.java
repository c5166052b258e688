package dev.mgit.hooks.recipe;

import dev.mgit.hooks.Workspace;
import dev.mgit.lineage.version.VersionId;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Compares what a version was made from, parents apart, with what its recipe would read here and now. Reads every input
 * and every file of code once, and asks each interpreter once.
 */
public final class Freshness {
    private final Recipes recipes;
    private final RecipeFiles files;

    public Freshness(Workspace workspace) {
        this.recipes = new Recipes(workspace);
        this.files = new RecipeFiles(workspace);
    }

    /**
     * What has changed since a version was made.
     *
     * @param recipe the version's, which may have been set later; trusted here, since its interpreter is asked
     */
    public List<StaleReason> changes(VersionId version, Recipe recipe) {
        Recipe made = recipes.recorded(version).orElse(recipe);
        List<StaleReason> reasons = new ArrayList<>();
        boolean same = terms(made, recipe, reasons);
        data(made, recipe, reasons);
        code(made, recipe, same, reasons);
        if (same) {
            packages(made.circumstances(), recipe, reasons);
        }
        return reasons;
    }

    /**
     * The same as far as a glance shows, packages apart: files that were written since are compared, as far as the
     * {@code budget} of bytes to be read goes; what is larger counts as changed, its digest unknown.
     */
    public List<StaleReason> glance(VersionId version, Recipe recipe, AtomicLong budget) {
        Recipe made = recipes.recorded(version).orElse(recipe);
        Instant since = made.circumstances().started();
        List<StaleReason> reasons = new ArrayList<>();
        terms(made, recipe, reasons);
        made.inputs()
                .forEach(input -> glance(StaleReason.Kind.DATA, input.path(), input.sha256(), since, budget)
                        .ifPresent(reasons::add));
        made.circumstances()
                .sources()
                .forEach((path, digest) -> glance(StaleReason.Kind.CODE, path, digest, since, budget)
                        .ifPresent(reasons::add));
        return reasons;
    }

    private Optional<StaleReason> glance(
            StaleReason.Kind kind, String path, String was, Instant since, AtomicLong budget) {
        Optional<RecipeFiles.Look> look = files.look(path);
        Optional<String> now;
        if (look.isEmpty()) {
            now = Optional.empty();
        } else if (!look.get().modified().isAfter(since)) {
            return Optional.empty();
        } else if (budget.addAndGet(-look.get().bytes()) < 0) {
            now = Optional.of("modified");
        } else {
            now = files.digest(path);
        }
        return now.equals(Optional.of(was))
                ? Optional.empty()
                : Optional.of(new StaleReason(kind, path, Optional.of(was), now));
    }

    private static boolean terms(Recipe made, Recipe wanted, List<StaleReason> reasons) {
        Map<String, Object> before = made.terms();
        List<String> changed = wanted.terms().entrySet().stream()
                .filter(term -> !Objects.equals(term.getValue(), before.get(term.getKey())))
                .map(Map.Entry::getKey)
                .toList();
        if (!changed.isEmpty()) {
            reasons.add(new StaleReason(
                    StaleReason.Kind.RECIPE,
                    String.join(", ", changed),
                    Optional.of(String.join(" ", made.command())),
                    Optional.of(String.join(" ", wanted.command()))));
        }
        return changed.isEmpty();
    }

    private void data(Recipe made, Recipe wanted, List<StaleReason> reasons) {
        for (Recipe.Input input : wanted.inputs()) {
            made.inputs().stream()
                    .filter(before -> before.name().equals(input.name()))
                    .findFirst()
                    .ifPresent(before -> compare(
                            StaleReason.Kind.DATA,
                            input.path(),
                            Optional.of(before.sha256()),
                            files.digest(input.path()),
                            reasons));
        }
    }

    /** A record of an earlier mgit knows of no files of code. Where the recipe is another, other files are no news. */
    private void code(Recipe made, Recipe wanted, boolean same, List<StaleReason> reasons) {
        Map<String, String> before = made.circumstances().sources();
        if (before.isEmpty()) {
            return;
        }
        Map<String, String> now = files.sources(Path.of(wanted.directory()), wanted.command(), wanted.shell());
        Set<String> paths = new TreeSet<>(before.keySet());
        if (same) {
            paths.addAll(now.keySet());
        } else {
            paths.retainAll(now.keySet());
        }
        paths.forEach(path -> compare(
                StaleReason.Kind.CODE,
                path,
                Optional.ofNullable(before.get(path)),
                Optional.ofNullable(now.get(path)),
                reasons));
    }

    private void packages(Recipe.Circumstances made, Recipe wanted, List<StaleReason> reasons) {
        // The programs of a node cannot be asked from here.
        if (made.runtime().isEmpty() || made.node().isPresent()) {
            return;
        }
        EnvironmentCapture.Interpreter now = files.interpreter(wanted);
        if (now.name().isEmpty()) {
            return;
        }
        compare(StaleReason.Kind.PACKAGES, "interpreter", made.runtime(), now.name(), reasons);
        var names = new TreeSet<>(made.packages().keySet());
        names.addAll(now.packages().keySet());
        for (String name : names) {
            compare(
                    StaleReason.Kind.PACKAGES,
                    name,
                    Optional.ofNullable(made.packages().get(name)),
                    Optional.ofNullable(now.packages().get(name)),
                    reasons);
        }
    }

    private static void compare(
            StaleReason.Kind kind, String what, Optional<String> was, Optional<String> now, List<StaleReason> reasons) {
        if (!was.equals(now)) {
            reasons.add(new StaleReason(kind, what, was, now));
        }
    }
}
