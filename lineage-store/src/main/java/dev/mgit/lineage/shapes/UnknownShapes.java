package dev.mgit.lineage.shapes;

import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What {@link ShapeAdvice} cannot say of a model, in sentences, because neither headers nor configuration tell it. */
public final class UnknownShapes {
    private UnknownShapes() {}

    /** One sentence for each gap; empty if everything is known. */
    public static List<String> of(ModelShape shape) {
        List<String> gaps = new ArrayList<>();
        List<String> unsaid = new ArrayList<>();
        unsaid(unsaid, "the vocabulary", shape.vocabulary());
        unsaid(unsaid, "the hidden size", shape.hidden());
        unsaid(unsaid, "the feed-forward width", shape.ffn());
        unsaid(unsaid, "attention heads and their size", shape.heads());
        if (!unsaid.isEmpty()) {
            gaps.add("Not judged, for " + ModelConfig.FILE + " does not say them: " + String.join(", ", unsaid) + ".");
        }
        long packed =
                count(shape, spec -> spec.dtype().isInteger() && spec.shape().size() == 2);
        if (packed > 0) {
            gaps.add("Not judged, for integers may be packed weights of other dimensions: " + tensors(packed) + ".");
        }
        if (shape.opaque() > 0) {
            gaps.add("Not judged, for their elements cannot be read: " + tensors(shape.opaque()) + ".");
        }
        long blocks = count(shape, spec -> spec.dtype().isBlockType());
        if (blocks > 0) {
            String dtypes = shape.tensors().values().stream()
                    .filter(spec -> spec.dtype().isBlockType())
                    .map(spec -> spec.dtype().name())
                    .collect(Collectors.toCollection(TreeSet::new))
                    .stream()
                    .collect(Collectors.joining(", "));
            gaps.add("Judged as if unpacked to 16 bits: " + tensors(blocks) + " of " + dtypes + ".");
        }
        return gaps;
    }

    private static void unsaid(List<String> unsaid, String dimension, Optional<Long> value) {
        if (value.isEmpty()) {
            unsaid.add(dimension);
        }
    }

    private static long count(ModelShape shape, Predicate<TensorSpec> which) {
        return shape.tensors().values().stream().filter(which).count();
    }

    private static String tensors(long count) {
        return count == 1 ? "1 tensor" : count + " tensors";
    }
}
