package dev.mgit.lineage.detect;

import dev.mgit.lineage.version.EdgeKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;

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

    /** Share of a distance that two models which hold the same may seem apart. */
    private static final double NO_DIFFERENCE = 1e-6;

    /** That a parent is the nearest one, where the child's own files say so too. */
    private static final double CLAIMED_CONFIDENCE = 0.98;

    private final List<Subject> subjects;
    private final CandidateParents kinship;
    private final Map<Integer, Origin> merges = new HashMap<>();
    /** Merges that took each tensor from one parent as it is, if they are none of their parents' base. */
    private final Set<Integer> taken = new HashSet<>();

    /** Of models that an adapter was merged into, how well it explains what changed. */
    private final Map<Integer, Double> agreements = new HashMap<>();
    /** Of models that adapters may have been merged into, those of which samples do not tell what they add. */
    private final Map<Integer, Set<String>> untested = new HashMap<>();

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
        genealogy.taken.retainAll(genealogy.merges.keySet());
        new TakenLayers(genealogy.kinship, genealogy.merges).dropBases(genealogy.taken);
        genealogy.mergedAdapters();
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
        MergeSearch.of(nearest.stream().map(Map.Entry::getValue).toList()).ifPresent(found -> {
            merges.put(child, merge(nearest, found));
            if (found.taken()) {
                taken.add(child);
            }
        });
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
        Optional<Origin> adapted = adapted(child);
        if (adapted.isPresent() || parent == subjects.size()) {
            return adapted;
        }
        return Optional.of(derived(child, parent));
    }

    private Origin derived(int child, int parent) {
        CandidateParents.Kin kin = kinship.of(child, parent);
        Relation relation = kin.relation();
        double next = kinship.of(child).entrySet().stream()
                .filter(other -> other.getKey() != parent && !other.getValue().isForbidden())
                .filter(other -> !areTwins(child, parent, other.getKey()))
                .mapToDouble(other -> other.getValue().remoteness())
                .min()
                .orElse(Math.log(Relation.FURTHEST));
        double margin = Math.abs(next - kin.remoteness());
        double nearest = MetadataEvidence.claims(subjects.get(child), subjects.get(parent))
                ? CLAIMED_CONFIDENCE
                : 1 - 0.5 * Math.exp(-4 * margin);
        double direction = 1 / (1 + Math.exp(-relation.odds()));
        if (relation.kind() == EdgeKind.COPY) {
            direction = 1; // the same either way
        } else if (relation.kind() == EdgeKind.CONVERT) {
            direction = (1 + direction) / 2; // the values are the same either way
        }
        return new Origin(List.of(parent), kind(child, parent), nearest * direction, relation.evidence());
    }

    /** Whether two parents are as good as each other because they hold the same. */
    private boolean areTwins(int child, int parent, int other) {
        double distance = kinship.of(child, parent).relation().distance();
        double second = kinship.of(child, other).relation().distance();
        if (Math.abs(distance - second) > NO_DIFFERENCE * distance) {
            return false;
        }
        if (kinship.find(parent, other).isEmpty()) {
            kinship.compare(other, parent);
        }
        return kinship.find(parent, other).filter(CandidateParents.Kin::isTwin).isPresent();
    }

    private EdgeKind kind(int child, int parent) {
        EdgeKind kind = kinship.of(child, parent).relation().kind();
        boolean version = MetadataEvidence.newer(
                        subjects.get(parent).name(), subjects.get(child).name())
                > 0;
        return kind == EdgeKind.FINETUNE && version ? EdgeKind.CONTINUE_PRETRAIN : kind;
    }

    /** What an adapter explains all changes of, from the base it names, is the two merged. */
    private void mergedAdapters() {
        for (int adapter = 0; adapter < subjects.size(); adapter++) {
            if (subjects.get(adapter).sketch().isAdapter()) {
                for (int base = 0; base < subjects.size(); base++) {
                    if (base != adapter && MetadataEvidence.claims(subjects.get(adapter), subjects.get(base))) {
                        mergedInto(base, adapter);
                    }
                }
            }
        }
        untested.forEach((child, names) -> {
            if (names.size() > 1 && agreements.getOrDefault(child, 1.0) == 0) {
                merges.computeIfPresent(child, (place, merge) -> ofOneOf(names, merge));
            }
        });
    }

    /** Of several adapters that nothing but layers speaks for none is claimed, only the base of all. */
    private static Origin ofOneOf(Set<String> adapters, Origin merge) {
        List<String> evidence =
                new ArrayList<>(merge.evidence().subList(0, merge.evidence().size() - 1));
        evidence.add("only what one of " + String.join(", ", new TreeSet<>(adapters)) + " adapts has changed");
        return new Origin(merge.parents().subList(0, 1), EdgeKind.FINETUNE, ADAPTER_CONFIDENCE, evidence);
    }

    private void mergedInto(int base, int adapter) {
        var shapes = new AdapterShapes(subjects.get(adapter).sketch());
        if (shapes.fitting(subjects.get(base).sketch()) == 0) {
            return;
        }
        for (int child : kinship.of(base).keySet()) {
            Relation relation = kinship.of(child, base).relation();
            boolean open = !subjects.get(child).settled() && relation.kind() == EdgeKind.FINETUNE;
            OptionalDouble explained = !open || child == adapter
                    ? OptionalDouble.empty()
                    : shapes.explains(SketchComparison.of(
                            subjects.get(base).sketch(), subjects.get(child).sketch()));
            // of those that explain it as well, the one that it is named after
            boolean named =
                    subjects.get(child).name().startsWith(subjects.get(adapter).name());
            if (explained.isPresent() && explained.getAsDouble() == 0) {
                untested.computeIfAbsent(child, place -> new HashSet<>())
                        .add(subjects.get(adapter).name());
            }
            double agreement = explained.orElse(0) + (named ? 1e-6 : 0);
            if (explained.isPresent() && agreement > agreements.getOrDefault(child, -1.0)) {
                List<String> evidence = new ArrayList<>(relation.evidence());
                evidence.add("only what '" + subjects.get(adapter).name() + "' adapts has changed, " + shapes.words());
                merges.put(child, new Origin(List.of(base, adapter), EdgeKind.MERGE, ADAPTER_CONFIDENCE, evidence));
                agreements.put(child, agreement);
                dropMergeOf(base, child);
            }
        }
    }

    /** What was merged into is older: two fine-tunes that changed different layers have it between them, too. */
    private void dropMergeOf(int base, int merged) {
        Origin of = merges.get(base);
        if (of != null && of.parents().contains(merged)) {
            merges.remove(base);
        }
    }

    /** An adapter shares no weights with its base: only its configuration names it, and shapes agree or not. */
    private Optional<Origin> adapted(int child) {
        Subject adapter = subjects.get(child);
        if (!adapter.sketch().isAdapter()) {
            return Optional.empty();
        }
        var shapes = new AdapterShapes(adapter.sketch());
        for (int base = 0; base < subjects.size(); base++) {
            Subject subject = subjects.get(base);
            if (base != child && !subject.sketch().isAdapter() && MetadataEvidence.claims(adapter, subject)) {
                int fitting = shapes.fitting(subject.sketch());
                if (fitting > 0) {
                    List<String> evidence = List.of(
                            "its files name '" + subject.name() + "' as its base", shapes.fittingWords(fitting));
                    return Optional.of(new Origin(List.of(base), EdgeKind.ADAPTER, ADAPTER_CONFIDENCE, evidence));
                }
            }
        }
        return Optional.empty();
    }
}
