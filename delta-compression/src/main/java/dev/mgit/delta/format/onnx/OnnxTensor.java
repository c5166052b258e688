package dev.mgit.delta.format.onnx;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.UnsupportedFormatException;
import dev.mgit.delta.layout.VarintBytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code TensorProto} while it is read: everything but its data, of which only the place is kept. Data are a byte run
 * where they stand in {@code raw_data} or in a packed {@code float_data} or {@code double_data}; other typed fields hold
 * varints, which are opaque to storage.
 */
final class OnnxTensor {
    /** The format has four keys: location, offset, length, checksum. */
    private static final int MAX_EXTERNAL_ENTRIES = 16;

    enum Field {
        NONE,
        RAW,
        FLOATS,
        DOUBLES,
        INT32S,
        INT64S,
        UINT64S,
        STRINGS,
        SPARSE,
        UNUSABLE
    }

    String name = "";
    int dataType;
    boolean external;
    final List<Long> dims = new ArrayList<>();
    final Map<String, String> externalData = new HashMap<>();
    private Field field = Field.NONE;
    private long offset;
    private long length;

    /** Notes that data are text, of which every piece is a field of its own. */
    void strings() {
        field = Field.STRINGS;
    }

    /** Notes that only the elements that are not zero are written, with their places. */
    void sparse() {
        field = Field.SPARSE;
    }

    /** Notes where data are. A field that comes in pieces has no single byte run. */
    void data(Field from, long at, long bytes) {
        field = field == Field.NONE ? from : Field.UNUSABLE;
        offset = at;
        length = bytes;
    }

    void unusable() {
        field = Field.UNUSABLE;
    }

    void dim(long dimension) {
        if (dims.size() == LayoutBuilder.MAX_RANK) {
            throw new UnsupportedFormatException(
                    "tensor " + name + " has more than " + LayoutBuilder.MAX_RANK + " dimensions");
        }
        dims.add(dimension);
    }

    void externalEntry(String key, String value) {
        if (externalData.size() == MAX_EXTERNAL_ENTRIES) {
            throw new UnsupportedFormatException(
                    "tensor " + name + " has more than " + MAX_EXTERNAL_ENTRIES + " external_data entries");
        }
        externalData.put(key, value);
    }

    long offset() {
        return offset;
    }

    long length() {
        return length;
    }

    /** Bytes of its values, however they are written; those in the file where its data type is not known. */
    long valueBytes() {
        Optional<Dtype> dtype = OnnxDtypes.seenByNumber(dataType);
        return dtype.isEmpty() ? length : LayoutBuilder.checkedLength(new TensorSpec(label(), dtype.get(), dims));
    }

    /**
     * What the data in the file are, or empty if they are elsewhere, are no byte run, or there are none.
     *
     * @throws FormatException if shape and length contradict each other
     */
    Optional<TensorSpec> spec() {
        Optional<Dtype> dtype = OnnxDtypes.byNumber(dataType);
        boolean usable = switch (field) {
            case RAW -> true;
            case FLOATS -> dataType == OnnxDtypes.FLOAT;
            case DOUBLES -> dataType == OnnxDtypes.DOUBLE;
            default -> false;
        };
        if (!usable || external || length == 0) {
            return Optional.empty();
        }
        if (dtype.isEmpty()) {
            return Optional.of(LayoutBuilder.opaque(label(), length));
        }
        var spec = new TensorSpec(label(), dtype.get(), dims);
        long due = LayoutBuilder.checkedLength(spec);
        if (due != length) {
            throw new FormatException("tensor " + label() + " of dtype " + dtype.get() + " and shape " + dims
                    + " takes " + due + " bytes, but " + length + " are at byte " + offset);
        }
        return Optional.of(spec);
    }

    /**
     * The tensor as its owner sees it; empty if its data are in another file.
     *
     * @param file what it is read from
     */
    Optional<LogicalTensor> seen(ByteSource file) throws IOException {
        if (external) {
            return Optional.empty();
        }
        if (field == Field.SPARSE) {
            return Optional.of(unreadable("it is sparse"));
        }
        Optional<Dtype> dtype = OnnxDtypes.seenByNumber(dataType);
        if (dtype.isEmpty()) {
            return Optional.of(unreadable(
                    field == Field.STRINGS || dataType == OnnxDtypes.STRING
                            ? "its elements are texts"
                            : "its data type " + dataType + " is not known"));
        }
        var spec = new TensorSpec(label(), dtype.get(), dims);
        long due = LayoutBuilder.checkedLength(spec);
        boolean fits = switch (field) {
            case NONE -> due == 0;
            case RAW -> due == length;
            case FLOATS -> due == length && (spec.dtype() == Dtype.F32 || spec.dtype() == Dtype.C64);
            case DOUBLES -> due == length && (spec.dtype() == Dtype.F64 || spec.dtype() == Dtype.C128);
            case INT32S ->
                VarintBytes.width(spec) <= Integer.BYTES && spec.dtype() != Dtype.F32 && isCounted(file, spec);
            case INT64S -> spec.dtype() == Dtype.I64 && isCounted(file, spec);
            case UINT64S -> (spec.dtype() == Dtype.U64 || spec.dtype() == Dtype.U32) && isCounted(file, spec);
            case STRINGS, SPARSE, UNUSABLE -> false;
        };
        if (!fits) {
            return Optional.of(unreadable(
                    field == Field.UNUSABLE
                            ? "its values are written in pieces"
                            : "its values do not fit its shape and data type"));
        }
        return Optional.of(
                due > 0 && isVarints()
                        ? new LogicalTensor(spec, new LogicalTensor.Varints(offset, length))
                        : LogicalTensor.rowMajor(spec, offset));
    }

    private boolean isVarints() {
        return field == Field.INT32S || field == Field.INT64S || field == Field.UINT64S;
    }

    private boolean isCounted(ByteSource file, TensorSpec spec) throws IOException {
        return VarintBytes.count(file, offset, length) == spec.byteLength() / VarintBytes.width(spec);
    }

    private LogicalTensor unreadable(String reason) {
        return LogicalTensor.unreadable(label(), dims, offset, field == Field.UNUSABLE ? 0 : length, reason);
    }

    String label() {
        return name.isEmpty() ? "unnamed" : name;
    }
}
