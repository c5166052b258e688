package dev.mgit.delta.format.numpy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.pickle.Pickle.UnsupportedException;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.LogicalTensor.Order;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import dev.mgit.delta.layout.LogicalTensor.Strided;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of NumPy's array format, versions 1 to 3, as numpy.lib.format describes it: magic, version, length, and a
 * Python dictionary of which only the three plain entries are understood.
 *
 * @param dataOffset where the array's data start
 * @param spec of its range: of dtype {@code OPAQUE} for types storage does not know, such as big-endian, structured or
 *     pickled ones; the dimensions of a Fortran-ordered array are reversed, which is the order its bytes lie in
 * @param seen the array as NumPy loads it, in a file that begins with this header
 * @param isPickled whether its data are a pickle of objects
 */
record NpyHeader(long dataOffset, TensorSpec spec, LogicalTensor seen, boolean isPickled) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER = 1 << 20;
    private static final Pattern DICTIONARY = Pattern.compile("\\s*\\{(.*)}\\s*", Pattern.DOTALL);
    private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([^']*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9L, ]*)\\)");
    private static final Pattern WIDTH = Pattern.compile("[<>|=]([a-zA-Z])([0-9]{1,6})");
    private static final int BYTES_OF_CHARACTER = 4;
    private static final Map<String, Dtype> DTYPES = Map.ofEntries(
            Map.entry("f8", Dtype.F64),
            Map.entry("f4", Dtype.F32),
            Map.entry("f2", Dtype.F16),
            Map.entry("i8", Dtype.I64),
            Map.entry("i4", Dtype.I32),
            Map.entry("i2", Dtype.I16),
            Map.entry("i1", Dtype.I8),
            Map.entry("u8", Dtype.U64),
            Map.entry("u4", Dtype.U32),
            Map.entry("u2", Dtype.U16),
            Map.entry("u1", Dtype.U8),
            Map.entry("b1", Dtype.BOOL),
            Map.entry("c8", Dtype.C64),
            // of Zarr
            Map.entry("bfloat16", Dtype.BF16),
            Map.entry("float8_e4m3fn", Dtype.F8_E4M3),
            Map.entry("float8_e5m2", Dtype.F8_E5M2));
    private static final String COMPLEX128 = "c16";

    /** What the dictionary says, in order. */
    private record Described(String descr, boolean fortran, List<Long> shape) {}

    /**
     * Reads the header of an array.
     *
     * @param name what the array is to be called
     * @return empty if this is no array in NumPy's format
     * @throws FormatException if it is one, but damaged or cut off
     * @throws UnsupportedFormatException if it is of a later version
     */
    static Optional<NpyHeader> read(String name, ByteSource source) throws IOException {
        var in = new Cursor(source);
        Optional<Described> described = described(in);
        if (described.isEmpty()) {
            return Optional.empty();
        }
        Described array = described.get();
        return Optional.of(of(name, array, in.position(), in.remaining()));
    }

    /**
     * What is known of an array whose data are somewhere in a file.
     *
     * @param descr NumPy's name of its type with the order of its bytes, {@code <f4}
     * @param length bytes that are there
     */
    static NpyHeader of(String name, String descr, boolean fortran, List<Long> shape, long offset, long length) {
        return of(name, new Described(descr, fortran, shape), offset, length);
    }

    private static NpyHeader of(String name, Described array, long offset, long length) {
        TensorSpec spec = spec(name, array, length);
        boolean isPickled = array.descr().endsWith("O");
        return new NpyHeader(offset, spec, seen(name, array, offset, length), isPickled);
    }

    /** Bytes of an element of a type; 0 if its name does not say. */
    static int elementBytes(String descr) {
        Matcher width = WIDTH.matcher(descr);
        if (!width.matches()) {
            return 0;
        }
        int count = Integer.parseInt(width.group(2));
        return width.group(1).equals("U") ? BYTES_OF_CHARACTER * count : count;
    }

    /** The shape of an array of which only the header is there; empty where it is none. */
    static List<Long> shape(ByteSource head) throws IOException {
        return described(new Cursor(head)).map(Described::shape).orElse(List.of());
    }

    /**
     * Adds the array to a layout; of a pickle, those within it.
     *
     * @param source begins with this header
     * @param start where in the layout's file that is
     */
    void addTo(LayoutBuilder layout, ByteSource source, long start) throws IOException {
        Optional<Layout> within = isPickled ? pickled(source) : Optional.empty();
        if (within.isPresent()) {
            layout.embed(within.get(), start, name -> name);
        } else {
            layout.range(start + dataOffset, spec);
            layout.view(seen.movedBy(start));
        }
    }

    private Optional<Layout> pickled(ByteSource source) throws IOException {
        try {
            return PickledArrays.read(source, dataOffset, spec.name());
        } catch (UnsupportedException | FormatException e) {
            return Optional.empty(); // the array stays one run of bytes
        }
    }

    /** Reads up to the first byte of the data. */
    private static Optional<Described> described(Cursor in) throws IOException {
        for (byte due : MAGIC) {
            if (in.atEnd() || in.u8() != (due & 0xff)) {
                return Optional.empty();
            }
        }
        int version = in.u8();
        in.skip(1);
        if (version < 1 || version > 3) {
            throw new UnsupportedFormatException("its array has version " + version + " of NumPy's format");
        }
        String text = in.utf8(version == 1 ? in.u16() : in.u32(), MAX_HEADER);
        Matcher dictionary = DICTIONARY.matcher(text);
        if (!dictionary.matches()) {
            throw new FormatException("the array's header is not a dictionary: " + text.strip());
        }
        return Optional.of(describe(dictionary.group(1)));
    }

    private static Described describe(String header) {
        Matcher fortran = FORTRAN.matcher(header);
        Matcher shapeText = SHAPE.matcher(header);
        if (!header.contains("'descr'") || !fortran.find() || !shapeText.find()) {
            throw new FormatException("the array's header lacks descr, fortran_order or shape: " + header.strip());
        }
        Matcher descr = DESCR.matcher(header);
        return new Described(
                descr.find() ? descr.group(1) : "", fortran.group(1).equals("True"), shape(shapeText.group(1)));
    }

    private static TensorSpec spec(String name, Described array, long length) {
        Dtype dtype = isBigEndian(array) ? Dtype.OPAQUE : dtype(array);
        if (dtype == Dtype.OPAQUE || dtype == Dtype.C128) {
            return LayoutBuilder.opaque(name, length);
        }
        List<Long> shape = new ArrayList<>(array.shape());
        if (array.fortran()) {
            Collections.reverse(shape);
        }
        var spec = new TensorSpec(name, dtype, shape);
        requireAll(spec, length);
        return spec;
    }

    private static LogicalTensor seen(String name, Described array, long offset, long length) {
        Dtype dtype = dtype(array);
        if (dtype == Dtype.OPAQUE) {
            String type = array.descr().isEmpty() ? "structured" : "'" + array.descr() + "'";
            return LogicalTensor.unreadable(name, array.shape(), offset, length, "its dtype is " + type);
        }
        var spec = new TensorSpec(name, dtype, array.shape());
        requireAll(spec, length);
        List<Long> strides = LogicalTensor.rowMajorStrides(array.shape());
        if (array.fortran()) {
            List<Long> reversed = new ArrayList<>(array.shape());
            Collections.reverse(reversed);
            strides = new ArrayList<>(LogicalTensor.rowMajorStrides(reversed));
            Collections.reverse(strides);
        }
        Order order = isBigEndian(array) && dtype.bytes() > 1 ? Order.BIG_ENDIAN : Order.LITTLE_ENDIAN;
        return new LogicalTensor(spec, new Strided(offset, strides, order, Sign.AS_STORED));
    }

    private static void requireAll(TensorSpec spec, long length) {
        if (LayoutBuilder.checkedLength(spec) > length) {
            throw new FormatException("array " + spec.name() + " of dtype " + spec.dtype() + " and shape "
                    + spec.shape() + " takes " + spec.byteLength() + " bytes, but " + length
                    + " follow its header");
        }
    }

    private static boolean isBigEndian(Described array) {
        return array.descr().startsWith(">");
    }

    private static Dtype dtype(Described array) {
        String type = array.descr().isEmpty() ? "" : array.descr().substring(1);
        return type.equals(COMPLEX128) ? Dtype.C128 : DTYPES.getOrDefault(type, Dtype.OPAQUE);
    }

    private static List<Long> shape(String text) {
        List<Long> shape = new ArrayList<>();
        for (String part : text.split(",")) {
            String digits = part.strip().replaceFirst("L$", "");
            if (digits.isEmpty()) {
                continue;
            }
            if (!digits.matches("[0-9]{1,18}") || shape.size() == LayoutBuilder.MAX_RANK) {
                throw new FormatException("the array's shape is invalid: (" + text + ")");
            }
            shape.add(Long.parseLong(digits));
        }
        return shape;
    }
}
