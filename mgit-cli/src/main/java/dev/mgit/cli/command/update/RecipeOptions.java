package dev.mgit.cli.command.update;

import dev.mgit.cli.command.hooks.HookSession;
import dev.mgit.cli.command.hooks.JobOptions;
import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.WeightsOnlyOption;
import dev.mgit.delta.MgitException;
import dev.mgit.hooks.data.DataRecord;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.RunRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a recipe is made of besides its command, mixed into {@code run} and {@code recipe set}. */
final class RecipeOptions {
    @Option(
            names = "--input",
            paramLabel = "[NAME=]PATH",
            description = "An input file or folder; its digest is recorded. The command gets it as {input:NAME} and "
                    + "MGIT_INPUT_NAME; an argument equal to PATH is replaced too. NAME defaults to the file name up "
                    + "to its first dot.")
    private List<String> inputs = new ArrayList<>();

    @Option(
            names = "--env",
            paramLabel = "VAR[=VALUE]",
            description = "An environment variable to record and set whenever the recipe runs; without =VALUE, its "
                    + "name alone: it has the value it has where the recipe runs.")
    private List<String> variables = new ArrayList<>();

    @Option(names = "--env-value", paramLabel = "VAR", description = "As --env VAR=VALUE with its current value.")
    private List<String> values = new ArrayList<>();

    @Option(
            names = "--secret-env",
            paramLabel = "VAR",
            description =
                    "As --env VAR, for a token or password: it must be set wherever the recipe runs, and its value "
                            + "is recorded nowhere.")
    private List<String> secrets = new ArrayList<>();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Random seed, passed to the command as {seed} and " + "MGIT_SEED.")
    private @Nullable Long seed;

    @Mixin
    private final SharingOptions sharing = new SharingOptions();

    @Mixin
    private final WeightsOnlyOption weightsOnly = new WeightsOnlyOption();

    @Mixin
    private final JobOptions job = new JobOptions();

    SharingOptions sharing() {
        return sharing;
    }

    Limits limits() {
        return job.limits();
    }

    /** The whole request; the command runs in the folder mgit was started in. */
    RunRequest request(
            Context context,
            HookSession session,
            List<String> models,
            List<Recipe.Parent> from,
            String message,
            List<String> words) {
        return request(context, session, models, from, message, words, new DataRecord(List.of()));
    }

    /** The same of a version made with further data. */
    RunRequest request(
            Context context,
            HookSession session,
            List<String> models,
            List<Recipe.Parent> from,
            String message,
            List<String> words,
            DataRecord data) {
        Map<String, Path> paths = new LinkedHashMap<>();
        List<String> command = new ArrayList<>(words);
        for (String input : inputs) {
            int equals = input.indexOf('=');
            String typed = input.substring(equals + 1);
            Path path = context.resolve(Path.of(typed));
            String name = equals > 0 ? input.substring(0, equals) : nameOf(path);
            if (!Files.exists(path)) {
                throw MgitException.usage("input '" + typed + "' does not exist");
            }
            if (paths.put(name, path) != null) {
                throw new MgitException(
                        MgitException.Kind.USAGE, "two inputs are named '" + name + "'", "write --input NAME=PATH");
            }
            command.replaceAll(word -> word.equals(typed) ? "{input:" + name + "}" : word);
        }
        return new RunRequest(
                models,
                from,
                message,
                paths,
                environment(context),
                Optional.ofNullable(seed),
                limits(),
                context.directory(),
                job.shell(),
                command,
                weightsOnly.wanted(),
                sharing.promises(session),
                data);
    }

    private static String nameOf(Path path) {
        String file = String.valueOf(path.getFileName());
        int dot = file.indexOf('.');
        return dot > 0 ? file.substring(0, dot) : file;
    }

    private Map<String, String> environment(Context context) {
        Map<String, String> environment = new LinkedHashMap<>();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            String name = equals < 0 ? variable : variable.substring(0, equals);
            String value = equals < 0 ? named(context, name, Recipe.VARIABLE) : variable.substring(equals + 1);
            environment.put(name, value);
        }
        values.forEach(name -> environment.put(name, current(context, name)));
        secrets.forEach(name -> environment.put(name, named(context, name, Recipe.SECRET)));
        return environment;
    }

    /** Recorded by its name alone, with this in place of its value. */
    private static String named(Context context, String name, String placeholder) {
        current(context, name);
        return placeholder;
    }

    private static String current(Context context, String name) {
        String value = context.terminal().environment().get(name);
        if (value == null || name.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the variable '" + name + "' is not set",
                    "set it, or write --env " + name + "=VALUE");
        }
        return value;
    }
}
