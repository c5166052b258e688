package dev.mgit.hooks.recipe;

import dev.mgit.hooks.data.DataRecord;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.sharing.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code mgit run} is asked to do.
 *
 * @param models the model to make; several if one command makes them together
 * @param from the parents, in order
 * @param inputs data files and folders by name
 * @param environment variables to record and to set again whenever the recipe runs
 * @param directory where the command runs; below the repository's folder
 * @param shell true if the command is a line for a shell
 * @param sharing what the model's tensors have in common with others
 * @param weightsOnly leave out the training state of what the command makes, now and whenever the recipe runs
 * @param data what else the model is made with, as the user declares it
 */
public record RunRequest(
        List<String> models,
        List<Recipe.Parent> from,
        String message,
        Map<String, Path> inputs,
        Map<String, String> environment,
        Optional<Long> seed,
        Limits limits,
        Path directory,
        boolean shell,
        List<String> command,
        boolean weightsOnly,
        List<Promise> sharing,
        DataRecord data) {
    /** One with no further data. */
    public RunRequest(
            List<String> models,
            List<Recipe.Parent> from,
            String message,
            Map<String, Path> inputs,
            Map<String, String> environment,
            Optional<Long> seed,
            Limits limits,
            Path directory,
            boolean shell,
            List<String> command,
            boolean weightsOnly,
            List<Promise> sharing) {
        this(
                models,
                from,
                message,
                inputs,
                environment,
                seed,
                limits,
                directory,
                shell,
                command,
                weightsOnly,
                sharing,
                new DataRecord(List.of()));
    }

    /** One that follows the settings. */
    public RunRequest(
            List<String> models,
            List<Recipe.Parent> from,
            String message,
            Map<String, Path> inputs,
            Map<String, String> environment,
            Optional<Long> seed,
            Limits limits,
            Path directory,
            boolean shell,
            List<String> command) {
        this(models, from, message, inputs, environment, seed, limits, directory, shell, command, false, List.of());
    }
}
