package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of codes in words of 32 bits and what lies beside it in its file, by the names that quantizers give.
 *
 * @param kind who writes it so
 * @param scales one for some codes each
 * @param zeros the codes of zero, one for each scale and packed like the codes; null if it is half of the codes
 * @param groups which scales each input channel has; null if as many neighbours share one
 * @param floats the name of what they were made of
 */
record PackedCodes(
        Kind kind,
        ChildTensor words,
        ChildTensor scales,
        @Nullable ChildTensor zeros,
        @Nullable ChildTensor groups,
        String floats) {
    /** More are never read at once. */
    private static final long MOST_SCALES = 1 << 22;

    /** How names go on behind what they have in common. */
    enum Kind {
        /** GPTQ (AutoGPTQ, GPTQModel) and AWQ (AutoAWQ), input channels by output channels. */
        QWEIGHT("qweight", "scales", "qzeros", "g_idx", "weight"),
        /** compressed-tensors, turned round. */
        PACKED("_packed", "_scale", "_zero_point", "_g_idx", "");

        private final String words;
        private final String scales;
        private final String zeros;
        private final String groups;
        private final String floats;

        Kind(String words, String scales, String zeros, String groups, String floats) {
            this.words = words;
            this.scales = scales;
            this.zeros = zeros;
            this.groups = groups;
            this.floats = floats;
        }
    }

    /** Empty where the tensor is none, or has no scales. */
    static Optional<PackedCodes> of(ChildTensor child) {
        TensorSpec spec = child.spec();
        if (!isMatrix(spec) || spec.dtype() != Dtype.I32 && spec.dtype() != Dtype.U32) {
            return Optional.empty();
        }
        for (Kind kind : Kind.values()) {
            if (spec.name().endsWith(kind.words)) {
                String stem = spec.name().substring(0, spec.name().length() - kind.words.length());
                return child.sibling(stem + kind.scales)
                        .filter(scales -> scales.spec().dtype().isFloat() && isMatrix(scales.spec()))
                        .map(scales -> new PackedCodes(
                                kind,
                                child,
                                scales,
                                child.sibling(stem + kind.zeros)
                                        .filter(zeros -> isMatrix(zeros.spec()))
                                        .orElse(null),
                                child.sibling(stem + kind.groups).orElse(null),
                                stem + kind.floats));
            }
        }
        return Optional.empty();
    }

    private static boolean isMatrix(TensorSpec spec) {
        return spec.shape().size() == 2 && spec.elements() > 0;
    }

    boolean areAffordable() {
        return scales.spec().elements() <= MOST_SCALES
                && (zeros == null || zeros.spec().elements() <= MOST_SCALES)
                && (groups == null || groups.spec().elements() <= MOST_SCALES);
    }

    /** All bytes of one of the smaller tensors. */
    static byte[] bytes(ChildTensor tensor) {
        byte[] bytes = new byte[Math.toIntExact(tensor.spec().byteLength())];
        tensor.read(0, bytes, bytes.length);
        return bytes;
    }
}
