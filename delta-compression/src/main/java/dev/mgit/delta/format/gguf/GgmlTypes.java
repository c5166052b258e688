package dev.mgit.delta.format.gguf;

import dev.mgit.delta.Dtype;
import java.util.Map;

/** The tensor types of GGUF files by number, from ggml.h. */
final class GgmlTypes {
    /**
     * How a type packs elements.
     *
     * @param dtype of its range: {@code OPAQUE} where it is stored as bytes
     * @param seen the type's own name
     */
    record Type(Dtype dtype, Dtype seen, int blockElements, int blockBytes) {}

    private static final Map<Integer, Type> TYPES = Map.ofEntries(
            known(0, Dtype.F32),
            known(1, Dtype.F16),
            known(2, Dtype.Q4_0),
            known(3, Dtype.Q4_1),
            known(6, Dtype.Q5_0),
            known(7, Dtype.Q5_1),
            known(8, Dtype.Q8_0),
            known(9, Dtype.Q8_1),
            known(10, Dtype.Q2_K),
            known(11, Dtype.Q3_K),
            known(12, Dtype.Q4_K),
            known(13, Dtype.Q5_K),
            known(14, Dtype.Q6_K),
            known(15, Dtype.Q8_K),
            sized(16, Dtype.IQ2_XXS),
            sized(17, Dtype.IQ2_XS),
            sized(18, Dtype.IQ3_XXS),
            sized(19, Dtype.IQ1_S),
            known(20, Dtype.IQ4_NL),
            sized(21, Dtype.IQ3_S),
            sized(22, Dtype.IQ2_S),
            known(23, Dtype.IQ4_XS),
            known(24, Dtype.I8),
            known(25, Dtype.I16),
            known(26, Dtype.I32),
            known(27, Dtype.I64),
            known(28, Dtype.F64),
            sized(29, Dtype.IQ1_M),
            known(30, Dtype.BF16),
            sized(34, Dtype.TQ1_0),
            sized(35, Dtype.TQ2_0),
            sized(39, Dtype.MXFP4),
            sized(40, Dtype.NVFP4),
            sized(41, Dtype.Q1_0));

    private static final Type UNKNOWN = new Type(Dtype.OPAQUE, Dtype.OPAQUE, 0, 0);

    private GgmlTypes() {}

    /** A type of zero bytes if the number is not known. */
    static Type byNumber(int number) {
        return TYPES.getOrDefault(number, UNKNOWN);
    }

    private static Map.Entry<Integer, Type> known(int number, Dtype dtype) {
        return Map.entry(number, new Type(dtype, dtype, dtype.blockElements(), dtype.blockBytes()));
    }

    private static Map.Entry<Integer, Type> sized(int number, Dtype dtype) {
        return Map.entry(number, new Type(Dtype.OPAQUE, dtype, dtype.blockElements(), dtype.blockBytes()));
    }
}
