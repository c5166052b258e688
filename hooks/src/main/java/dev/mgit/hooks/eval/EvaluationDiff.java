package dev.mgit.hooks.eval;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.modeltest.MetricRule.Direction;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What a version won and lost against another, instance by instance.
 *
 * @param metrics those that can be compared, by scenario and name
 * @param onlyOne scenarios that only one of the two was evaluated in
 */
public record EvaluationDiff(List<Metric> metrics, List<String> onlyOne) {
    /** How it is told whether a difference may be chance. */
    public enum Test {
        SIGN,
        BOOTSTRAP
    }

    /** @param metrics which ones; without any, as for {@link EvaluationTable#of} */
    public record Options(Glob scenarios, Optional<Glob> metrics, Test test, long seed) {}

    /** An instance whose value changed. */
    public record Flip(String instance, double before, double after, double gain) {}

    /**
     * One metric of one scenario.
     *
     * @param gain of the means; positive is better
     * @param pairs instances that both have
     * @param unpaired instances that only one has
     * @param better how many of the pairs became better
     * @param p two-sided; empty where there are no pairs
     * @param interval 95% of the mean gain, of the bootstrap only
     * @param flips the instances that changed, the worst first
     */
    public record Metric(
            String scenario,
            String metric,
            Direction direction,
            double before,
            double after,
            double gain,
            int pairs,
            int unpaired,
            int better,
            int worse,
            Optional<Double> p,
            Optional<double[]> interval,
            List<Flip> flips) {
        public String name() {
            return scenario + "/" + metric;
        }

        /**
         * Whether it is worse by more than is accepted: by more than a limit or, without one, by what chance explains in
         * fewer than {@code alpha} of cases.
         */
        public boolean regressed(Optional<Double> limit, double alpha) {
            return gain < 0
                    && limit.map(most -> -gain > most)
                            .orElseGet(() -> p.filter(value -> value < alpha).isPresent());
        }
    }

    /** @throws MgitException if no scenario is common to both, or a common one was run by different specs */
    public static EvaluationDiff of(Evaluations evaluations, VersionId child, VersionId parent, Options options) {
        Map<String, Evaluation> after = byScenario(evaluations, child, options.scenarios());
        Map<String, Evaluation> before = byScenario(evaluations, parent, options.scenarios());
        List<Metric> metrics = new ArrayList<>();
        for (Map.Entry<String, Evaluation> scenario : after.entrySet()) {
            Evaluation old = before.get(scenario.getKey());
            if (old != null) {
                requireSameSpec(scenario.getValue(), old);
                metrics.addAll(compare(evaluations, child, scenario.getValue(), parent, old, options));
            }
        }
        TreeSet<String> onlyOne = new TreeSet<>(after.keySet());
        onlyOne.addAll(before.keySet());
        onlyOne.removeIf(name -> after.containsKey(name) && before.containsKey(name));
        if (metrics.isEmpty()) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    child.abbreviated() + " and " + parent.abbreviated() + " have no evaluation in common",
                    "import one for each with 'mgit eval import RUN-DIR --model REV'; 'mgit eval table' shows what there is");
        }
        return new EvaluationDiff(
                metrics, onlyOne.stream().map(name -> name.split(" ", 2)[1]).toList());
    }

    private static Map<String, Evaluation> byScenario(Evaluations evaluations, VersionId version, Glob scenarios) {
        Map<String, Evaluation> all = new LinkedHashMap<>();
        evaluations.latest(version).stream()
                .filter(one -> scenarios.test(one.scenario()))
                .forEach(one -> all.put(one.harness() + " " + one.scenario(), one));
        return all;
    }

    /** The first field by which two runs differ; empty if they can be compared. */
    static Optional<String> difference(Evaluation one, Evaluation other) {
        var fields = new TreeSet<>(one.spec().keySet());
        fields.addAll(other.spec().keySet());
        return fields.stream()
                .filter(field -> !String.valueOf(one.spec().get(field))
                        .equals(String.valueOf(other.spec().get(field))))
                .findFirst()
                .map(field -> field + " is " + shown(one, field) + ", was " + shown(other, field));
    }

    private static String shown(Evaluation evaluation, String field) {
        String value = evaluation.spec().getOrDefault(field, "not set");
        return value.length() > 60 ? value.substring(0, 57) + "..." : value;
    }

    private static void requireSameSpec(Evaluation child, Evaluation parent) {
        difference(child, parent).ifPresent(field -> {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the runs of " + child.scenario() + " cannot be compared: " + field,
                    "evaluate both alike, or leave it out with --scenario");
        });
    }

    private static List<Metric> compare(
            Evaluations evaluations,
            VersionId child,
            Evaluation after,
            VersionId parent,
            Evaluation before,
            Options options) {
        Optional<Instances> own = evaluations.instances(child, after);
        Optional<Instances> others = evaluations.instances(parent, before);
        List<Metric> metrics = new ArrayList<>();
        after.metrics().forEach((name, value) -> {
            boolean wanted = value.direction().isPresent()
                    && EvaluationTable.wanted(options.metrics(), name, after.name(name), value);
            Optional.ofNullable(before.metrics().get(name))
                    .filter(old -> wanted)
                    .ifPresent(old -> metrics.add(metric(
                            after.scenario(),
                            name,
                            value,
                            old,
                            own.map(all -> all.of(name)).orElse(Map.of()),
                            others.map(all -> all.of(name)).orElse(Map.of()),
                            options)));
        });
        return metrics;
    }

    private static Metric metric(
            String scenario,
            String name,
            Measured after,
            Measured before,
            Map<String, Double> own,
            Map<String, Double> others,
            Options options) {
        Direction direction = after.direction().orElseThrow();
        List<Flip> pairs = new ArrayList<>();
        own.forEach((id, value) -> Optional.ofNullable(others.get(id))
                .ifPresent(old -> pairs.add(new Flip(id, old, value, Measured.gain(direction, value, old)))));
        int better = (int) pairs.stream().filter(pair -> pair.gain() > 0).count();
        int worse = (int) pairs.stream().filter(pair -> pair.gain() < 0).count();
        Optional<Bootstrap> drawn = options.test() == Test.BOOTSTRAP && !pairs.isEmpty()
                ? Optional.of(
                        Bootstrap.of(pairs.stream().mapToDouble(Flip::gain).toArray(), options.seed()))
                : Optional.empty();
        Optional<Double> p = pairs.isEmpty()
                ? Optional.empty()
                : Optional.of(drawn.map(Bootstrap::p).orElseGet(() -> SignTest.p(better, worse)));
        return new Metric(
                scenario,
                name,
                direction,
                before.value(),
                after.value(),
                Measured.gain(direction, after.value(), before.value()),
                pairs.size(),
                own.size() + others.size() - 2 * pairs.size(),
                better,
                worse,
                p,
                drawn.map(found -> new double[] {found.low(), found.high()}),
                pairs.stream()
                        .filter(pair -> pair.gain() != 0)
                        .sorted(Comparator.comparingDouble(Flip::gain).thenComparing(Flip::instance))
                        .toList());
    }
}
