package dev.mgit.delta.format.gguf;

import dev.mgit.delta.Dtype;
import java.util.Map;

/**
 * The tensor types of GGUF files by number, from ggml.h. Types that mgit has no dtype for still have a size, so that
 * their bytes can be told from padding.
 */
final class GgmlTypes {
    /**
     * How a type packs elements.
     *
     * @param dtype {@code OPAQUE} if only the size is known
     */
    record Type(Dtype dtype, int blockElements, int blockBytes) {}

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
            sized(16, 256, 66), // IQ2_XXS
            sized(17, 256, 74), // IQ2_XS
            sized(18, 256, 98), // IQ3_XXS
            sized(19, 256, 50), // IQ1_S
            known(20, Dtype.IQ4_NL),
            sized(21, 256, 110), // IQ3_S
            sized(22, 256, 82), // IQ2_S
            known(23, Dtype.IQ4_XS),
            known(24, Dtype.I8),
            known(25, Dtype.I16),
            known(26, Dtype.I32),
            known(27, Dtype.I64),
            known(28, Dtype.F64),
            sized(29, 256, 56), // IQ1_M
            known(30, Dtype.BF16),
            sized(34, 256, 54), // TQ1_0
            sized(35, 256, 66), // TQ2_0
            sized(39, 32, 17)); // MXFP4

    private static final Type UNKNOWN = new Type(Dtype.OPAQUE, 0, 0);

    private GgmlTypes() {}

    /** A type of zero bytes if the number is not known. */
    static Type byNumber(int number) {
        return TYPES.getOrDefault(number, UNKNOWN);
    }

    private static Map.Entry<Integer, Type> known(int number, Dtype dtype) {
        return Map.entry(number, new Type(dtype, dtype.blockElements(), dtype.blockBytes()));
    }

    private static Map.Entry<Integer, Type> sized(int number, int blockElements, int blockBytes) {
        return Map.entry(number, new Type(Dtype.OPAQUE, blockElements, blockBytes));
    }
}
