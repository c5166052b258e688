package dev.mgit.delta.format.onnx;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.FormatException;
import dev.mgit.delta.format.LayoutBuilder;
import dev.mgit.delta.format.UnsupportedFormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code TensorProto} while it is read: everything but its data, of which only the place is kept. Data are a byte run
 * where they stand in {@code raw_data} or in a packed {@code float_data} or {@code double_data}; other fields hold
 * varints and stay opaque.
 */
final class OnnxTensor {
    /** The format has four keys: location, offset, length, checksum. */
    private static final int MAX_EXTERNAL_ENTRIES = 16;

    enum Field {
        NONE,
        RAW,
        FLOATS,
        DOUBLES,
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

    String label() {
        return name.isEmpty() ? "unnamed" : name;
    }
}
