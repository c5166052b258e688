package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;

/**
 * What a quantized block's differences to its prediction are multiples of (MGit, arXiv:2307.07507, section 4: the step is
 * 2·ln(1 + ε)).
 *
 * @param step positive and finite
 * @param columns elements of a row, 0 if not known; only where the coder looks for neighbours
 */
public record QuantizationStep(double step, int columns) {
    public QuantizationStep {
        if (!(step > 0) || step > Double.MAX_VALUE || columns < 0) {
            throw new IllegalArgumentException("step " + step + ", columns " + columns);
        }
    }

    /** Dtypes wide enough for a bounded error to save anything. */
    public static boolean suits(Dtype dtype) {
        return switch (dtype) {
            case F64, F32, F16, BF16 -> true;
            default -> false;
        };
    }
}
