package dev.mgit.lineage.shapes;

import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.tensors.ParameterRole;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which dimensions of a model fight tensor cores and wave quantization, by the rules of 2401.14489. It knows shapes,
 * not speed.
 *
 * @param tp over how many GPUs each layer is split
 * @param tokens rows of the products, batch times sequence
 */
public record ShapeAdvice(Gpu gpu, long tp, long tokens) {
    private static final double WELL_FILLED = 0.75;
    private static final Pattern NUMBER = Pattern.compile("(?<=\\.)\\d+(?=\\.)");

    /**
     * One remark.
     *
     * @param dimension what it is called, the same for parent and child
     * @param value the dimension
     * @param rule what it breaks
     * @param nearest values next to it that break nothing, the nearest first
     */
    public record Remark(String dimension, long value, String rule, List<Long> nearest) {}

    /** All remarks on a model. */
    public List<Remark> of(ModelShape shape) {
        List<Remark> remarks = new ArrayList<>();
        shape.vocabulary().ifPresent(value -> multiple(remarks, "vocabulary", value, 64));
        shape.hidden().ifPresent(value -> multiple(remarks, "hidden size", value, gpu.granule()));
        shape.ffn().ifPresent(value -> feedForward(remarks, shape, value));
        shape.headSize().ifPresent(value -> powerOfTwo(remarks, value));
        shape.heads().ifPresent(value -> split(remarks, "attention heads", value));
        shape.kvHeads()
                .filter(value -> !shape.heads().equals(Optional.of(value)))
                .ifPresent(value -> split(remarks, "key/value heads", value));
        matrices(remarks, shape);
        return remarks;
    }

    /** What is said of a child and not of its parent's same dimension. */
    public List<Remark> changes(ModelShape child, ModelShape parent) {
        Set<Remark> known = new HashSet<>(of(parent));
        return of(child).stream().filter(remark -> !known.contains(remark)).toList();
    }

    /** The value a remark's dimension had in a parent. */
    public static Optional<Long> valueIn(ModelShape parent, Remark remark) {
        return dimensions(parent).entrySet().stream()
                .filter(dimension -> dimension.getKey().equals(remark.dimension()))
                .map(Map.Entry::getValue)
                .filter(value -> value != remark.value())
                .findFirst();
    }

    private static Map<String, Long> dimensions(ModelShape shape) {
        Map<String, Long> dimensions = new LinkedHashMap<>();
        shape.vocabulary().ifPresent(value -> dimensions.put("vocabulary", value));
        shape.hidden().ifPresent(value -> dimensions.put("hidden size", value));
        shape.ffn().ifPresent(value -> dimensions.put("feed-forward width", value));
        shape.headSize().ifPresent(value -> dimensions.put("head size", value));
        shape.heads().ifPresent(value -> dimensions.put("attention heads", value));
        shape.kvHeads().ifPresent(value -> dimensions.put("key/value heads", value));
        outputs(shape).forEach((name, spec) -> {
            dimensions.put(name + " rows", spec.shape().get(0));
            dimensions.put(name + " columns", spec.shape().get(1));
        });
        return dimensions;
    }

    /** A dimension that is split over the GPUs and should then be a multiple of a granule. */
    private void multiple(List<Remark> remarks, String dimension, long value, long granule) {
        long step = Math.multiplyExact(granule, tp);
        if (value % step != 0) {
            remarks.add(new Remark(dimension, value, "not a multiple of " + step(granule), around(value, step)));
        }
    }

    private String step(long granule) {
        return tp == 1 ? "" + granule : granule + " on each of " + tp + " GPUs (" + granule * tp + ")";
    }

    private static List<Long> around(long value, long step) {
        long below = value / step * step;
        long above = below + step;
        if (below == 0) {
            return List.of(above);
        }
        return value - below <= above - value ? List.of(below, above) : List.of(above, below);
    }

    private void feedForward(List<Remark> remarks, ModelShape shape, long value) {
        long step = gpu.granule() * tp;
        if (value % step == 0) {
            return;
        }
        String ratio = shape.hidden()
                .filter(hidden -> shape.gated())
                .map(hidden ->
                        String.format(Locale.ROOT, "; a gated layer wants 8h/3 = %.0f or near", 8.0 * hidden / 3))
                .orElse("");
        remarks.add(new Remark(
                "feed-forward width", value, "not a multiple of " + step(gpu.granule()) + ratio, around(value, step)));
    }

    /** h/a: the contraction of attention's products; a power of two as large as a granule keeps them whole. */
    private void powerOfTwo(List<Remark> remarks, long value) {
        if (value % gpu.granule() != 0) {
            remarks.add(
                    new Remark("head size", value, "not a multiple of " + gpu.granule(), around(value, gpu.granule())));
        }
    }

    private void split(List<Remark> remarks, String dimension, long value) {
        if (value % tp != 0) {
            remarks.add(new Remark(dimension, value, "cannot be split over " + tp + " GPUs", around(value, tp)));
        }
    }

    /** Dimensions that no name above has, and outputs that leave multiprocessors idle in their last round. */
    private void matrices(List<Remark> remarks, ModelShape shape) {
        Set<Long> named = new HashSet<>();
        shape.vocabulary().ifPresent(named::add);
        shape.hidden().ifPresent(named::add);
        shape.ffn().ifPresent(named::add);
        outputs(shape).forEach((name, spec) -> {
            long rows = spec.shape().get(0);
            long columns = spec.shape().get(1);
            if (!named.contains(rows)) {
                multiple(remarks, name + " rows", rows, gpu.granule());
            }
            if (!named.contains(columns)) {
                multiple(remarks, name + " columns", columns, gpu.granule());
            }
            waves(remarks, name + " rows", rows);
        });
    }

    private void waves(List<Remark> remarks, String dimension, long width) {
        long columns = Math.max(1, width / tp);
        double filled = gpu.filled(tokens, columns);
        if (filled < WELL_FILLED) {
            remarks.add(new Remark(
                    dimension,
                    width,
                    String.format(
                            Locale.ROOT,
                            "%d tokens take %d wave(s) of %d tiles, %.0f%% filled",
                            tokens,
                            gpu.waves(tokens, columns),
                            gpu.multiprocessors(),
                            100 * filled),
                    List.of()));
        }
    }

    /**
     * Matrices that tokens pass, blocks of one stack once: {@code model.layers.*.mlp.up_proj.weight}. Those of integers
     * hold packed values, in other dimensions than the layer's.
     */
    private static Map<String, TensorSpec> outputs(ModelShape shape) {
        Map<String, TensorSpec> outputs = new LinkedHashMap<>();
        shape.tensors().forEach((name, spec) -> {
            if (spec.shape().size() == 2
                    && !spec.dtype().isInteger()
                    && spec.shape().get(0) > 1
                    && spec.shape().get(1) > 1
                    && ParameterRole.of(name) != ParameterRole.EMBEDDINGS) {
                outputs.putIfAbsent(NUMBER.matcher(name).replaceAll("*"), spec);
            }
        });
        return outputs;
    }
}
