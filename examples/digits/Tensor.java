package digits;

import java.util.Arrays;

/** A tensor of dtype F32 or I8, its values row by row. */
record Tensor(String dtype, int[] shape, float[] values) {
    Tensor(String dtype, int... shape) {
        this(dtype, shape, new float[Arrays.stream(shape).reduce(1, Math::multiplyExact)]);
    }

    int bytes() {
        return values.length * (dtype.equals("F32") ? 4 : 1);
    }

    /** The values, each times its row's scale; as they are where there are no scales. */
    float[] scaledBy(Tensor scales) {
        float[] scaled = values.clone();
        for (int i = 0; scales != null && i < scaled.length; i++) {
            scaled[i] *= scales.values[i / shape[1]];
        }
        return scaled;
    }
}
