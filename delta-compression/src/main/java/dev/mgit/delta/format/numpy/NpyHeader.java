package dev.mgit.delta.format.numpy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.ByteSource;
import dev.mgit.delta.format.Cursor;
import dev.mgit.delta.format.FormatException;
import dev.mgit.delta.format.LayoutBuilder;
import dev.mgit.delta.format.UnsupportedFormatException;
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
 * @param spec of dtype {@code OPAQUE} for types not known here, such as big-endian, structured or pickled ones; the
 *     dimensions of a Fortran-ordered array are reversed, which is the order its bytes lie in
 */
record NpyHeader(long dataOffset, TensorSpec spec) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int MAX_HEADER = 1 << 20;
    private static final Pattern DICTIONARY = Pattern.compile("\\s*\\{(.*)}\\s*", Pattern.DOTALL);
    private static final Pattern DESCR = Pattern.compile("'descr':\\s*'([^']*)'");
    private static final Pattern FORTRAN = Pattern.compile("'fortran_order':\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9L, ]*)\\)");
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
            Map.entry("c8", Dtype.C64));

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
        return Optional.of(new NpyHeader(in.position(), spec(name, dictionary.group(1), in)));
    }

    private static TensorSpec spec(String name, String header, Cursor in) {
        Matcher fortran = FORTRAN.matcher(header);
        Matcher shapeText = SHAPE.matcher(header);
        if (!header.contains("'descr'") || !fortran.find() || !shapeText.find()) {
            throw new FormatException("the array's header lacks descr, fortran_order or shape: " + header.strip());
        }
        List<Long> shape = shape(shapeText.group(1));
        Matcher descr = DESCR.matcher(header);
        Dtype dtype = descr.find() ? dtype(descr.group(1)) : Dtype.OPAQUE;
        if (dtype == Dtype.OPAQUE) {
            return LayoutBuilder.opaque(name, in.remaining());
        }
        if (fortran.group(1).equals("True")) {
            Collections.reverse(shape);
        }
        var spec = new TensorSpec(name, dtype, shape);
        if (LayoutBuilder.checkedLength(spec) > in.remaining()) {
            throw new FormatException("array " + name + " of dtype " + dtype + " and shape " + shape + " takes "
                    + spec.byteLength() + " bytes, but " + in.remaining() + " follow its header");
        }
        return spec;
    }

    private static Dtype dtype(String descr) {
        boolean bigEndian = descr.startsWith(">");
        Dtype dtype = descr.isEmpty() ? null : DTYPES.get(descr.substring(1));
        return dtype == null || bigEndian ? Dtype.OPAQUE : dtype;
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
