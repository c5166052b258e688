package dev.mgit.delta.format.safetensors;

import dev.mgit.delta.Dtype;
import java.util.List;
import java.util.Optional;

/**
 * The dtypes of the safetensors format that are known here, in the order of the reference implementation's list, which
 * is also the order (reversed) in which it writes tensors.
 */
final class SafetensorsDtypes {
    private static final List<Dtype> KNOWN = List.of(
            Dtype.BOOL,
            Dtype.I4,
            Dtype.U8,
            Dtype.I8,
            Dtype.F8_E5M2,
            Dtype.F8_E4M3,
            Dtype.F8_E8M0,
            Dtype.I16,
            Dtype.U16,
            Dtype.F16,
            Dtype.BF16,
            Dtype.I32,
            Dtype.U32,
            Dtype.F32,
            Dtype.C64,
            Dtype.F64,
            Dtype.I64,
            Dtype.U64);

    private SafetensorsDtypes() {}

    static int rank(Dtype dtype) {
        return KNOWN.indexOf(dtype);
    }

    static Optional<Dtype> byName(String name) {
        return KNOWN.stream().filter(dtype -> dtype.name().equals(name)).findFirst();
    }

    static String nameOf(Dtype dtype) {
        if (!KNOWN.contains(dtype)) {
            throw new IllegalArgumentException("safetensors has no dtype " + dtype);
        }
        return dtype.name();
    }
}
