package dev.mgit.hooks.watch;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.modeltest.MetricRule;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which checkpoint folders stay on disk: those that any of its parts keeps, and always the newest, from which a trainer
 * goes on.
 *
 * @param best so many, by {@code metric}; 0 for none
 * @param last so many of the newest
 * @param every those whose step is a multiple of it; 0 for none
 */
public record KeepRule(int best, int last, long every, Optional<MetricRule> metric) {
    private static final Pattern PART = Pattern.compile("(best|last|every):([1-9]\\d{0,8})");
    private static final String HINT = "write best:N, last:N and every:STEPS, with commas between them";

    /** A folder to decide about. */
    record Candidate(Path folder, long step, TrainerState state) {}

    /**
     * Reads {@code best:3,last:2,every:1000}.
     *
     * @param metric {@code f1:higher}, by which checkpoints are the best
     * @throws MgitException of kind USAGE if it makes no sense
     */
    public static KeepRule parse(String text, Optional<String> metric) {
        Map<String, Integer> parts = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            Matcher form = PART.matcher(part.strip());
            if (!form.matches()) {
                throw usage("cannot read '" + part + "' in --keep", HINT);
            }
            if (parts.put(form.group(1), Integer.parseInt(form.group(2))) != null) {
                throw usage("--keep says " + form.group(1) + " twice", HINT);
            }
        }
        int best = parts.getOrDefault("best", 0);
        if (best > 0 && metric.isEmpty()) {
            throw usage("best:" + best + " needs a metric", "add --metric NAME:higher or NAME:lower");
        }
        if (best == 0 && metric.isPresent()) {
            throw usage("--metric is for best:N in --keep", "add best:N, or leave --metric out");
        }
        return new KeepRule(
                best, parts.getOrDefault("last", 0), parts.getOrDefault("every", 0), metric.map(KeepRule::direction));
    }

    private static MetricRule direction(String text) {
        MetricRule rule = MetricRule.parse(text);
        if (text.split(":", -1).length > 2) {
            throw usage("--metric takes no limits: '" + text + "'", "write NAME:higher or NAME:lower");
        }
        return rule;
    }

    private static MgitException usage(String message, String hint) {
        return new MgitException(MgitException.Kind.USAGE, message, hint);
    }

    /** @param folders in the order of their steps */
    Set<Path> keeps(List<Candidate> folders) {
        Set<Path> kept = new HashSet<>();
        int newest = Math.max(1, last);
        folders.subList(Math.max(0, folders.size() - newest), folders.size())
                .forEach(folder -> kept.add(folder.folder()));
        folders.stream()
                .filter(folder -> every > 0 && folder.step() % every == 0)
                .forEach(folder -> kept.add(folder.folder()));
        metric.ifPresent(rule -> folders.stream()
                .filter(folder -> value(folder, rule).isPresent())
                .sorted(byMetric(rule))
                .limit(best)
                .forEach(folder -> kept.add(folder.folder())));
        return kept;
    }

    /** The better first; of equals the newer. */
    private static Comparator<Candidate> byMetric(MetricRule rule) {
        return Comparator.comparingDouble(
                        (Candidate folder) -> rule.gain(value(folder, rule).orElseThrow(), 0))
                .thenComparingLong(Candidate::step)
                .reversed();
    }

    private static OptionalDouble value(Candidate folder, MetricRule rule) {
        return folder.state().metric(rule.name());
    }
}
