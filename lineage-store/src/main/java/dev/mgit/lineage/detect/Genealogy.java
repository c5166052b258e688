package dev.mgit.lineage.detect;

import dev.mgit.lineage.version.EdgeKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the family trees of many checkpoints at once. Every checkpoint is compared with the few that share most keys
 * with it. Merges are recognised first; for the others the cheapest arborescence under a common root is taken, where an
 * edge costs the logarithm of the distance, less what speaks for its direction, and edges a rule forbids are left out
 * (after Horwitz, Shul and Hoshen, "Model Tree Heritage Recovery", 2024, whose cost is the distance itself). A
 * logarithm, because distances in one family span casts (1e-6) and pruning (0.1), while a parent is always half as far,
 * in squares, as a sibling as different.
 */
public final class Genealogy {
    /** A root costs more than any edge, so a family has one root unless its members cannot come from each other. */
    private static final double ROOT = 100;

    /** Of members that are as likely to be the first, the one nearest to all the others is taken. */
    private static final double CENTRE = 0.3;

    /** What log-odds of direction count against a logarithm of distance; a sibling is 0.7 further than a parent. */
    private static final double PER_ODDS = 0.15;

    /** Weights of one side that the other does not have, as a share. */
    private static final double PER_MISSING = 20;

    /** Names, layouts and formats decide only between candidates with the same content. */
    private static final double PER_STRUCTURE = 0.1;

    private static final double LEAST_DISTANCE = 1e-12;

    private final List<Subject> subjects;
    private final Map<Integer, Integer> known;
    private final List<Map<Integer, Relation>> parents = new ArrayList<>();
    private final List<Map<Integer, Likeness>> likenesses = new ArrayList<>();

    private Genealogy(List<Subject> subjects, Map<Integer, Integer> known) {
        this.subjects = subjects;
        this.known = known;
        subjects.forEach(subject -> {
            parents.add(new TreeMap<>());
            likenesses.add(new TreeMap<>());
        });
    }

    /**
     * Fine-tunes of one base drift the same way to some degree, so one that moved little may lie nearer to its siblings
     * than their parent does. A child of s lies beyond s as seen from s's parent p, at 1 or more of the way from p to s;
     * a sibling short of it.
     */
    private static final double BEYOND = 0.9;

    /** Finds the nearest of some subjects for one of them, by number; in any order, itself included or not. */
    @FunctionalInterface
    public interface Neighbours {
        List<Integer> of(int subject);
    }

    /**
     * The origin of each subject, empty for roots and settled ones.
     *
     * @param known parents of settled subjects, by number
     */
    public static List<Optional<Origin>> of(
            List<Subject> subjects, Map<Integer, Integer> known, Neighbours neighbours) {
        var genealogy = new Genealogy(subjects, known);
        for (int child = 0; child < subjects.size(); child++) {
            for (int other : neighbours.of(child)) {
                genealogy.relate(other, child);
            }
        }
        return genealogy.origins();
    }

    private void relate(int a, int b) {
        boolean bothSettled = subjects.get(a).settled() && subjects.get(b).settled();
        if (a != b && !bothSettled && !likenesses.get(b).containsKey(a)) {
            compare(a, b);
        }
    }

    private void compare(int a, int b) {
        Subject first = subjects.get(a);
        Subject second = subjects.get(b);
        Likeness likeness = Likeness.of(first.sketch(), second.sketch());
        Optional<Relation> relation = Relation.of(likeness).map(found -> Context.judged(found, first, second));
        if (relation.isEmpty()) {
            return;
        }
        likenesses.get(b).put(a, likeness);
        likenesses.get(a).put(b, likeness.reversed());
        parents.get(b).put(a, relation.get());
        parents.get(a).put(b, relation.get().reversed());
    }

    private List<Optional<Origin>> origins() {
        Map<Integer, Origin> merges = merges();
        List<Arborescence.Edge> edges = edges(merges);
        int[] tree = tree(edges);
        List<Optional<Origin>> origins = new ArrayList<>();
        for (int child = 0; child < subjects.size(); child++) {
            int parent = tree[child];
            if (merges.containsKey(child)) {
                origins.add(Optional.of(merges.get(child)));
            } else if (parent == subjects.size()) {
                origins.add(adapted(child));
            } else {
                origins.add(Optional.of(origin(child, parent)));
            }
        }
        return origins;
    }

    /** The parent of each subject; of roots a number beyond them all. */
    private int[] tree(List<Arborescence.Edge> edges) {
        int root = subjects.size();
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

    /** Hands a child on to its grandparent where it does not lie beyond its parent, ancestors first. */
    private void moveUp(int[] tree, int child, boolean[] done) {
        if (done[child]) {
            return;
        }
        done[child] = true;
        if (tree[child] < tree.length) {
            moveUp(tree, tree[child], done);
        }
        while (tree[child] < tree.length && tree[tree[child]] < tree.length && !subjects.get(child).settled()) {
            int parent = tree[child];
            int grandparent = tree[parent];
            if (parents.get(parent).get(grandparent) == null) {
                compare(grandparent, parent);
            }
            Relation step = parents.get(parent).get(grandparent);
            Relation near = parents.get(child).get(parent);
            Relation far = parents.get(child).get(grandparent);
            boolean trained = step != null && far != null && !step.isCertain() && !near.isCertain() && !far.isCertain();
            if (!trained || near.distance() <= LEAST_DISTANCE || step.distance() <= LEAST_DISTANCE) {
                return;
            }
            double along = (far.distance() + step.distance() - near.distance()) / (2 * step.distance());
            if (along >= BEYOND) {
                return;
            }
            tree[child] = grandparent;
        }
    }

    private List<Arborescence.Edge> edges(Map<Integer, Origin> merges) {
        List<Arborescence.Edge> edges = new ArrayList<>();
        for (int child = 0; child < subjects.size(); child++) {
            boolean settled = subjects.get(child).settled();
            edges.add(new Arborescence.Edge(subjects.size(), child, settled ? 0 : ROOT + CENTRE * centre(child)));
            if (settled) {
                continue;
            }
            for (Map.Entry<Integer, Relation> parent : parents.get(child).entrySet()) {
                boolean ofMerge = merges.containsKey(child)
                        && !merges.get(child).parents().contains(parent.getKey());
                boolean toMerge = merges.containsKey(parent.getKey())
                        && merges.get(parent.getKey()).parents().contains(child);
                if (parent.getValue().odds() > -Relation.CERTAIN / 2 && !ofMerge && !toMerge) {
                    edges.add(new Arborescence.Edge(parent.getKey(), child, cost(child, parent.getKey())));
                }
            }
        }
        return edges;
    }

    private double cost(int child, int parent) {
        Relation relation = parents.get(child).get(parent);
        Likeness likeness = likenesses.get(child).get(parent);
        double odds = Math.max(-2 * Context.CLAIM, Math.min(2 * Context.CLAIM, relation.odds()));
        double missing = 1 - Math.max(likeness.shareOfA(), likeness.shareOfB());
        return Math.log(relation.distance() + LEAST_DISTANCE)
                - (relation.isCertain() ? 0 : PER_ODDS * odds)
                + PER_MISSING * missing
                + PER_STRUCTURE * likeness.structure();
    }

    private double centre(int subject) {
        return Math.log(parents.get(subject).values().stream()
                        .mapToDouble(Relation::distance)
                        .average()
                        .orElse(0)
                + LEAST_DISTANCE);
    }

    private Map<Integer, Origin> merges() {
        Map<Integer, Origin> merges = new HashMap<>();
        for (int child = 0; child < subjects.size(); child++) {
            if (!subjects.get(child).settled()) {
                List<Integer> candidates = possibleParents(child);
                List<Likeness> compared =
                        candidates.stream().map(likenesses.get(child)::get).toList();
                Optional<MergeSearch.Found> found = MergeSearch.of(compared);
                if (found.isPresent()) {
                    merges.put(child, merge(child, candidates, found.get()));
                }
            }
        }
        return merges;
    }

    private Origin merge(int child, List<Integer> candidates, MergeSearch.Found found) {
        List<Integer> places = found.parents().stream().map(candidates::get).toList();
        StringBuilder sum = new StringBuilder("weights are ");
        for (int i = 0; i < places.size(); i++) {
            sum.append(i == 0 ? "" : " + ")
                    .append(Relation.text("%.2f", found.weights()[i]))
                    .append(" of ")
                    .append(subjects.get(places.get(i)).name());
        }
        double nearest = likenesses.get(child).get(places.get(0)).distance();
        sum.append(Relation.text(", all but %.1g of the distance to the nearest", Math.sqrt(found.left() / nearest)));
        return new Origin(places, EdgeKind.MERGE, 0.95, List.of(sum.toString()));
    }

    /** Relatives that may have come before, nearest first; a merge is no older than what it was made of. */
    private List<Integer> possibleParents(int child) {
        Subject subject = subjects.get(child);
        return parents.get(child).entrySet().stream()
                .filter(entry -> entry.getValue().odds() > -Context.VERSION)
                .filter(entry -> !isOlder(subject, subjects.get(entry.getKey())))
                .sorted(Comparator.comparingDouble(entry -> entry.getValue().distance()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean isOlder(Subject a, Subject b) {
        return a.when().isPresent()
                && b.when().isPresent()
                && a.when().get().isBefore(b.when().get().minusSeconds(60));
    }

    private Origin origin(int child, int parent) {
        Relation relation = parents.get(child).get(parent);
        double next = parents.get(child).entrySet().stream()
                .filter(other -> other.getKey() != parent && other.getValue().odds() > -Relation.CERTAIN / 2)
                .mapToDouble(other -> other.getValue().distance())
                .min()
                .orElse(Relation.FURTHEST);
        double margin = Math.abs(Math.log((next + LEAST_DISTANCE) / (relation.distance() + LEAST_DISTANCE)));
        double nearest = 1 - 0.5 * Math.exp(-4 * margin);
        double direction = 1 / (1 + Math.exp(-relation.odds()));
        Origin origin = new Origin(List.of(parent), kind(child, parent), nearest * direction, relation.evidence());
        return adapterMerged(child, parent, origin);
    }

    private EdgeKind kind(int child, int parent) {
        EdgeKind kind = parents.get(child).get(parent).kind();
        boolean version = Context.newer(subjects.get(parent).name(), subjects.get(child).name()) > 0;
        return kind == EdgeKind.FINETUNE && version ? EdgeKind.CONTINUE_PRETRAIN : kind;
    }

    /** A fine-tune of low rank, where an adapter of that base is among the subjects, is the two merged. */
    private Origin adapterMerged(int child, int parent, Origin origin) {
        int rank = origin.kind() == EdgeKind.FINETUNE
                ? UpdateRank.of(likenesses.get(child).get(parent).related())
                : 0;
        for (int other = 0; rank > 0 && other < subjects.size(); other++) {
            Subject adapter = subjects.get(other);
            if (adapter.sketch().isAdapter() && Context.claims(adapter, subjects.get(parent)) && fits(adapter, rank)) {
                List<String> evidence = new ArrayList<>(origin.evidence());
                evidence.add("'" + adapter.name() + "' is an adapter of that rank for the same base");
                return new Origin(List.of(parent, other), EdgeKind.MERGE, origin.confidence() * 0.9, evidence);
            }
        }
        return origin;
    }

    private static boolean fits(Subject adapter, int rank) {
        return adapter.sketch().tensors().stream()
                .filter(tensor -> tensor.name().contains("lora_A"))
                .allMatch(tensor -> Math.min(tensor.rows(), tensor.columns()) >= rank);
    }

    /** An adapter shares no weights with its base: only its configuration names it, and shapes agree or not. */
    private Optional<Origin> adapted(int child) {
        Subject adapter = subjects.get(child);
        if (adapter.settled() || !adapter.sketch().isAdapter()) {
            return Optional.empty();
        }
        for (int base = 0; base < subjects.size(); base++) {
            Subject subject = subjects.get(base);
            if (base != child && !subject.sketch().isAdapter() && Context.claims(adapter, subject)) {
                int fitting = AdapterShapes.fitting(adapter.sketch(), subject.sketch());
                if (fitting > 0) {
                    String shapes = "factors fit the shapes of " + fitting + " of its weights";
                    return Optional.of(new Origin(
                            List.of(base),
                            EdgeKind.ADAPTER,
                            0.9,
                            List.of("its files name '" + subject.name() + "' as its base", shapes)));
                }
            }
        }
        return Optional.empty();
    }
}
