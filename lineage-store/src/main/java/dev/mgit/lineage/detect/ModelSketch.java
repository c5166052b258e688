package dev.mgit.lineage.detect;

import dev.mgit.lineage.tensors.AdapterFactors;
import dev.mgit.lineage.tensors.AdapterParameter;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is remembered of one checkpoint: enough to find its relatives and to say how they are related, in some tens of
 * kilobytes however large it is.
 *
 * @param formats of the files of weights, sorted
 * @param tensors in natural order of their names
 * @param keys what relatives are looked up by (see {@link SketchKeys}), without repetition
 */
@SuppressWarnings("ArrayRecordComponent") // read only within this package, and sketches are never compared
public record ModelSketch(List<String> formats, MetadataClaims claims, List<TensorSketch> tensors, int[] keys) {
    public ModelSketch {
        formats = List.copyOf(formats);
        tensors = List.copyOf(tensors);
    }

    /**
     * The weights that kinship is told by: each once, however many names it has, and of an adapter those that are zero
     * before training, as the others begin alike wherever the seed does.
     */
    List<TensorSketch> kinWeights() {
        boolean adapter = isAdapter();
        Set<Long> seen = new HashSet<>();
        return tensors.stream()
                .filter(tensor -> tensor.isWeight() && !tensor.part())
                .filter(tensor -> !adapter
                        || AdapterParameter.of(tensor.name()).isPresent()
                                && AdapterFactors.of(tensor.name())
                                        .filter(AdapterFactors::down)
                                        .isEmpty())
                .filter(tensor -> seen.add(tensor.digest()))
                .toList();
    }

    /** Elements of these. */
    long elements() {
        return kinWeights().stream().mapToLong(TensorSketch::elements).sum();
    }

    /** Elements of these that are among some tensors, by name, or of those of their parts that are. */
    long elementsAmong(Set<String> names) {
        Map<Long, Long> named = new HashMap<>();
        Map<String, Long> parts = new HashMap<>();
        for (TensorSketch tensor : tensors) {
            if (names.contains(tensor.name())) {
                if (tensor.part()) {
                    parts.merge(tensor.whole(), tensor.elements(), Long::sum);
                } else {
                    named.put(tensor.digest(), tensor.elements());
                }
            }
        }
        return kinWeights().stream()
                .mapToLong(weight -> named.getOrDefault(weight.digest(), parts.getOrDefault(weight.name(), 0L)))
                .sum();
    }

    /** Digests of all tensors, those of parts left out. */
    static Set<Long> contents(Collection<TensorSketch> tensors) {
        Set<Long> contents = new HashSet<>();
        tensors.stream()
                .filter(tensor -> !tensor.part() && tensor.digest() != 0)
                .forEach(tensor -> contents.add(tensor.digest()));
        return contents;
    }

    /** Whether this is an adapter rather than a model; heads may be saved beside it. */
    boolean isAdapter() {
        return AdapterParameter.makeUp(tensors.stream().map(TensorSketch::name).toList())
                || (claims.adapter()
                        && tensors.stream()
                                .anyMatch(tensor ->
                                        AdapterParameter.of(tensor.name()).isPresent()));
    }

    /** Whether both have weights, and none in common. */
    public boolean isStrange(ModelSketch other) {
        return SketchComparison.of(other, this).isStrange();
    }
}
