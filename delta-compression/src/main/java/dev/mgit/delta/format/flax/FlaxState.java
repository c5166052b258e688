package dev.mgit.delta.format.flax;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.flax.MessagePack.Kind;
import dev.mgit.delta.format.flax.MessagePack.Value;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * Flax's state as nested maps. An array is an extension of type 1 (of a scalar 3) that holds the shape, the name of the
 * dtype and the bytes, as {@code flax/serialization.py} has it; it is named by the keys that lead to it, joined by dots.
 * Arrays of more than 1 GiB are a map of chunks, each a range of its own.
 */
final class FlaxState {
    private static final int ARRAY = 1;
    private static final int SCALAR = 3;
    private static final int MAX_DEPTH = 64;
    private static final String CHUNKED = "__msgpack_chunked_array__";

    private static final Map<String, Dtype> DTYPES = Map.ofEntries(
            Map.entry("float64", Dtype.F64),
            Map.entry("float32", Dtype.F32),
            Map.entry("float16", Dtype.F16),
            Map.entry("bfloat16", Dtype.BF16),
            Map.entry("float8_e4m3fn", Dtype.F8_E4M3),
            Map.entry("float8_e5m2", Dtype.F8_E5M2),
            Map.entry("int64", Dtype.I64),
            Map.entry("int32", Dtype.I32),
            Map.entry("int16", Dtype.I16),
            Map.entry("int8", Dtype.I8),
            Map.entry("uint64", Dtype.U64),
            Map.entry("uint32", Dtype.U32),
            Map.entry("uint16", Dtype.U16),
            Map.entry("uint8", Dtype.U8),
            Map.entry("bool", Dtype.BOOL),
            Map.entry("complex64", Dtype.C64));

    private final MessagePack pack;
    private final LayoutBuilder layout;
    private final Deque<String> path = new ArrayDeque<>();

    FlaxState(ByteSource source, LayoutBuilder layout) throws IOException {
        this.pack = new MessagePack(source);
        this.layout = layout;
    }

    /**
     * Adds the arrays to the layout.
     *
     * @return whether the file ends with its first value, as Flax's do
     * @throws FormatException if it is cut off, or an array's shape does not fit its bytes
     */
    boolean read() throws IOException {
        any(true);
        return pack.in().atEnd();
    }

    /** @param listed whether arrays are tensors, and not only ranges */
    private void any(boolean listed) throws IOException {
        Value value = pack.next();
        switch (value.kind()) {
            case MAP -> map(value.length(), listed);
            case ARRAY -> {
                for (long i = 0; i < value.length(); i++) {
                    part(Long.toString(i), listed);
                }
            }
            case EXTENSION -> extension(value, listed);
            case TEXT, BYTES -> pack.in().skip(value.length());
            default -> {} // has been read
        }
    }

    private void part(String key, boolean listed) throws IOException {
        if (path.size() == MAX_DEPTH) {
            throw new UnsupportedFormatException("it is nested deeper than " + MAX_DEPTH);
        }
        path.addLast(key);
        any(listed);
        path.removeLast();
    }

    private void map(long pairs, boolean listed) throws IOException {
        long start = pack.in().position();
        List<Long> shape = new ArrayList<>();
        boolean chunked = false;
        for (long i = 0; i < pairs; i++) {
            String key = key();
            chunked |= i == 0 && key.equals(CHUNKED);
            if (chunked && key.equals("shape")) {
                shape = dimensions(pack.expect(Kind.MAP), true);
            } else {
                part(key, listed && !chunked);
            }
        }
        if (chunked && listed) {
            long length = pack.in().position() - start;
            layout.view(LogicalTensor.unreadable(name(), shape, start, length, "it lies in several chunks"));
        }
    }

    private String key() throws IOException {
        Value key = pack.next();
        return switch (key.kind()) {
            case TEXT -> pack.text(key);
            case INTEGER -> Long.toString(key.length());
            default -> throw new UnsupportedFormatException("a key is neither a text nor a number");
        };
    }

    private void extension(Value value, boolean listed) throws IOException {
        long outer = pack.in().enter(value.length());
        if (value.type() == ARRAY || value.type() == SCALAR) {
            array(listed);
        }
        pack.in().leave(outer);
    }

    private void array(boolean listed) throws IOException {
        long start = pack.in().position();
        if (pack.expect(Kind.ARRAY) != 3) {
            throw new FormatException("the array at byte " + start + " is not a shape, a dtype and bytes");
        }
        List<Long> shape = dimensions(pack.expect(Kind.ARRAY), false);
        String type = pack.text();
        long length = pack.expect(Kind.BYTES);
        long offset = pack.in().position();
        pack.in().skip(length);
        Dtype dtype = DTYPES.getOrDefault(type, Dtype.OPAQUE);
        if (dtype == Dtype.OPAQUE) {
            layout.range(offset, LayoutBuilder.opaque(name(), length));
            if (listed) {
                layout.view(LogicalTensor.unreadable(name(), shape, offset, length, "its dtype is " + type));
            }
            return;
        }
        var spec = new TensorSpec(name(), dtype, shape);
        if (LayoutBuilder.checkedLength(spec) != length) {
            throw new FormatException("array " + name() + " of dtype " + dtype + " and shape " + shape + " takes "
                    + spec.byteLength() + " bytes, but has " + length);
        }
        layout.range(offset, spec);
        if (listed) {
            layout.view(LogicalTensor.rowMajor(spec, offset));
        }
    }

    /** Numbers one after the other; in the values of a map, between its keys. */
    private List<Long> dimensions(long count, boolean keyed) throws IOException {
        if (count > LayoutBuilder.MAX_RANK) {
            throw new UnsupportedFormatException(
                    "array " + name() + " has more than " + LayoutBuilder.MAX_RANK + " dimensions");
        }
        List<Long> shape = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            if (keyed) {
                pack.text();
            }
            shape.add(pack.expect(Kind.INTEGER));
        }
        return shape;
    }

    private String name() {
        return String.join(".", path);
    }
}
