package dev.mgit.lineage.detect;

import java.util.List;

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

    /** Elements of all weights with numbers. */
    long elements() {
        return tensors.stream()
                .filter(TensorSketch::isWeight)
                .mapToLong(TensorSketch::elements)
                .sum();
    }

    /** Whether these are factors of a low-rank adapter rather than a model. */
    boolean isAdapter() {
        return !tensors.isEmpty()
                && tensors.stream()
                        .allMatch(tensor ->
                                tensor.name().contains("lora_") || tensor.name().contains("modules_to_save"));
    }
}
