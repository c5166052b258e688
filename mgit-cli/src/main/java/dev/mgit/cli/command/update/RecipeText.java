package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.Records;
import dev.mgit.cli.console.Output;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.StaleReason;
import dev.mgit.lineage.verify.LaterRecipe;
import java.util.Optional;
import java.util.stream.Collectors;

/** A recipe for people. */
final class RecipeText {
    private static final int PACKAGES_SHOWN = 8;

    private RecipeText() {}

    /** @param later how the version came by it, if not when it was made */
    static void print(Output output, Recipe recipe, boolean trusted, Optional<LaterRecipe> later) {
        Recipe.Circumstances at = recipe.circumstances();
        row(output, "Command", (recipe.shell() ? "(shell) " : "") + Records.line(recipe.command()));
        later.ifPresent(set -> row(
                output,
                "Recorded",
                "no; " + set.text() + (set.replaces() ? " ('mgit recipe show --original' shows the first)" : "")));
        row(output, "Folder", recipe.directory());
        recipe.parents()
                .forEach(parent -> row(
                        output,
                        "Parent",
                        parent.kind().word() + " of " + parent.model() + "@"
                                + parent.version().abbreviated()));
        if (!recipe.group().isEmpty()) {
            row(output, "Together", String.join(", ", recipe.group()));
        }
        recipe.inputs()
                .forEach(input ->
                        row(output, "Input", input.name() + " = " + input.path() + ", SHA-256 " + input.sha256()));
        recipe.environment().forEach((name, value) -> row(output, "Variable", variable(name, value)));
        recipe.seed().ifPresent(seed -> row(output, "Seed", seed.toString()));
        recipe.sharing().forEach(promise -> row(output, "Promise", "to " + promise.text()));
        at.code()
                .ifPresent(code -> row(
                        output, "Code", "Git " + code.revision() + (code.dirty() ? ", with uncommitted changes" : "")));
        at.sources().forEach((path, digest) -> row(output, "Source", path + ", SHA-256 " + digest));
        if (!at.because().isEmpty()) {
            row(output, "Because", StaleReason.text(at.because()));
        }
        at.runtime().ifPresent(runtime -> row(output, "Runtime", runtime));
        if (!at.packages().isEmpty()) {
            row(
                    output,
                    "Packages",
                    at.packages().entrySet().stream()
                                    .limit(PACKAGES_SHOWN)
                                    .map(entry -> entry.getKey() + " " + entry.getValue())
                                    .collect(Collectors.joining(", "))
                            + (at.packages().size() > PACKAGES_SHOWN
                                    ? ", and " + (at.packages().size() - PACKAGES_SHOWN) + " more (--json)"
                                    : ""));
        }
        row(
                output,
                "Machine",
                at.machine() + at.node().map(node -> ", node " + node).orElse(""));
        row(output, "Took", at.seconds() == 0 ? "not run yet" : UpdateText.time(at.seconds()));
        row(output, "Trusted", trusted ? "yes" : "no; approve it with 'mgit hooks trust'");
    }

    private static String variable(String name, String value) {
        return switch (value) {
            case Recipe.VARIABLE -> name + ", as set where it runs";
            case Recipe.SECRET -> name + ", a secret, as set where it runs";
            default -> name + "=" + value;
        };
    }

    private static void row(Output output, String name, String value) {
        output.line(String.format("%-10s", name + ":") + value);
    }
}
