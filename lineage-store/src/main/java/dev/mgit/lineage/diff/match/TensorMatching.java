package dev.mgit.lineage.diff.match;

import dev.mgit.lineage.diff.measure.GateOrder;
import dev.mgit.lineage.tensors.CheckpointTensor;
import dev.mgit.lineage.tensors.TensorSamples;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds which tensor of one checkpoint stands for which of another: blocks of a stack first ({@link StackAlignment}),
 * then the parameters within matched units, then what is left by content, wherever it is.
 */
public final class TensorMatching {
    /** Tensors left over are compared by their values only while there are few. */
    private static final int MAX_COMPARED = 64;

    /** Two tensors that stand for each other, or one that stands alone. */
    public record TensorMatch(Optional<CheckpointTensor> a, Optional<CheckpointTensor> b) {}

    private final TensorSamples samples = new TensorSamples();
    private final List<UnitMatch> units = new ArrayList<>();
    private final List<TensorMatch> tensors = new ArrayList<>();
    private final Set<CheckpointTensor> leftA = new LinkedHashSet<>();
    private final Set<CheckpointTensor> leftB = new LinkedHashSet<>();

    private TensorMatching() {}

    public static TensorMatching of(List<CheckpointTensor> a, List<CheckpointTensor> b) throws IOException {
        var matching = new TensorMatching();
        matching.leftA.addAll(a);
        matching.leftB.addAll(b);
        matching.units(Unit.of(a), Unit.of(b));
        for (UnitMatch unit : matching.units) {
            if (unit.a().isPresent() && unit.b().isPresent()) {
                matching.within(unit.a().get(), unit.b().get());
            }
        }
        matching.byContent();
        matching.byValues();
        matching.leftA.forEach(left -> matching.tensors.add(new TensorMatch(Optional.of(left), Optional.empty())));
        matching.leftB.forEach(left -> matching.tensors.add(new TensorMatch(Optional.empty(), Optional.of(left))));
        return matching;
    }

    /** Tensors of one name on both sides, and the others alone: for what has no layers and nobody renames. */
    public static List<TensorMatch> byName(List<CheckpointTensor> a, List<CheckpointTensor> b) {
        Map<String, CheckpointTensor> right = new LinkedHashMap<>();
        b.forEach(weight -> right.put(weight.name(), weight));
        List<TensorMatch> matches = new ArrayList<>();
        for (CheckpointTensor weight : a) {
            matches.add(new TensorMatch(Optional.of(weight), Optional.ofNullable(right.remove(weight.name()))));
        }
        right.values().forEach(weight -> matches.add(new TensorMatch(Optional.empty(), Optional.of(weight))));
        return matches;
    }

    public List<UnitMatch> units() {
        return units;
    }

    public List<TensorMatch> tensors() {
        return tensors;
    }

    private void units(List<Unit> a, List<Unit> b) throws IOException {
        Map<String, List<Unit>> left = families(a);
        Map<String, List<Unit>> right = families(b);
        for (String family : List.copyOf(left.keySet())) {
            if (right.containsKey(family)) {
                pair(left, family, right, family);
            }
        }
        pairOthers(left, right, family -> structures(family, Unit::structure));
        pairOthers(left, right, family -> structures(family, Unit::shapes));
        left.values().forEach(family -> family.forEach(unit -> units.add(UnitMatch.dropped(unit))));
        right.values().forEach(family -> family.forEach(unit -> units.add(UnitMatch.inserted(unit))));
    }

    private static Map<String, List<Unit>> families(List<Unit> units) {
        Map<String, List<Unit>> families = new LinkedHashMap<>();
        for (Unit unit : units) {
            String key = unit.isBlock() ? unit.family() + ".*" : unit.name();
            families.computeIfAbsent(key, name -> new ArrayList<>()).add(unit);
        }
        return families;
    }

    private static Object structures(List<Unit> family, Function<Unit, List<String>> structure) {
        return List.of(family.get(0).isBlock(), structure.apply(family.get(0)));
    }

    /** Stacks and layers under other names: those whose structure no other on either side has. */
    private void pairOthers(
            Map<String, List<Unit>> left, Map<String, List<Unit>> right, Function<List<Unit>, Object> structure)
            throws IOException {
        Map<Object, List<String>> candidates = new HashMap<>();
        right.forEach((name, family) -> candidates
                .computeIfAbsent(structure.apply(family), key -> new ArrayList<>())
                .add(name));
        Map<Object, Integer> count = new HashMap<>();
        left.values().forEach(family -> count.merge(structure.apply(family), 1, Integer::sum));
        for (String family : List.copyOf(left.keySet())) {
            Object key = structure.apply(left.getOrDefault(family, List.of()));
            List<String> others = candidates.getOrDefault(key, List.of());
            boolean unique = others.size() == 1 && count.getOrDefault(key, 0) == 1;
            if (unique && related(left.getOrDefault(family, List.of()), right.getOrDefault(others.get(0), List.of()))) {
                pair(left, family, right, others.get(0));
            }
        }
    }

    /** A stack under another name is known by its structure alone; a single layer must also have something in common. */
    private boolean related(List<Unit> a, List<Unit> b) throws IOException {
        if (a.isEmpty() || b.isEmpty() || a.get(0).isBlock()) {
            return !a.isEmpty() && !b.isEmpty();
        }
        for (CheckpointTensor weight : a.get(0).weights()) {
            for (CheckpointTensor other : b.get(0).weights()) {
                if (samples.correlation(weight, other).orElse(0.0) >= TensorSamples.RELATED) {
                    return true;
                }
            }
        }
        return false;
    }

    private void pair(Map<String, List<Unit>> left, String a, Map<String, List<Unit>> right, String b)
            throws IOException {
        List<Unit> from = left.remove(a);
        List<Unit> to = right.remove(b);
        if (from != null && to != null) {
            if (from.get(0).isBlock()) {
                units.addAll(new StackAlignment(from, to, samples).match());
            } else {
                units.add(UnitMatch.of(from.get(0), to.get(0), UnitMatch.Kind.KEPT));
            }
        }
    }

    private void within(Unit a, Unit b) throws IOException {
        Map<String, CheckpointTensor> bySuffix = new HashMap<>();
        b.weights().forEach(weight -> bySuffix.put(b.suffix(weight), weight));
        List<CheckpointTensor> unlike = new ArrayList<>();
        for (CheckpointTensor weight : a.weights()) {
            CheckpointTensor other = bySuffix.get(a.suffix(weight));
            if (other != null && weight.object().equals(other.object())) {
                match(weight, other);
            } else {
                unlike.add(weight);
            }
        }
        exchanged(unlike, b.weights());
        for (CheckpointTensor weight : unlike) {
            CheckpointTensor other = bySuffix.get(a.suffix(weight));
            if (other != null && leftA.contains(weight) && leftB.contains(other)) {
                match(weight, other);
            }
        }
        byValues(
                unlike.stream().filter(leftA::contains).toList(),
                b.weights().stream().filter(leftB::contains).toList());
    }

    private void match(CheckpointTensor a, CheckpointTensor b) {
        leftA.remove(a);
        leftB.remove(b);
        tensors.add(new TensorMatch(Optional.of(a), Optional.of(b)));
    }

    /** Parameters whose content stands under another name: where it occurs once on each side. */
    private void exchanged(Iterable<CheckpointTensor> a, Iterable<CheckpointTensor> b) {
        Map<ObjectId, List<CheckpointTensor>> left = byObject(a, leftA);
        Map<ObjectId, List<CheckpointTensor>> right = byObject(b, leftB);
        left.forEach((object, weights) -> {
            List<CheckpointTensor> others = right.getOrDefault(object, List.of());
            if (weights.size() == 1 && others.size() == 1) {
                match(weights.get(0), others.get(0));
            }
        });
    }

    private static Map<ObjectId, List<CheckpointTensor>> byObject(
            Iterable<CheckpointTensor> weights, Set<CheckpointTensor> among) {
        Map<ObjectId, List<CheckpointTensor>> byObject = new LinkedHashMap<>();
        for (CheckpointTensor weight : weights) {
            if (among.contains(weight)) {
                byObject.computeIfAbsent(weight.object(), object -> new ArrayList<>())
                        .add(weight);
            }
        }
        return byObject;
    }

    /** What is left over by content, several of one content (tied weights) in the order of their names. */
    private void byContent() {
        Map<ObjectId, List<CheckpointTensor>> right = byObject(List.copyOf(leftB), leftB);
        byObject(List.copyOf(leftA), leftA).forEach((object, weights) -> {
            List<CheckpointTensor> others = right.getOrDefault(object, List.of());
            for (int i = 0; i < Math.min(weights.size(), others.size()); i++) {
                match(weights.get(i), others.get(i));
            }
        });
    }

    private void byValues() throws IOException {
        byValues(List.copyOf(leftA), List.copyOf(leftB));
    }

    /** Parameters of one shape and of related values: renamed and changed. */
    private void byValues(List<CheckpointTensor> a, List<CheckpointTensor> b) throws IOException {
        if (a.size() > MAX_COMPARED || b.size() > MAX_COMPARED) {
            return;
        }
        for (CheckpointTensor weight : a) {
            CheckpointTensor closest = null;
            double best = TensorSamples.RELATED;
            for (CheckpointTensor other : b) {
                if (leftB.contains(other) && !weight.companion() && !other.companion()) {
                    double found = correlation(weight, other);
                    if (found > best) {
                        best = found;
                        closest = other;
                    }
                }
            }
            if (closest != null) {
                match(weight, closest);
            }
        }
    }

    /** Matrices of recurrent layers whose gates are packed in another order agree in that order only. */
    private double correlation(CheckpointTensor a, CheckpointTensor b) throws IOException {
        double straight = samples.correlation(a, b).orElse(0.0);
        boolean gates = straight <= TensorSamples.RELATED
                && GateOrder.isRecurrent(b.name())
                && GateOrder.of(a, b).isPresent();
        return gates ? 1 : straight;
    }
}
