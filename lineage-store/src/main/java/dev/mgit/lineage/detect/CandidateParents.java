package dev.mgit.lineage.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Which subjects may come from which. Comparisons themselves are not kept, as there may be thousands. */
final class CandidateParents {
    /**
     * What is kept of a comparison of a possible parent with a child.
     *
     * @param missing share of weights that not even the smaller of the two has in common with the other
     * @param uncovered share of the child's weights that the parent does not have
     * @param unused share of the parent's weights that the child does not have
     * @param structure see {@link SketchComparison#structure()}
     * @param same share of common weights that are the same in every sample
     */
    record Kin(Relation relation, double missing, double uncovered, double unused, double structure, double same) {
        /** Whether a rule says that it is the other way around. */
        boolean isForbidden() {
            return relation.odds() <= -Relation.CERTAIN / 2;
        }

        /** How far the child is from the parent, as a logarithm: by its values, and by what either has alone. */
        double remoteness() {
            return Math.log(relation.distance() + LEAST_DISTANCE)
                    + PER_MISSING * missing
                    + PER_UNCOVERED * uncovered * uncovered
                    + PER_UNUSED * unused * unused;
        }

        /** Whether the two hold the same, so that one is as good a parent of a third as the other. */
        boolean isTwin() {
            return relation.distance() == 0 && missing + uncovered + unused < 1e-3;
        }
    }

    static final double LEAST_DISTANCE = 1e-12;

    /** A candidate that lacks weights is compared on fewer, so its distance is no measure. */
    private static final double PER_MISSING = 20;

    /**
     * What a parent does not explain of a child, squared: a head is nothing, half of a model as much as a billionth of
     * the distance. So a part at distance 0 is no parent of a whole while there is a whole one. A part taken from a model
     * is a part of its fine-tunes too, which distances tell.
     */
    private static final double PER_UNCOVERED = 80;

    private static final double PER_UNUSED = 5;

    private final List<Subject> subjects;
    private final List<Map<Integer, Kin>> parents = new ArrayList<>();

    CandidateParents(List<Subject> subjects) {
        this.subjects = subjects;
        subjects.forEach(subject -> parents.add(new TreeMap<>()));
    }

    /** Compares a possible parent with a child, and remembers what came of it for both; empty if they are not kin. */
    Optional<SketchComparison> compare(int parent, int child) {
        SketchComparison likeness = SketchComparison.of(
                subjects.get(parent).sketch(), subjects.get(child).sketch());
        Optional<Relation> relation = Relation.of(likeness);
        if (relation.isEmpty()) {
            return Optional.empty();
        }
        if (!parents.get(child).containsKey(parent)) {
            remember(parent, child, relation.get(), likeness);
            SketchComparison turned = likeness.reversed();
            remember(child, parent, Relation.of(turned).orElseThrow(), turned);
        }
        return Optional.of(likeness);
    }

    private void remember(int parent, int child, Relation relation, SketchComparison likeness) {
        Relation judged = MetadataEvidence.judged(relation, subjects.get(parent), subjects.get(child));
        Kin kin = likeness.isSame()
                ? new Kin(judged, 0, 0, 0, likeness.structure(), 1)
                : new Kin(
                        judged,
                        1 - Math.max(likeness.shareOfA(), likeness.shareOfB()),
                        1 - likeness.shareOfB(),
                        1 - likeness.shareOfA(),
                        likeness.structure(),
                        (double) likeness.same() / likeness.related().size());
        parents.get(child).put(parent, kin);
    }

    /** All kin of a subject, each as if it were the parent. */
    Map<Integer, Kin> of(int child) {
        return parents.get(child);
    }

    /** What is known of two that were compared and found kin. */
    Kin of(int child, int parent) {
        return Objects.requireNonNull(parents.get(child).get(parent), "these two are no kin");
    }

    /** The same for any two. */
    Optional<Kin> find(int child, int parent) {
        return Optional.ofNullable(parents.get(child).get(parent));
    }
}
