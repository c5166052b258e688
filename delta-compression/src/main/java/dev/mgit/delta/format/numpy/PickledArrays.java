package dev.mgit.delta.format.numpy;

import dev.mgit.delta.format.pickle.Pickle;
import dev.mgit.delta.format.pickle.Pickle.Bytes;
import dev.mgit.delta.format.pickle.Pickle.Call;
import dev.mgit.delta.format.pickle.Pickle.Global;
import dev.mgit.delta.format.pickle.Pickle.Items;
import dev.mgit.delta.format.pickle.Pickle.Pairs;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.format.pickle.PickleParser;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.Packing;
import dev.mgit.delta.layout.UnpackedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The arrays in a pickle, as NumPy pickles them and as joblib writes them into one. An array is named by the keys, indexes
 * and attributes that lead to it, joined by dots. Bytes may be escaped as text: Python 3 does so with protocols 0 to 2,
 * Python 2 with 0. They can be read in the content of the file, where they stand as they are ({@link EscapedPickleReader}).
 */
final class PickledArrays {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NAME = 4096;
    private static final int MAX_ATTRIBUTES = 64;
    private static final String OBJECTS = "|O";
    private static final Set<Object> LATIN_1 = Set.of("latin1", "latin-1");
    /** Place of a type's flags in its state, and the one of types that hold Python objects. */
    private static final int FLAGS = 7;

    private static final int HAS_OBJECTS = 1;
    /** Place of an array's bytes in its state. */
    private static final int DATA = 4;

    /** An array whose data have been found. */
    private record Found(String descr, boolean fortran, List<Long> shape, Bytes data) {}

    /** It is a pickle of arrays, and the bytes of all of them are escaped. */
    static final class EscapedException extends UnsupportedException {
        private static final long serialVersionUID = 1L;

        private EscapedException() {
            super("arrays whose bytes are escaped as text");
        }
    }

    private final LayoutBuilder layout;
    private final Packing packing;
    private final List<Bytes> escaped = new ArrayList<>();
    private final IdentityHashMap<Object, Boolean> visited = new IdentityHashMap<>();
    private int arrays;

    private PickledArrays(LayoutBuilder layout, Packing packing) {
        this.layout = layout;
        this.packing = packing;
    }

    /**
     * Reads a pickle.
     *
     * @param offset where in the source it begins
     * @param root what its object is to be called
     * @return empty if there is no array in it
     * @throws EscapedException if it escapes the bytes of all its arrays
     * @throws UnsupportedException if it uses what nobody here knows
     * @throws FormatException if it is cut off, or an array's shape does not fit its bytes
     */
    static Optional<Layout> read(ByteSource source, long offset, String root) throws IOException, UnsupportedException {
        var found = new PickledArrays(new LayoutBuilder("pickle", source.size()), Packing.NONE);
        found.walk(root, parse(source, offset), 0);
        if (found.arrays == 0 && !found.escaped.isEmpty()) {
            throw new EscapedException();
        }
        return found.arrays == 0 ? Optional.empty() : Optional.of(found.layout.build());
    }

    /** As {@link #read}, in the content of a file that escapes arrays. */
    static Layout readContent(UnpackedFile content, String format) throws IOException, UnsupportedException {
        var found = new PickledArrays(new LayoutBuilder(format, content.size()), content.packing());
        found.walk("", parse(content.file(), 0), 0);
        return found.layout.build();
    }

    /** Where a pickle has the bytes of arrays escaped, in ascending order. */
    static List<Bytes> escaped(ByteSource file) throws IOException, UnsupportedException {
        var found = new PickledArrays(new LayoutBuilder("pickle", file.size()), Packing.NONE);
        found.walk("", parse(file, 0), 0);
        return found.escaped.stream()
                .distinct()
                .sorted(Comparator.comparingLong(Bytes::offset))
                .toList();
    }

    private static Object parse(ByteSource source, long offset) throws IOException, UnsupportedException {
        var in = new Cursor(source);
        in.seek(offset);
        return PickleParser.parse(in, PickledArrays::stateSet);
    }

    private static void stateSet(Call object, Cursor in, IdentityHashMap<Object, Bytes> texts)
            throws IOException, UnsupportedException {
        if (isReconstructed(object) && object.state instanceof Items state) {
            state.values.set(DATA, meant(state.values.get(DATA), in, texts));
        }
        joblib(object, in);
    }

    /** The bytes that a text, or a call that encodes it, stands for. */
    private static Object meant(Object data, Cursor in, IdentityHashMap<Object, Bytes> texts) {
        if (!(data instanceof Call call) || !(call.function instanceof Global function)) {
            Bytes place = texts.get(data);
            return place == null ? data : place;
        }
        List<Object> arguments = call.arguments instanceof Items items ? items.values : List.of();
        if (function.is("_codecs", "encode") && arguments.size() == 2 && LATIN_1.contains(arguments.get(1))) {
            Bytes place = texts.get(arguments.get(0));
            return place == null ? arguments.get(0) : place;
        }
        return function.name().equals("bytes") && arguments.isEmpty() ? new Bytes(in.position(), 0) : data;
    }

    /** joblib writes an array's data behind the state of a wrapper: padding and its length, or one more pickle. */
    private static void joblib(Call object, Cursor in) throws IOException, UnsupportedException {
        if (!(object.function instanceof Global type)
                || !type.module().startsWith("joblib.")
                || !type.name().equals("NumpyArrayWrapper")
                || !(object.state instanceof Pairs state)
                || state.keys.size() > MAX_ATTRIBUTES) {
            return;
        }
        Optional<String> descr = descr(state.get("dtype"));
        List<Long> shape = shape(state.get("shape"));
        if (descr.isEmpty() || shape == null) {
            throw new UnsupportedException("an array of joblib's of an unknown type");
        }
        if (descr.get().equals(OBJECTS)) {
            object.state = PickleParser.parse(in); // with its own memo, and nothing of joblib's in it
            return;
        }
        if (state.get("numpy_array_alignment_bytes") instanceof Long) {
            in.skip(in.u8());
        }
        int width = NpyHeader.elementBytes(descr.get());
        if (width == 0) {
            throw new UnsupportedException("an array of joblib's of type " + descr.get());
        }
        long length = length(shape, width);
        var data = new Bytes(in.position(), length);
        in.skip(length);
        object.state = new Found(descr.get(), "F".equals(state.get("order")), shape, data);
    }

    private static long length(List<Long> shape, int width) {
        try {
            long length = width;
            for (long dimension : shape) {
                length = Math.multiplyExact(length, dimension);
            }
            return length;
        } catch (ArithmeticException e) {
            throw new FormatException("an array has the shape " + shape + ", which is more than any file can hold");
        }
    }

    private void walk(String path, @Nullable Object value, int depth) {
        boolean hasParts = value instanceof Items || value instanceof Pairs || value instanceof Call;
        Optional<Found> array = array(value);
        if (array.isPresent()) {
            add(path, array.get()); // under each of its names
        } else if (hasParts && depth <= MAX_DEPTH && path.length() <= MAX_NAME && visited.put(value, true) == null) {
            if (value instanceof Items items) {
                for (int i = 0; i < items.values.size(); i++) {
                    part(path, (long) i, items.values.get(i), depth);
                }
            } else if (value instanceof Pairs pairs) {
                for (int i = 0; i < pairs.keys.size(); i++) {
                    part(path, pairs.keys.get(i), pairs.values.get(i), depth);
                }
            } else if (value instanceof Call call) {
                call(path, call, depth);
            }
        }
    }

    private void part(String path, Object key, Object value, int depth) {
        boolean plain = key instanceof String || key instanceof Long;
        if (value instanceof Items || value instanceof Pairs || value instanceof Call) {
            walk(!plain ? path : path.isEmpty() ? key.toString() : path + "." + key, value, depth + 1);
        }
    }

    private void call(String path, Call call, int depth) {
        boolean objects = is(call, "_reconstruct") && call.state instanceof Items;
        walk(path, objects ? last((Items) call.state) : call.state, depth + 1);
        if (!objects) {
            walk(path, call.arguments, depth + 1);
            walk(path, call.items, depth + 1);
            walk(path, call.pairs, depth + 1);
        }
    }

    private static Object last(@Nullable Items state) {
        return state == null || state.values.isEmpty() ? Pickle.NONE : state.values.get(state.values.size() - 1);
    }

    /** {@code _reconstruct} with the state (version, shape, dtype, is_fortran, data), or {@code _frombuffer}. */
    private static Optional<Found> array(@Nullable Object value) {
        if (value instanceof Found found) {
            return Optional.of(found);
        }
        if (!(value instanceof Call call)) {
            return Optional.empty();
        }
        if (isReconstructed(call) && call.state instanceof Items state) {
            List<Object> parts = state.values;
            return found(parts.get(2), Boolean.TRUE.equals(parts.get(3)), parts.get(1), parts.get(DATA));
        }
        if (is(call, "_frombuffer") && call.arguments instanceof Items items && items.values.size() == 4) {
            List<Object> parts = items.values;
            return found(parts.get(1), "F".equals(parts.get(3)), parts.get(2), parts.get(0));
        }
        return Optional.empty();
    }

    private static boolean isReconstructed(Call call) {
        return is(call, "_reconstruct") && call.state instanceof Items state && state.values.size() == DATA + 1;
    }

    private static boolean is(Call call, String name) {
        return call.function instanceof Global global
                && global.module().startsWith("numpy.")
                && global.name().equals(name);
    }

    private static Optional<Found> found(Object dtype, boolean fortran, Object dimensions, Object data) {
        List<Long> shape = shape(dimensions);
        return shape != null && data instanceof Bytes bytes
                ? descr(dtype).map(descr -> new Found(descr, fortran, shape, bytes))
                : Optional.empty();
    }

    /** {@code numpy.dtype('f4', False, True)} with a state whose second part is the order of bytes. */
    private static Optional<String> descr(Object dtype) {
        if (!(dtype instanceof Call call)
                || !(call.function instanceof Global type)
                || !type.is("numpy", "dtype")
                || !(call.arguments instanceof Items arguments)
                || arguments.values.isEmpty()
                || !(arguments.values.get(0) instanceof String code)) {
            return Optional.empty();
        }
        List<Object> state = call.state instanceof Items items ? items.values : List.of();
        boolean objects = state.size() > FLAGS && state.get(FLAGS) instanceof Long flags && (flags & HAS_OBJECTS) != 0;
        boolean swapped = state.size() > 1 && ">".equals(state.get(1));
        return Optional.of(objects || code.startsWith("O") ? OBJECTS : (swapped ? ">" : "<") + code);
    }

    private static @Nullable List<Long> shape(Object value) {
        if (!(value instanceof Items items) || items.values.size() > LayoutBuilder.MAX_RANK) {
            return null;
        }
        List<Long> shape = new ArrayList<>();
        for (Object dimension : items.values) {
            if (!(dimension instanceof Long length) || length < 0) {
                return null;
            }
            shape.add(length);
        }
        return shape;
    }

    private void add(String path, Found array) {
        String name = path.isEmpty() ? "array" : path;
        Optional<Bytes> place = place(array.data());
        if (place.isEmpty()) {
            layout.view(LogicalTensor.unreadable(name, array.shape(), 0, 0, "its bytes are escaped as text"));
            escaped.add(array.data());
            return;
        }
        Bytes data = place.get();
        NpyHeader known =
                NpyHeader.of(name, array.descr(), array.fortran(), array.shape(), data.offset(), data.length());
        layout.range(data.offset(), known.spec());
        layout.view(known.seen());
        arrays++;
    }

    /** Where in the content bytes are as they are. */
    private Optional<Bytes> place(Bytes inFile) {
        if (inFile.escapes().isEmpty()) {
            return Optional.of(new Bytes(packing.contentPosition(inFile.offset()), inFile.length()));
        }
        return packing.streamFrom(inFile.offset())
                .filter(stream -> stream.packedLength() == inFile.length())
                .map(stream -> new Bytes(stream.offset(), stream.length()));
    }
}
