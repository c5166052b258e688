package dev.mgit.lineage.detect;

import dev.mgit.lineage.version.EdgeKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the family trees of many checkpoints at once. Every checkpoint is compared with the few that share most keys
 * with it. Merges are recognised first; for the others the cheapest arborescence under a common root is taken, where an
 * edge costs the logarithm of the distance, less what speaks for its direction, and edges a rule forbids are left out
 * (after Horwitz, Shul and Hoshen, "Model Tree Heritage Recovery", 2024, whose cost is the distance itself). A
 * logarithm, because distances in one family span casts (1e-6) and pruning (0.1), while a parent is always half as far,
 * in squares, as a sibling as different.
 */
final class LineageInference {
    private static final double MERGE_CONFIDENCE = 0.95;
    private static final double ADAPTER_CONFIDENCE = 0.9;

    /** That a parent is the nearest one, where the child's own files say so too. */
    private static final double CLAIMED_CONFIDENCE = 0.98;

    private final List<Subject> subjects;
    private final CandidateParents kinship;
    private final Map<Integer, Origin> merges = new HashMap<>();

    private LineageInference(List<Subject> subjects) {
        this.subjects = subjects;
        this.kinship = new CandidateParents(subjects);
    }

    /** Finds the nearest of some subjects for one of them, by number; in any order, itself included or not. */
    @FunctionalInterface
    interface Neighbours {
        List<Integer> of(int subject);
    }

    /**
     * The origin of each subject, empty for roots and settled ones.
     *
     * @param known parents of settled subjects, by number
     */
    static List<Optional<Origin>> of(List<Subject> subjects, Map<Integer, Integer> known, Neighbours neighbours) {
        var genealogy = new LineageInference(subjects);
        for (int child = 0; child < subjects.size(); child++) {
            if (!subjects.get(child).settled()) {
                genealogy.compare(child, neighbours.of(child));
            }
        }
        genealogy.dropInverses();
        int[] tree = new FamilyTree(subjects, genealogy.kinship, known, genealogy.merges).parents();
        List<Optional<Origin>> origins = new ArrayList<>();
        for (int child = 0; child < subjects.size(); child++) {
            origins.add(subjects.get(child).settled() ? Optional.empty() : genealogy.origin(child, tree[child]));
        }
        return origins;
    }

    private void compare(int child, List<Integer> near) {
        Map<Integer, SketchComparison> possible = new HashMap<>();
        for (int other : near) {
            if (other != child) {
                kinship.compare(other, child)
                        .filter(likeness -> mayPrecede(other, child))
                        .ifPresent(likeness -> possible.put(other, likeness));
            }
        }
        List<Map.Entry<Integer, SketchComparison>> nearest = possible.entrySet().stream()
                .sorted(Comparator.comparingDouble(entry -> entry.getValue().distance()))
                .toList();
        MergeSearch.of(nearest.stream().map(Map.Entry::getValue).toList())
                .ifPresent(found -> merges.put(child, merge(nearest, found)));
    }

    /** If c is a merge of a and b, then a lies on a line with b and c too, with a weight below 0. */
    private void dropInverses() {
        merges.entrySet()
                .removeIf(merge -> merge.getValue().parents().size() > 2
                        && merge.getValue().parents().stream()
                                .map(merges::get)
                                .anyMatch(other ->
                                        other != null && other.parents().contains(merge.getKey())));
    }

    /** A merge is no older than what it was made of. */
    private boolean mayPrecede(int parent, int child) {
        Subject a = subjects.get(parent);
        Subject b = subjects.get(child);
        boolean older = a.when().isPresent()
                && b.when().isPresent()
                && b.when().get().isBefore(a.when().get().minusSeconds(60));
        return !older && kinship.of(child, parent).relation().odds() > -MetadataEvidence.VERSION;
    }

    private Origin merge(List<Map.Entry<Integer, SketchComparison>> nearest, MergeSearch.Found found) {
        List<Integer> places = found.parents().stream()
                .map(place -> nearest.get(place).getKey())
                .toList();
        StringBuilder sum = new StringBuilder("weights are ");
        for (int i = 0; i < places.size(); i++) {
            sum.append(i == 0 ? "" : " + ")
                    .append(Relation.text("%.2f", found.weights().get(i)))
                    .append(" of ")
                    .append(subjects.get(places.get(i)).name());
        }
        double distance = nearest.get(found.parents().get(0)).getValue().distance();
        sum.append(Relation.text(", all but %.1g of the distance to the first", Math.sqrt(found.left() / distance)));
        return new Origin(places, EdgeKind.MERGE, MERGE_CONFIDENCE, List.of(sum.toString()));
    }

    private Optional<Origin> origin(int child, int parent) {
        Optional<Origin> merge = Optional.ofNullable(merges.get(child));
        if (merge.isPresent()) {
            return merge;
        }
        return parent == subjects.size() ? adapted(child) : Optional.of(derived(child, parent));
    }

    private Origin derived(int child, int parent) {
        Relation relation = kinship.of(child, parent).relation();
        double next = kinship.of(child).entrySet().stream()
                .filter(other -> other.getKey() != parent && !other.getValue().isForbidden())
                .mapToDouble(other -> other.getValue().relation().distance())
                .min()
                .orElse(Relation.FURTHEST);
        double margin = Math.abs(
                Math.log((next + FamilyTree.LEAST_DISTANCE) / (relation.distance() + FamilyTree.LEAST_DISTANCE)));
        double nearest = MetadataEvidence.claims(subjects.get(child), subjects.get(parent))
                ? CLAIMED_CONFIDENCE
                : 1 - 0.5 * Math.exp(-4 * margin);
        double direction = 1 / (1 + Math.exp(-relation.odds()));
        var origin = new Origin(List.of(parent), kind(child, parent), nearest * direction, relation.evidence());
        return origin.kind() == EdgeKind.FINETUNE ? adapterMerged(child, parent, origin) : origin;
    }

    private EdgeKind kind(int child, int parent) {
        EdgeKind kind = kinship.of(child, parent).relation().kind();
        boolean version = MetadataEvidence.newer(
                        subjects.get(parent).name(), subjects.get(child).name())
                > 0;
        return kind == EdgeKind.FINETUNE && version ? EdgeKind.CONTINUE_PRETRAIN : kind;
    }

    /** A fine-tune of low rank, where an adapter of that base is among the subjects, is the two merged. */
    private Origin adapterMerged(int child, int parent, Origin origin) {
        List<Integer> adapters = new ArrayList<>();
        for (int other = 0; other < subjects.size(); other++) {
            if (subjects.get(other).sketch().isAdapter()
                    && MetadataEvidence.claims(subjects.get(other), subjects.get(parent))) {
                adapters.add(other);
            }
        }
        if (adapters.isEmpty()) {
            return origin;
        }
        int rank = LowRankTest.of(SketchComparison.of(
                        subjects.get(parent).sketch(), subjects.get(child).sketch())
                .related());
        for (int adapter : adapters) {
            if (rank > 0 && AdapterShapes.rank(subjects.get(adapter).sketch()) >= rank) {
                List<String> evidence = new ArrayList<>(origin.evidence());
                evidence.add("'" + subjects.get(adapter).name() + "' is an adapter of that rank for the same base");
                return new Origin(List.of(parent, adapter), EdgeKind.MERGE, origin.confidence(), evidence);
            }
        }
        return origin;
    }

    /** An adapter shares no weights with its base: only its configuration names it, and shapes agree or not. */
    private Optional<Origin> adapted(int child) {
        Subject adapter = subjects.get(child);
        if (!adapter.sketch().isAdapter()) {
            return Optional.empty();
        }
        for (int base = 0; base < subjects.size(); base++) {
            Subject subject = subjects.get(base);
            if (base != child && !subject.sketch().isAdapter() && MetadataEvidence.claims(adapter, subject)) {
                int fitting = AdapterShapes.fitting(adapter.sketch(), subject.sketch());
                if (fitting > 0) {
                    List<String> evidence = List.of(
                            "its files name '" + subject.name() + "' as its base",
                            "factors fit the shapes of " + fitting + " of its weights");
                    return Optional.of(new Origin(List.of(base), EdgeKind.ADAPTER, ADAPTER_CONFIDENCE, evidence));
                }
            }
        }
        return Optional.empty();
    }
}
