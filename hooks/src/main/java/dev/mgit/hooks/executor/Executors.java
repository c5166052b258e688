package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes executors as a repository's settings describe them: {@code executor.name}, {@code executor.gpus} (devices, by
 * commas), and what a job gets that says nothing itself: {@code executor.cpus}, {@code executor.memory},
 * {@code executor.timeout}; {@code slurm.arguments} are further arguments for {@code sbatch}. A new scheduler is one
 * more case here.
 */
public final class Executors {
    private Executors() {}

    /** The executor to use where none is named. */
    public static String configured(Function<String, Optional<String>> setting) {
        return setting.apply("executor.name").orElse("local");
    }

    /**
     * @param environment for the executor's own programs
     * @throws MgitException of kind USAGE if there is no such executor or a setting cannot be read
     */
    public static Executor create(
            String name, Function<String, Optional<String>> setting, Map<String, String> environment) {
        var defaults = new Limits(
                setting.apply("executor.timeout").map(Quantities::duration),
                setting.apply("executor.memory").map(Quantities::bytes),
                setting.apply("executor.cpus")
                        .map(text -> Quantities.count("executor.cpus", text))
                        .orElse(0),
                0);
        return switch (name) {
            case "local" -> new LocalExecutor(words(setting.apply("executor.gpus"), ","), defaults);
            case "slurm" -> new SlurmExecutor(environment, words(setting.apply("slurm.arguments"), "\\s+"), defaults);
            default ->
                throw new MgitException(
                        MgitException.Kind.USAGE, "unknown executor '" + name + "'", "use local or slurm");
        };
    }

    private static List<String> words(Optional<String> text, String separator) {
        return text.stream()
                .flatMap(list -> Arrays.stream(list.split(separator)))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
