package dev.mgit.lineage.detect;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes the cheapest tree through all kin, and corrects it for updates that fine-tunes of one base have in common. */
final class FamilyTree {
    /** A root costs more than any edge, so a family has one root unless its members cannot come from each other. */
    private static final double ROOT = 100;

    /** Of members that are as likely to be the first, the one nearest to all the others is taken. */
    private static final double CENTRE = 0.3;

    /** What log-odds of direction count against a logarithm of distance; a sibling is 0.7 further than a parent. */
    private static final double PER_ODDS = 0.15;

    private static final double MOST_ODDS = 2 * MetadataEvidence.CLAIM;

    /** Names, layouts and formats decide only between candidates with the same content. */
    private static final double PER_STRUCTURE = 0.1;

    /** Frozen weights come from the parent, or from where the parent has them. */
    private static final double PER_SAME = 2;

    private static final double OF_MERGE = 0.4;

    /**
     * Fine-tunes of one base drift the same way to some degree, so one that moved little may lie nearer to its siblings
     * than their parent does. A child of s lies beyond s as seen from s's parent p, at 1 or more of the way from p to s;
     * a sibling short of it.
     */
    private static final double BEYOND = 0.9;

    private final List<Subject> subjects;
    private final CandidateParents kinship;
    private final Map<Integer, Integer> known;
    private final Map<Integer, Origin> merges;

    /**
     * @param known parents of settled subjects
     * @param merges origins that are found already
     */
    FamilyTree(
            List<Subject> subjects,
            CandidateParents kinship,
            Map<Integer, Integer> known,
            Map<Integer, Origin> merges) {
        this.subjects = subjects;
        this.kinship = kinship;
        this.known = known;
        this.merges = merges;
    }

    /** The parent of each subject; of roots a number beyond them all. */
    int[] parents() {
        int root = subjects.size();
        List<Arborescence.Edge> edges = edges();
        int[] chosen = Arborescence.of(root + 1, root, edges);
        int[] tree = new int[root];
        for (int child = 0; child < root; child++) {
            tree[child] = known.getOrDefault(child, edges.get(chosen[child]).from());
        }
        boolean[] done = new boolean[root];
        for (int child = 0; child < root; child++) {
            moveUp(tree, child, done);
        }
        return tree;
    }

    private List<Arborescence.Edge> edges() {
        List<Arborescence.Edge> edges = new ArrayList<>();
        for (int child = 0; child < subjects.size(); child++) {
            boolean settled = subjects.get(child).settled();
            edges.add(new Arborescence.Edge(subjects.size(), child, settled ? 0 : ROOT + CENTRE * centre(child)));
            if (!settled) {
                for (Map.Entry<Integer, CandidateParents.Kin> parent :
                        kinship.of(child).entrySet()) {
                    boolean possible = !parent.getValue().isForbidden() && mayHaveMerged(child, parent.getKey());
                    if (possible && agreesWithMerges(child, parent.getKey())) {
                        edges.add(new Arborescence.Edge(parent.getKey(), child, cost(parent.getValue())));
                    }
                }
            }
        }
        return edges;
    }

    private boolean agreesWithMerges(int child, int parent) {
        Optional<Origin> ofChild = Optional.ofNullable(merges.get(child));
        Optional<Origin> ofParent = Optional.ofNullable(merges.get(parent));
        return ofChild.filter(merge -> !merge.parents().contains(parent)).isEmpty()
                && ofParent.filter(merge -> merge.parents().contains(child)).isEmpty();
    }

    /**
     * A merge is nearer to the parent of what was merged than those are, by half at most. What came from a merge is
     * nearer to it than that.
     */
    private boolean mayHaveMerged(int child, int parent) {
        if (!merges.containsKey(parent)) {
            return true;
        }
        double others = kinship.of(child).entrySet().stream()
                .filter(kin ->
                        !merges.containsKey(kin.getKey()) && !kin.getValue().isForbidden())
                .mapToDouble(kin -> kin.getValue().relation().distance())
                .min()
                .orElse(Relation.FURTHEST);
        return kinship.of(child, parent).relation().distance() < OF_MERGE * others;
    }

    private static double cost(CandidateParents.Kin kin) {
        Relation relation = kin.relation();
        double odds = relation.isCertain() ? 0 : Math.max(-MOST_ODDS, Math.min(MOST_ODDS, relation.odds()));
        return kin.remoteness() - PER_ODDS * odds + PER_STRUCTURE * kin.structure() - PER_SAME * kin.same();
    }

    private double centre(int subject) {
        double distance = kinship.of(subject).values().stream()
                .mapToDouble(kin -> kin.relation().distance())
                .average()
                .orElse(0);
        return Math.log(distance + CandidateParents.LEAST_DISTANCE);
    }

    /** Hands a child on to its grandparent where it does not lie beyond its parent; ancestors first. */
    private void moveUp(int[] tree, int child, boolean[] done) {
        if (done[child]) {
            return;
        }
        done[child] = true;
        if (tree[child] < tree.length) {
            moveUp(tree, tree[child], done);
        }
        while (!subjects.get(child).settled()
                && tree[child] < tree.length
                && tree[tree[child]] < tree.length
                && isShort(child, tree[child], tree[tree[child]])) {
            tree[child] = tree[tree[child]];
        }
    }

    private boolean isShort(int child, int parent, int grandparent) {
        if (kinship.find(parent, grandparent).isEmpty()) {
            kinship.compare(grandparent, parent);
        }
        Optional<Relation> step = trained(parent, grandparent);
        Optional<Relation> near = trained(child, parent);
        Optional<Relation> far = trained(child, grandparent);
        if (step.isEmpty() || near.isEmpty() || far.isEmpty()) {
            return false;
        }
        double length = step.get().distance();
        return (far.get().distance() + length - near.get().distance()) / (2 * length) < BEYOND;
    }

    private Optional<Relation> trained(int child, int parent) {
        return kinship.find(child, parent)
                .map(CandidateParents.Kin::relation)
                .filter(relation -> !relation.isCertain() && relation.distance() > CandidateParents.LEAST_DISTANCE);
    }
}
