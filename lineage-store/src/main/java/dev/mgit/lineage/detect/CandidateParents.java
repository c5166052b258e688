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
     * @param structure see {@link SketchComparison#structure()}
     * @param same share of common weights that are the same in every sample
     */
    record Kin(Relation relation, double missing, double structure, double same) {
        /** Whether a rule says that it is the other way around. */
        boolean isForbidden() {
            return relation.odds() <= -Relation.CERTAIN / 2;
        }
    }

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
        parents.get(child)
                .put(
                        parent,
                        new Kin(
                                MetadataEvidence.judged(relation, subjects.get(parent), subjects.get(child)),
                                1 - Math.max(likeness.shareOfA(), likeness.shareOfB()),
                                likeness.structure(),
                                (double) likeness.same() / likeness.related().size()));
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
