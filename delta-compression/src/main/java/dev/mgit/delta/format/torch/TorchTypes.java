package dev.mgit.delta.format.torch;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.format.pickle.Pickle.Global;
import java.util.Map;
import java.util.Optional;

/** Names of torch's storage classes and dtypes as they stand in pickles. */
public final class TorchTypes {
    /**
     * The elements of a storage.
     *
     * @param dtype of a range of them; {@code OPAQUE} where storage is to know only their size
     * @param bytes of one element
     * @param seen of a tensor of them; {@code OPAQUE} if there is none
     */
    record Type(Dtype dtype, int bytes, Dtype seen) {}

    static final Type BYTES = new Type(Dtype.OPAQUE, 1, Dtype.OPAQUE);
    /** Two four-bit floats in one element. */
    public static final Type PAIRS = new Type(Dtype.OPAQUE, 1, Dtype.F4);

    private static final Map<String, Type> STORAGES = Map.ofEntries(
            Map.entry("DoubleStorage", type(Dtype.F64)),
            Map.entry("FloatStorage", type(Dtype.F32)),
            Map.entry("HalfStorage", type(Dtype.F16)),
            Map.entry("BFloat16Storage", type(Dtype.BF16)),
            Map.entry("LongStorage", type(Dtype.I64)),
            Map.entry("IntStorage", type(Dtype.I32)),
            Map.entry("ShortStorage", type(Dtype.I16)),
            Map.entry("CharStorage", type(Dtype.I8)),
            Map.entry("ByteStorage", type(Dtype.U8)),
            Map.entry("BoolStorage", type(Dtype.BOOL)),
            Map.entry("ComplexFloatStorage", type(Dtype.C64)),
            Map.entry("ComplexDoubleStorage", new Type(Dtype.OPAQUE, 16, Dtype.C128)),
            Map.entry("QInt8Storage", type(Dtype.I8)),
            Map.entry("QUInt8Storage", type(Dtype.U8)),
            Map.entry("QInt32Storage", type(Dtype.I32)),
            Map.entry("UntypedStorage", BYTES),
            Map.entry("_UntypedStorage", BYTES));

    /** Dtypes without a storage class of their own; their tensors name them beside an untyped storage. */
    private static final Map<String, Type> DTYPES = Map.of(
            "uint16", type(Dtype.U16),
            "uint32", type(Dtype.U32),
            "uint64", type(Dtype.U64),
            "float8_e4m3fn", type(Dtype.F8_E4M3),
            "float8_e5m2", type(Dtype.F8_E5M2),
            "float8_e8m0fnu", type(Dtype.F8_E8M0));

    /** The same, of tensors whose bytes storage takes for no tensor's. */
    private static final Map<String, Type> SEEN = Map.of(
            "float8_e4m3fnuz", new Type(Dtype.OPAQUE, 1, Dtype.F8_E4M3FNUZ),
            "float8_e5m2fnuz", new Type(Dtype.OPAQUE, 1, Dtype.F8_E5M2FNUZ),
            "float4_e2m1fn_x2", PAIRS,
            "complex32", new Type(Dtype.OPAQUE, 4, Dtype.C32));

    private TorchTypes() {}

    static Optional<Type> storage(Object global) {
        return global instanceof Global name && name.module().startsWith("torch")
                ? Optional.ofNullable(STORAGES.get(name.name()))
                : Optional.empty();
    }

    static Optional<Type> dtype(Object global) {
        return global instanceof Global name && name.module().equals("torch")
                ? Optional.ofNullable(DTYPES.get(name.name()))
                : Optional.empty();
    }

    /** Of a dtype for which there is no {@link #dtype}. */
    static Optional<Type> seen(Object global) {
        return global instanceof Global name && name.module().equals("torch")
                ? Optional.ofNullable(SEEN.get(name.name()))
                : Optional.empty();
    }

    private static Type type(Dtype dtype) {
        return new Type(dtype, dtype.bytes(), dtype);
    }
}
