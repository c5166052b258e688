package dev.mgit.lineage.detect;

import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Tells merges from bases where two models changed different layers. Each of the two has the layers of their base that
 * the other changed, so the base can be put together from them just as a model with both changes can; and each of the
 * two from the base and that model. Values are at the corners of a parallelogram, and only the order of time tells which
 * corner is the merge.
 */
final class TakenLayers {
    /** Log-odds that a model must come after its parents: it is a base more often than a merge whose base is missing. */
    private static final double LATER = 1;

    /** Opposite sides are equally long, but distances are in units of the variance of one end. */
    private static final double ALIKE = 0.05;

    private final CandidateParents kinship;
    private final Map<Integer, Origin> merges;

    /** @param merges found so far, of which those that are none are taken out */
    TakenLayers(CandidateParents kinship, Map<Integer, Origin> merges) {
        this.kinship = kinship;
        this.merges = merges;
    }

    /** @param taken models of which each tensor is one of their parents' as it is */
    void dropBases(Set<Integer> taken) {
        Map<Integer, Double> odds = new HashMap<>();
        for (int child : taken) {
            odds.put(child, odds(child, parents(child)));
        }
        List<Integer> latestFirst = taken.stream()
                .sorted(Comparator.comparing((Integer child) -> -odds.getOrDefault(child, 0.0))
                        .thenComparing(child -> child))
                .toList();
        Set<Integer> kept = new HashSet<>();
        for (int child : latestFirst) {
            List<Integer> parents = parents(child);
            boolean isParentOfOne = parents.stream()
                    .anyMatch(parent -> kept.contains(parent) && parents(parent).contains(child));
            if (isParentOfOne
                    || odds.getOrDefault(child, 0.0) <= opposite(child, parents).orElse(LATER)) {
                merges.remove(child);
            } else {
                kept.add(child);
            }
        }
    }

    private List<Integer> parents(int child) {
        return Objects.requireNonNull(merges.get(child)).parents();
    }

    /** The mean log-odds that a model comes after some others. */
    private double odds(int child, List<Integer> parents) {
        return parents.stream()
                .mapToDouble(parent -> kinship.of(child, parent).relation().odds())
                .average()
                .orElse(0);
    }

    /** How likely a model at the opposite corner comes after the two between, if there is one. */
    private OptionalDouble opposite(int child, List<Integer> parents) {
        if (parents.size() != 2) {
            return OptionalDouble.empty();
        }
        int a = parents.get(0);
        int b = parents.get(1);
        return kinship.of(a).keySet().stream()
                .filter(other -> other != child && other != b && other != a)
                .filter(other -> areAlike(other, a, child, b) && areAlike(other, b, child, a))
                .mapToDouble(other -> odds(other, parents))
                .max();
    }

    private boolean areAlike(int from, int to, int otherFrom, int otherTo) {
        Optional<Double> side = distance(from, to);
        Optional<Double> opposite = distance(otherFrom, otherTo);
        return side.isPresent()
                && opposite.isPresent()
                && Math.abs(side.get() - opposite.get()) <= ALIKE * opposite.get();
    }

    private Optional<Double> distance(int a, int b) {
        return kinship.find(a, b).map(kin -> kin.relation().distance());
    }
}
