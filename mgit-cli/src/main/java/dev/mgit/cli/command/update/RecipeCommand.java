package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.Records;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.JsonOption;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** How versions were made. */
@Command(name = "recipe", subcommands = RecipeSetCommand.class, description = "Show or set the recipe of a version.")
public final class RecipeCommand {
    private final Context context;

    RecipeCommand(Context context) {
        this.context = context;
    }

    @Command(name = "show", description = "Show a version's recipe.")
    int show(@Parameters(paramLabel = "REV", description = "The version.") String revision, @Mixin JsonOption json)
            throws IOException {
        try (HookSession session = HookSession.open(context)) {
            VersionId id = session.resolve(revision);
            var recipes = new Recipes(session.workspace());
            Recipe recipe = recipes.get(id);
            boolean trusted = recipes.trusted(session.version(id).model(), recipe);
            if (json.wanted()) {
                Records.print(context, Records.with(recipe.toJson(), "trusted", trusted));
            } else {
                RecipeText.print(context.output(), recipe, trusted);
            }
        }
        return 0;
    }
}
