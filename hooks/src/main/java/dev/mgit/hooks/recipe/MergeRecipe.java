package dev.mgit.hooks.recipe;

import dev.mgit.hooks.executor.Limits;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The recipe of a merge: {@code mgit merge} itself, on the parents' folders. */
public final class MergeRecipe {
    private MergeRecipe() {}

    /**
     * A recipe.
     *
     * @param parents ours, theirs, and the common ancestor where there is one
     * @param rules as the user wrote them
     * @param seconds how long it took
     */
    public static Recipe of(List<Recipe.Parent> parents, List<String> rules, Instant started, double seconds) {
        List<String> command = new ArrayList<>(List.of("mgit", "merge", "{parent1}", "{parent2}"));
        if (parents.size() > 2) {
            command.addAll(List.of("--base", "{parent3}"));
        }
        command.addAll(List.of("--output", "{output}"));
        rules.forEach(rule -> command.addAll(List.of("--strategy", rule)));
        return new Recipe(
                command,
                false,
                ".",
                Map.of(),
                List.of(),
                parents,
                Optional.empty(),
                Limits.NONE,
                List.of(),
                false,
                List.of(),
                Recipe.Circumstances.none(Map.of(), started).took(seconds));
    }
}
