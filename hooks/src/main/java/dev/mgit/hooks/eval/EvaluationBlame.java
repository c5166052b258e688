package dev.mgit.hooks.eval;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.modeltest.MetricRule.Direction;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where along a lineage a metric was lost. Versions that were not evaluated are stepped over, so that a step may span
 * several edges.
 *
 * @param metric its whole name
 * @param steps from the version asked about back to its roots
 */
public record EvaluationBlame(String metric, Direction direction, List<Step> steps) {
    /**
     * From one evaluated version to the next evaluated one it was made from.
     *
     * @param kind of the last edge on the way, {@code version} for the same model
     * @param between versions on the way that were not evaluated
     * @param incomparable the field by which the two runs differ, if they cannot be compared
     */
    public record Step(
            VersionId child,
            VersionId parent,
            String kind,
            int between,
            double before,
            double after,
            double gain,
            Optional<String> incomparable) {}

    private record Reached(VersionId version, String kind, int between) {}

    /**
     * Follows a lineage back.
     *
     * @param named the metric's whole name, or without its scenario where that is plain
     * @throws MgitException if the version has no such metric, or several
     */
    public static EvaluationBlame of(Lineage lineage, Evaluations evaluations, String named, VersionId version) {
        String metric = metric(evaluations, named, version);
        Found start = find(evaluations, version, metric).orElseThrow();
        Direction direction = start.measured()
                .direction()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.FAILED,
                        "nobody says whether " + metric + " is better higher or lower",
                        "import it again with --better METRIC=higher or =lower"));
        List<Step> steps = new ArrayList<>();
        Deque<VersionId> open = new ArrayDeque<>(List.of(version));
        Set<VersionId> seen = new LinkedHashSet<>(List.of(version));
        while (!open.isEmpty()) {
            VersionId child = open.removeFirst();
            Found own = find(evaluations, child, metric).orElseThrow();
            for (Reached parent : evaluatedParents(lineage, evaluations, child, metric)) {
                Found other = find(evaluations, parent.version(), metric).orElseThrow();
                double before = other.measured().value();
                double after = own.measured().value();
                steps.add(new Step(
                        child,
                        parent.version(),
                        parent.kind(),
                        parent.between(),
                        before,
                        after,
                        Measured.gain(direction, after, before),
                        EvaluationDiff.difference(own.evaluation(), other.evaluation())));
                if (seen.add(parent.version())) {
                    open.addLast(parent.version());
                }
            }
        }
        return new EvaluationBlame(metric, direction, steps);
    }

    /** The step that lost most; empty if none lost anything that can be compared. */
    public Optional<Step> culprit() {
        return steps.stream()
                .filter(step -> step.incomparable().isEmpty() && step.gain() < 0)
                .min(Comparator.comparingDouble(Step::gain));
    }

    private record Found(Evaluation evaluation, Measured measured) {}

    private static Optional<Found> find(Evaluations evaluations, VersionId version, String metric) {
        return evaluations.latest(version).stream()
                .flatMap(one -> one.metrics().entrySet().stream()
                        .filter(value -> one.name(value.getKey()).equals(metric))
                        .map(value -> new Found(one, value.getValue())))
                .findFirst();
    }

    private static String metric(Evaluations evaluations, String named, VersionId version) {
        TreeSet<String> all = new TreeSet<>();
        TreeSet<String> fitting = new TreeSet<>();
        for (Evaluation one : evaluations.latest(version)) {
            for (Map.Entry<String, Measured> value : one.metrics().entrySet()) {
                String name = one.name(value.getKey());
                all.add(name);
                if (name.equals(named) || value.getKey().equals(named)) {
                    fitting.add(name);
                }
            }
        }
        if (fitting.size() == 1) {
            return fitting.first();
        }
        if (fitting.size() > 1) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "'" + named + "' was measured in several scenarios",
                    "name one: " + String.join(", ", fitting.stream().limit(5).toList()));
        }
        throw new MgitException(
                MgitException.Kind.USAGE,
                "version " + version.abbreviated() + " has no metric '" + named + "'",
                all.isEmpty()
                        ? "import one with 'mgit eval import RUN-DIR --model REV'"
                        : "it has "
                                + String.join(", ", all.stream().limit(5).toList())
                                + (all.size() > 5 ? ", …" : ""));
    }

    /** The nearest versions on every way back that have the metric. */
    private static List<Reached> evaluatedParents(
            Lineage lineage, Evaluations evaluations, VersionId child, String metric) {
        List<Reached> found = new ArrayList<>();
        Deque<Reached> open = new ArrayDeque<>(List.of(new Reached(child, "", -1)));
        Set<VersionId> seen = new LinkedHashSet<>();
        while (!open.isEmpty()) {
            Reached at = open.removeFirst();
            for (Reached parent : parents(lineage.version(at.version()), at.between() + 1)) {
                if (!seen.add(parent.version())) {
                    continue;
                }
                if (find(evaluations, parent.version(), metric).isPresent()) {
                    found.add(parent);
                } else {
                    open.addLast(parent);
                }
            }
        }
        return found;
    }

    private static List<Reached> parents(Version version, int between) {
        List<Reached> parents = new ArrayList<>();
        version.previous().ifPresent(previous -> parents.add(new Reached(previous, "version", between)));
        for (ProvenanceEdge edge : version.origins()) {
            parents.add(new Reached(edge.parent(), edge.kind().word(), between));
        }
        return parents;
    }
}
