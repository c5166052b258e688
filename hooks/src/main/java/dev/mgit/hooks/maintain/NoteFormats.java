package dev.mgit.hooks.maintain;

import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import java.util.Map;
import java.util.function.Consumer;

/** What the notes of this module must look like, for {@code mgit fsck}. */
public final class NoteFormats {
    private NoteFormats() {}

    /** By namespace: reads a note, or throws. */
    public static Map<String, Consumer<byte[]>> readers() {
        return Map.of(
                TestResults.NAMESPACE,
                note -> TestResults.parse(note),
                Recipes.NAMESPACE,
                note -> Recipe.fromBytes(note, "the recipe"));
    }
}
