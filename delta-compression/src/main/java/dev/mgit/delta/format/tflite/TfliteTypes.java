package dev.mgit.delta.format.tflite;

import dev.mgit.delta.Dtype;
import java.util.List;

/** Tensor types by their numbers in the schema. */
final class TfliteTypes {
    /** In order; what has no dtype here, texts and handles, is {@code OPAQUE}. */
    private static final List<Dtype> BY_NUMBER = List.of(
            Dtype.F32,
            Dtype.F16,
            Dtype.I32,
            Dtype.U8,
            Dtype.I64,
            Dtype.OPAQUE,
            Dtype.BOOL,
            Dtype.I16,
            Dtype.C64,
            Dtype.I8,
            Dtype.F64,
            Dtype.C128,
            Dtype.U64,
            Dtype.OPAQUE,
            Dtype.OPAQUE,
            Dtype.U32,
            Dtype.U16,
            Dtype.I4,
            Dtype.BF16,
            Dtype.I2,
            Dtype.U4,
            Dtype.F8_E4M3,
            Dtype.F8_E5M2);

    private TfliteTypes() {}

    static Dtype of(int number) {
        return number < BY_NUMBER.size() ? BY_NUMBER.get(number) : Dtype.OPAQUE;
    }
}
