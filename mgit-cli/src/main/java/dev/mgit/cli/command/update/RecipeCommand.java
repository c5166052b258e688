package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.Records;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.verify.LaterRecipe;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** How versions were made. */
@Command(name = "recipe", subcommands = RecipeSetCommand.class, description = "Show or set the recipe of a version.")
public final class RecipeCommand {
    private final Context context;

    RecipeCommand(Context context) {
        this.context = context;
    }

    @Command(name = "show", description = "Show a version's recipe.")
    int show(
            @Parameters(paramLabel = "REV", description = "The version.") String revision,
            @Option(
                            names = "--original",
                            description = "The recipe that the version was recorded with, whatever was set later.")
                    boolean original,
            @Mixin JsonOption json)
            throws IOException {
        try (HookSession session = HookSession.open(context)) {
            VersionId id = session.resolve(revision);
            var recipes = new Recipes(session.workspace());
            Recipe recipe = original ? original(recipes, id) : recipes.get(id);
            Optional<LaterRecipe> later = original ? Optional.empty() : recipes.later(id);
            boolean trusted = recipes.trusted(session.version(id).model(), recipe);
            if (json.wanted()) {
                JsonObject record = Records.with(recipe.toJson(), "trusted", trusted);
                Records.print(
                        context,
                        later.isPresent()
                                ? Records.with(record, "later", later.get().text())
                                : record);
            } else {
                RecipeText.print(context.output(), recipe, trusted, later);
            }
        }
        return 0;
    }

    private static Recipe original(Recipes recipes, VersionId version) {
        return recipes.recorded(version)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "version " + version.abbreviated() + " was recorded without a recipe",
                        "'mgit recipe show' without --original shows what was set later"));
    }
}
