package dev.mgit.hooks.check;

import dev.mgit.delta.MgitException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A check that stands in place of a command: {@code builtin:NAME}, and nothing after it. */
public enum BuiltIn {
    /** NaN and infinity in weights. */
    FINITE_WEIGHTS {
        @Override
        public Report run(Path model) {
            return FiniteWeights.of(model).report();
        }

        @Override
        public boolean passes(Report report) {
            return report.metrics().getOrDefault("nan", 1.0) == 0
                    && report.metrics().getOrDefault("infinite", 1.0) == 0;
        }

        @Override
        public List<String> rules() {
            return List.of("nan:lower:max=0", "infinite:lower:max=0");
        }
    };

    private static final String PREFIX = "builtin:";

    /**
     * What a check says of a model.
     *
     * @param metrics values by name; empty if it found nothing that it could check
     * @param summary a few words for people
     * @param details all of it, a finding a line
     */
    public record Report(Map<String, Double> metrics, String summary, String details) {
        public Report {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }
    }

    /**
     * Checks the files of a model.
     *
     * @param model the folder they are in
     * @throws MgitException if one of them is damaged
     */
    public abstract Report run(Path model);

    /** What the check is judged by where the test does not say, as rules of metrics. */
    public abstract List<String> rules();

    /** Whether a report keeps these rules. */
    public abstract boolean passes(Report report);

    /** As it is typed. */
    public String word() {
        return PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a command means a check, known here or not. */
    public static boolean named(List<String> command) {
        return !command.isEmpty() && command.get(0).startsWith(PREFIX);
    }

    /**
     * The check that a command means; empty if it is a program.
     *
     * @throws MgitException of kind USAGE if there is no such check, or something stands after it
     */
    public static Optional<BuiltIn> of(List<String> command) {
        if (!named(command)) {
            return Optional.empty();
        }
        BuiltIn found = Arrays.stream(values())
                .filter(check -> check.word().equals(command.get(0)))
                .findFirst()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "no built-in check '" + command.get(0) + "'",
                        "there is " + Arrays.stream(values()).map(BuiltIn::word).collect(Collectors.joining(", "))));
        if (command.size() > 1) {
            throw new MgitException(
                    MgitException.Kind.USAGE, found.word() + " takes no arguments", "leave out what stands after it");
        }
        return Optional.of(found);
    }
}
