package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What an executor is made from.
 *
 * @param setting the repository's settings
 * @param environment for the executor's own programs
 */
record ExecutorSettings(Function<String, Optional<String>> setting, Map<String, String> environment) {
    ExecutorSettings {
        environment = Map.copyOf(environment);
    }

    /**
     * What a job gets that says nothing itself: {@code executor.cpus}, {@code executor.memory},
     * {@code executor.timeout}.
     *
     * @throws MgitException of kind USAGE if one of them cannot be read
     */
    Limits defaults() {
        return new Limits(
                setting.apply("executor.timeout").map(Quantities::duration),
                setting.apply("executor.memory").map(Quantities::bytes),
                setting.apply("executor.cpus")
                        .map(text -> Quantities.count("executor.cpus", text))
                        .orElse(0),
                0);
    }

    /** The parts of a setting between separators; none if it is not set. */
    List<String> words(String key, String separator) {
        return setting.apply(key).stream()
                .flatMap(list -> Arrays.stream(list.split(separator)))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }
}
