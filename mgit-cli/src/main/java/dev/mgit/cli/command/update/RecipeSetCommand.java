package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RecipeRunner;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a version a recipe. */
@Command(
        name = "set",
        description = {
            "Give a version a recipe in place of the recorded one, so that mgit update can rebuild it. Runs nothing; the "
                    + "recorded one is kept, and audits say that it was replaced.",
            "With nothing but --freeze, --entangle, --init-from or --no-sharing, changes what the recipe declares.",
            "The parents are the version's own; {parent1}, … are their folders, {output} is the output folder. The "
                    + "command will run in the current folder."
        })
final class RecipeSetCommand implements Callable<Integer> {
    private final Context context;

    @Parameters(index = "0", paramLabel = "REV", description = "The version.")
    private String revision = "";

    @Parameters(
            index = "1..*",
            paramLabel = "COMMAND",
            arity = "0..*",
            description = "Program and arguments, after --.")
    private List<String> command = new ArrayList<>();

    @Option(names = "--like", paramLabel = "REV", description = "Copy the recipe of this version, e.g. MODEL~1.")
    private @Nullable String like;

    @Mixin
    private final RecipeOptions options = new RecipeOptions();

    @Mixin
    private final WaitOption wait = new WaitOption();

    RecipeSetCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException {
        boolean only = options.sharing().given();
        if (like == null ? command.isEmpty() && !only : !command.isEmpty()) {
            throw MgitException.usage("give either -- COMMAND or --like REV");
        }
        try (HookSession session = HookSession.open(context, wait)) {
            VersionId id = session.resolve(revision);
            Version version = session.version(id);
            List<Recipe.Parent> parents = version.origins().stream()
                    .map(edge -> new Recipe.Parent(edge.model(), edge.parent(), edge.kind()))
                    .toList();
            var recipes = new Recipes(session.workspace());
            recipes.set(id, command.isEmpty() ? copied(session, recipes, parents) : given(session, version, parents));
            context.output().line("Recipe of " + session.session().name(id) + " set");
        }
        return 0;
    }

    private Recipe given(HookSession session, Version version, List<Recipe.Parent> parents) {
        var runner = new RecipeRunner(session.workspace(), session.localExecutor());
        return runner.recipe(options.request(context, session, List.of(version.model()), parents, "", command));
    }

    private Recipe copied(HookSession session, Recipes recipes, List<Recipe.Parent> parents) {
        VersionId other = session.resolve(like == null ? revision : like);
        Recipe recipe = recipes.get(other);
        recipes.requireTrusted(session.version(other).model(), recipe);
        Recipe copy =
                recipe.with(recipe.inputs(), parents.isEmpty() ? recipe.parents() : parents, recipe.circumstances());
        return options.sharing().given() ? copy.sharing(options.sharing().promises(session)) : copy;
    }
}
