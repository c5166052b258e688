package dev.mgit.delta.format.safetensors;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The dtypes of the safetensors format. */
final class SafetensorsDtypes {
    /** In the order of the reference implementation's list, which is also the order (reversed) in which it writes. */
    private static final List<Dtype> KNOWN = List.of(
            Dtype.BOOL,
            Dtype.F4,
            Dtype.F6_E2M3,
            Dtype.F6_E3M2,
            Dtype.U8,
            Dtype.I8,
            Dtype.F8_E5M2,
            Dtype.F8_E4M3,
            Dtype.F8_E8M0,
            Dtype.F8_E4M3FNUZ,
            Dtype.F8_E5M2FNUZ,
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

    /** Whose ranges are stored as bytes: what is stored does not change when a dtype gets a name. */
    private static final List<Dtype> STORED_AS_BYTES =
            List.of(Dtype.F4, Dtype.F6_E2M3, Dtype.F6_E3M2, Dtype.F8_E4M3FNUZ, Dtype.F8_E5M2FNUZ);

    private SafetensorsDtypes() {}

    static int rank(Dtype dtype) {
        return KNOWN.indexOf(dtype);
    }

    static Optional<Dtype> byName(String name) {
        // Some writers use I4, which the reference implementation does not know.
        return name.equals("I4")
                ? Optional.of(Dtype.I4)
                : KNOWN.stream().filter(dtype -> dtype.name().equals(name)).findFirst();
    }

    /** The dtype of a range as storage is to know it. */
    static Optional<Dtype> storedByName(String name) {
        return byName(name).filter(dtype -> !STORED_AS_BYTES.contains(dtype));
    }

    /** Bytes of a tensor; empty if its elements do not end with a byte, which the format does not allow. */
    static OptionalLong byteLength(TensorSpec spec) {
        try {
            boolean even = spec.elements() % spec.dtype().blockElements() == 0 || spec.dtype() == Dtype.I4;
            return even ? OptionalLong.of(LayoutBuilder.checkedLength(spec)) : OptionalLong.empty();
        } catch (FormatException | ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    static String nameOf(Dtype dtype) {
        if (!KNOWN.contains(dtype)) {
            throw new IllegalArgumentException("safetensors has no dtype " + dtype);
        }
        return dtype.name();
    }
}
