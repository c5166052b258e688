package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** What lies beside a quantized tensor in the store, by the names that quantizers give it. */
final class StoredScales {
    /** Where so few elements share a scale, frames name it rather than repeat it. */
    private static final long FEW = 512;

    private static final int MOST_JSON = 1 << 16;
    private static final int LARGEST_ZERO = 256;
    private static final float BITSANDBYTES_INT8 = 127;

    private static final String GLOBAL_SCALE = "_global_scale";
    /** NVIDIA's Model Optimizer has one over what others call the global scale. */
    private static final String ONE_OVER_GLOBAL_SCALE = "_scale_2";

    private static final String ZERO_POINT = "_zero_point";
    private static final String TABLE = ".quant_map";
    private static final String NESTED = ".nested_absmax";
    private static final String NESTED_TABLE = ".nested_quant_map";
    private static final List<String> NESTED_STATE =
            List.of(".quant_state.bitsandbytes__nf4", ".quant_state.bitsandbytes__fp4");

    private final Candidates candidates;
    private final SourceTensor quantized;
    private final String stem;

    /** @param end what follows the name of its floats in that of the tensor */
    StoredScales(Candidates candidates, SourceTensor quantized, String end) {
        this.candidates = candidates;
        this.quantized = quantized;
        String name = quantized.spec().name();
        this.stem = name.substring(0, name.length() - end.length());
    }

    /** @param elements of the quantized tensor */
    Optional<Scales> of(long elements) {
        for (String name : Scales.names(stem)) {
            SourceTensor scale = beside(name).orElse(null);
            if (scale != null && scale.spec().elements() > 0) {
                return beside(stem + NESTED).isPresent() ? nested(scale) : plain(scale, elements);
            }
        }
        return Optional.empty();
    }

    /** The values that codes stand for, in units of their scale; none if the codes are numbers. */
    float[] table() {
        return beside(stem + TABLE)
                .map(table -> Scales.values(table.spec(), table::read))
                .orElse(new float[0]);
    }

    private Optional<Scales> plain(SourceTensor scale, long elements) {
        TensorSpec spec = scale.spec();
        boolean power = spec.dtype() == Dtype.U8 || spec.dtype() == Dtype.F8_E8M0;
        if (!spec.dtype().isFloat() && !power) {
            return Optional.empty();
        }
        boolean many = power || spec.elements() * FEW > elements;
        return Optional.of(new Scales(
                spec,
                many ? new float[0] : Scales.values(spec, scale::read),
                many ? Optional.of(scale) : Optional.empty(),
                spec.name().endsWith(".SCB") ? BITSANDBYTES_INT8 : divisor(),
                zeros(spec)));
    }

    private float divisor() {
        return single(stem + GLOBAL_SCALE)
                .or(() -> single(stem + ONE_OVER_GLOBAL_SCALE).map(scale -> 1 / scale))
                .orElse(1f);
    }

    private Optional<Float> single(String name) {
        return beside(name)
                .filter(one -> one.spec().dtype() == Dtype.F32 && one.spec().elements() == 1)
                .map(one -> Scales.values(one.spec(), one::read)[0]);
    }

    /** Those of compressed-tensors: one a scale, or eight of one column of scales in a word. None if there are none. */
    private int[] zeros(TensorSpec scale) {
        SourceTensor tensor = beside(stem + ZERO_POINT).orElse(null);
        if (tensor == null || !Scales.isAffordable(scale) || !Scales.isAffordable(tensor.spec())) {
            return new int[0];
        }
        int count = (int) scale.elements();
        if (tensor.spec().elements() == count) {
            float[] stored = Scales.values(tensor.spec(), tensor::read);
            int[] zeros = new int[stored.length];
            for (int i = 0; i < zeros.length; i++) {
                zeros[i] = Math.max(-LARGEST_ZERO, Math.min(LARGEST_ZERO, (int) stored[i]));
            }
            return zeros;
        }
        return tensor.spec().dtype() == Dtype.I32 ? packedZeros(tensor, scale) : new int[0];
    }

    private static int[] packedZeros(SourceTensor tensor, TensorSpec scale) {
        long columns = SampledValues.innermost(scale);
        long rows = scale.elements() / columns;
        if (tensor.spec().elements() != (rows + 7) / 8 * columns) {
            return new int[0];
        }
        byte[] words = new byte[(int) tensor.spec().byteLength()];
        tensor.read(0, words, words.length);
        int[] zeros = new int[(int) scale.elements()];
        for (int i = 0; i < zeros.length; i++) {
            long row = i / columns;
            int word = (int) (row / 8 * columns + i % columns);
            int pair = words[word * Integer.BYTES + (int) (row % 8) / 2] >> (row % 2 * 4);
            zeros[i] = (pair & 15) - 8;
        }
        return zeros;
    }

    /** Scales of bitsandbytes that are quantized themselves: a table's values times scales of their own, plus their mean. */
    private Optional<Scales> nested(SourceTensor scale) {
        SourceTensor wholes = beside(stem + NESTED).orElseThrow();
        SourceTensor table = beside(stem + NESTED_TABLE).orElse(null);
        JsonObject state = NESTED_STATE.stream()
                .flatMap(name -> beside(stem + name).stream())
                .flatMap(tensor -> json(tensor).stream())
                .findFirst()
                .orElse(null);
        if (table == null || state == null || scale.spec().dtype() != Dtype.U8) {
            return Optional.empty();
        }
        long group = state.optionalNumber("nested_blocksize").orElse(0L);
        float offset = state.optionalReal("nested_offset").orElse(0.0).floatValue();
        float[] codes = Scales.values(table.spec(), table::read);
        float[] outer = Scales.values(wholes.spec(), wholes::read);
        float[] scales = Scales.values(scale.spec(), scale::read);
        if (codes.length != 256 || group < 1 || (scales.length + group - 1) / group != outer.length) {
            return Optional.empty();
        }
        for (int i = 0; i < scales.length; i++) {
            scales[i] = codes[(int) scales[i]] * outer[(int) (i / group)] + offset;
        }
        return Optional.of(new Scales(scale.spec(), scales));
    }

    private static Optional<JsonObject> json(SourceTensor tensor) {
        if (tensor.spec().byteLength() > MOST_JSON) {
            return Optional.empty();
        }
        byte[] json = new byte[(int) tensor.spec().byteLength()];
        tensor.read(0, json, json.length);
        try {
            return Optional.of(Json.parseObject(json));
        } catch (MgitException e) {
            return Optional.empty();
        }
    }

    /** A tensor of the same version. */
    private Optional<SourceTensor> beside(String name) {
        return candidates.named(name).stream()
                .filter(other ->
                        other.rank() == quantized.rank() && other.origin().equals(quantized.origin()))
                .findFirst();
    }
}
