package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scales that lie beside a quantized tensor.
 *
 * @param spec of the tensor that holds them
 * @param values all of them; none where they are stored and too many to be repeated
 * @param stored that tensor, where frames name it
 * @param divisor what each is to be divided by
 * @param zeros as many as there are scales, or none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Scales(TensorSpec spec, float[] values, Optional<SourceTensor> stored, float divisor, int[] zeros) {
    /** More are never read at once. */
    private static final int MOST = 1 << 20;

    /** What the name of a quantized tensor is followed by in that of its scales. */
    private static final List<String> ENDS = List.of("_scale", "_scale_inv", "_scales", ".scale", ".scales", ".absmax");

    private static final String WEIGHT = ".weight";

    /** What follows the name of a layer instead: in ComfyUI's files, and of int8 by bitsandbytes. */
    private static final List<String> OF_LAYERS = List.of(".scale_weight", ".SCB");

    Scales(TensorSpec spec, float[] values) {
        this(spec, values, Optional.empty(), 1, new int[0]);
    }

    /** Names that the scales of a tensor may have. */
    static List<String> names(String name) {
        List<String> names = new ArrayList<>();
        ENDS.forEach(end -> names.add(name + end));
        if (name.endsWith(WEIGHT)) {
            String layer = name.substring(0, name.length() - WEIGHT.length());
            OF_LAYERS.forEach(end -> names.add(layer + end));
        }
        return names;
    }

    /** Of what lies beside a tensor that is about to be stored. */
    static Optional<Scales> beside(ChildTensor child, String name) {
        return names(name).stream()
                .flatMap(other -> child.sibling(other).stream())
                .filter(scale -> scale.spec().dtype().isFloat() && isAffordable(scale.spec()))
                .map(scale -> new Scales(scale.spec(), values(scale.spec(), scale::read)))
                .findFirst();
    }

    static boolean isAffordable(TensorSpec scale) {
        return scale.elements() > 0 && scale.elements() <= MOST;
    }

    /** Elements as floats; none if they are no numbers or too many. */
    static float[] values(TensorSpec spec, SampledValues.Reader reader) {
        if (!SampledValues.readable(spec.dtype()) || !isAffordable(spec)) {
            return new float[0];
        }
        double[] wide = SampledValues.read(reader, spec.dtype(), 0, (int) spec.elements());
        float[] values = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            values[i] = (float) wide[i];
        }
        return values;
    }

    /** The dtype of the tensor; powers of two are kept as bytes where a format has no name for them. */
    Dtype kept() {
        return spec.dtype() == Dtype.U8 ? Dtype.F8_E8M0 : spec.dtype();
    }

    /** The dtype in which a frame finds them. */
    Dtype dtype() {
        return stored.isPresent() ? kept() : Dtype.F32;
    }
}
