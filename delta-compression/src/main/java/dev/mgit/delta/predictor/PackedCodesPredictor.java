package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.numeric.LittleEndian;
import java.util.Arrays;
import java.util.List;

/**
 * Codes of 2, 4 or 8 bits in words of 32, whose scales and zeros lie beside them: as GPTQ and AWQ leave a matrix. The source is
 * whole rows of floats, those that the block has codes of.
 *
 * <p>Parameters: {@code source:u8 bits:u8 flags:u8 columns:varint first:varint perScale:varint runs:varint (group:varint
 * rows:varint){runs} groups:varint stored:u8 scale{groups * columns / perScale} offset:signed zeros:varint byte{zeros}
 * factors:varint factor:f32{factors}}. A word holds the codes of consecutive columns of a row or, {@link #DOWN}, of rows of a
 * column, the first in its lowest bits; {@link #EVEN_FIRST}: those of even places before those of odd ones. The block begins
 * {@code first} words into the first row of words. Rows belong to groups, run by run; {@code perScale} columns of a group share a
 * scale, of dtype {@code stored}.
 *
 * <p>A code is {@code rint(x * factor / scale) + zero}, clipped, in float; the zero is {@code offset}, plus the scale's own if
 * there are any: codes of as many bits, packed into bytes. Factors are one a row, {@link #ACROSS}: one a column, or none.
 */
public final class PackedCodesPredictor implements Predictor {
    public static final int DOWN = 1;
    public static final int EVEN_FIRST = 2;
    public static final int ACROSS = 4;

    private static final int WORD_BITS = 32;
    /** Beyond these a quotient is clipped whatever its zero. */
    private static final float FAR = 1 << 20;

    private static final int MAX_OFFSET = 1 << 10;

    /**
     * How codes lie in words.
     *
     * @param bits of a code
     * @param columns of the matrix of codes
     * @param perScale neighbouring columns that share a scale; divides the columns
     */
    public record Form(int bits, int flags, int columns, int perScale) {
        public int perWord() {
            return WORD_BITS / bits;
        }

        /** Whether a word holds codes of several rows. */
        public boolean isDown() {
            return (flags & DOWN) != 0;
        }

        /** Rows of codes in a row of words. */
        public int rowsOfWords() {
            return isDown() ? perWord() : 1;
        }

        /** Words in a row of them. */
        public int wordColumns() {
            return isDown() ? columns : columns / perWord();
        }

        /** Scales of a group of rows. */
        public int scalesPerRow() {
            return columns / perScale;
        }

        /** Where in a word the code of a place stands: bits above the lowest. */
        public int shift(int place) {
            boolean evenFirst = (flags & EVEN_FIRST) != 0;
            int slot = evenFirst ? (place & 1) * (perWord() >> 1) + (place >> 1) : place;
            return slot * bits;
        }
    }

    /**
     * What the rows of a block share.
     *
     * @param ofRow the group of each row, an index into the scales
     * @param scales bytes of them, group after group
     * @param stored their dtype
     * @param zeros a code for each scale, packed; none where all are zero
     * @param offset what is added to each
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Groups(int[] ofRow, byte[] scales, Dtype stored, byte[] zeros, int offset) {}

    /** @param first words before the block in the first row of words */
    public static byte[] parameters(Dtype source, Form form, int first, Groups groups, float[] factors) {
        var out = new FieldWriter(groups.scales().length + groups.zeros().length + factors.length * Float.BYTES + 64)
                .u8(source.code())
                .u8(form.bits())
                .u8(form.flags())
                .varint(form.columns())
                .varint(first)
                .varint(form.perScale());
        int[] ofRow = groups.ofRow();
        int runs = 0;
        for (int row = 0; row < ofRow.length; row++) {
            runs += row == 0 || ofRow[row] != ofRow[row - 1] ? 1 : 0;
        }
        out.varint(runs);
        for (int row = 0; row < ofRow.length; ) {
            int end = row + 1;
            while (end < ofRow.length && ofRow[end] == ofRow[row]) {
                end++;
            }
            out.varint(ofRow[row]).varint(end - row);
            row = end;
        }
        int perGroup = form.scalesPerRow() * groups.stored().bytes();
        out.varint(groups.scales().length / perGroup)
                .u8(groups.stored().code())
                .bytes(groups.scales())
                .signed(groups.offset())
                .varint(groups.zeros().length)
                .bytes(groups.zeros())
                .varint(factors.length);
        for (float factor : factors) {
            out.f32(factor);
        }
        return out.toBytes();
    }

    @Override
    public int code() {
        return 21 * 16 + 1;
    }

    @Override
    public String name() {
        return "packed-codes";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype source = PredictorParameters.floatDtype(this, in.u8());
        in.require(length % Integer.BYTES == 0, "the block is not whole words");
        in.require(inputs.size() == 1, inputs.size() + " sources instead of 1");
        byte[] floats = inputs.get(0);
        Form form = form(in, floats.length / source.bytes());
        int first = in.varint(form.wordColumns() - 1, "the first word");
        int perScale = in.varint(form.columns(), "the columns of a scale");
        in.require(perScale > 0 && form.columns() % perScale == 0, perScale + " columns of a scale");
        form = new Form(form.bits(), form.flags(), form.columns(), perScale);
        int rows = Math.toIntExact(floats.length / ((long) form.columns() * source.bytes()));
        PredictorParameters.sized(this, inputs, 0, (long) rows * form.columns() * source.bytes());
        int[] ofRow = groupsOfRows(in, rows);
        int scales = Math.multiplyExact(groups(in, form, ofRow), form.scalesPerRow());
        Dtype stored = PredictorParameters.floatDtype(this, in.u8());
        byte[] scaleBytes = in.bytes(scales * stored.bytes());
        int offset = (int) in.signed(MAX_OFFSET, "the zero");
        int zeroBytes = in.varint(in.remaining(), "the length of zeros");
        in.require(zeroBytes == 0 || zeroBytes == packed(scales, form.bits()), zeroBytes + " bytes of zeros");
        byte[] zeros = in.bytes(zeroBytes);
        int factors = in.varint(in.remaining() / Float.BYTES, "the number of factors");
        boolean across = (form.flags() & ACROSS) != 0;
        in.require(factors == 0 || factors == (across ? form.columns() : rows), factors + " factors");
        float[] factor = new float[factors];
        for (int i = 0; i < factors; i++) {
            factor[i] = in.f32();
        }
        in.expectEnd();
        int words = length / Integer.BYTES;
        in.require(
                (long) first + words <= (long) rows / form.rowsOfWords() * form.wordColumns(),
                "there are too few rows");
        Arrays.fill(target, 0, length, (byte) 0);
        float[] scale = new float[scales];
        Floats.read(stored, scaleBytes, 0, scale, scales);
        int[] zero = zeros(zeros, form.bits(), offset, scales);
        new Run(form, source, floats, ofRow, scale, zero, factor).write(target, first, words);
    }

    private static Form form(FieldReader in, int elements) {
        int bits = in.u8();
        int flags = in.u8();
        in.require(bits == 2 || bits == 4 || bits == 8, "codes of " + bits + " bits");
        in.require(flags < 2 * ACROSS, "flags " + flags);
        int columns = in.varint(Math.max(1, elements), "the columns");
        var form = new Form(bits, flags, columns, 1);
        in.require(form.wordColumns() > 0 && (form.isDown() || columns % form.perWord() == 0), columns + " columns");
        return form;
    }

    private static int[] groupsOfRows(FieldReader in, int rows) {
        int[] ofRow = new int[rows];
        int row = 0;
        for (int run = in.varint(rows, "the runs of rows"); run > 0; run--) {
            int group = in.varint(rows, "a group");
            int count = in.varint(rows - row, "the rows of a run");
            Arrays.fill(ofRow, row, row + count, group);
            row += count;
        }
        in.require(row == rows, row + " rows in groups");
        return ofRow;
    }

    private static int groups(FieldReader in, Form form, int[] ofRow) {
        int groups = in.varint(in.remaining() / form.scalesPerRow(), "the groups");
        for (int group : ofRow) {
            in.require(group < groups, "group " + group + " of " + groups);
        }
        return groups;
    }

    /** Bytes that so many codes take. */
    public static int packed(int codes, int bits) {
        return (int) (((long) codes * bits + 7) / 8);
    }

    /** One block, a row of codes at a time. */
    private static final class Run {
        private final Form form;
        private final Dtype source;
        private final byte[] floats;
        private final int[] ofRow;
        private final float[] scales;
        private final int[] zeros;
        private final float[] factors;
        private final float[] row;
        private final int[] codes;

        Run(Form form, Dtype source, byte[] floats, int[] ofRow, float[] scales, int[] zeros, float[] factors) {
            this.form = form;
            this.source = source;
            this.floats = floats;
            this.ofRow = ofRow;
            this.scales = scales;
            this.zeros = zeros;
            this.factors = factors;
            row = new float[form.columns()];
            codes = new int[form.columns()];
        }

        void write(byte[] target, int first, int words) {
            for (int r = 0; r < ofRow.length; r++) {
                Floats.read(source, floats, r * row.length, row, row.length);
                multiply(r);
                code(ofRow[r] * form.scalesPerRow());
                int word = r / form.rowsOfWords() * form.wordColumns() - first;
                int from = word < 0 ? -word : 0;
                int to = Math.min(form.wordColumns(), words - word);
                int down = form.isDown() ? form.shift(r % form.perWord()) : 0;
                for (int column = from; column < to; column++) {
                    put(target, word + column, form.isDown() ? codes[column] << down : word(column * form.perWord()));
                }
            }
        }

        private void multiply(int r) {
            if (factors.length > 0) {
                boolean across = (form.flags() & ACROSS) != 0;
                for (int i = 0; i < row.length; i++) {
                    row[i] *= factors[across ? i : r];
                }
            }
        }

        /** @param first the first scale of the row */
        private void code(int first) {
            if (form.perScale() == 1) {
                for (int i = 0; i < codes.length; i++) {
                    codes[i] = code(row[i] / scales[first + i], zeros[first + i]);
                }
                return;
            }
            for (int i = 0, scale = first; i < codes.length; scale++) {
                for (int end = i + form.perScale(); i < end; i++) {
                    codes[i] = code(row[i] / scales[scale], zeros[scale]);
                }
            }
        }

        private int code(float quotient, int zero) {
            // a cast makes NaN 0
            int code = (int) Math.rint(Math.max(-FAR, Math.min(FAR, quotient))) + zero;
            return Math.max(0, Math.min((1 << form.bits()) - 1, code));
        }

        private static void put(byte[] target, int word, int bits) {
            int at = word * Integer.BYTES;
            LittleEndian.INT.set(target, at, (int) LittleEndian.INT.get(target, at) | bits);
        }

        private int word(int column) {
            int word = 0;
            for (int place = 0; place < form.perWord(); place++) {
                word |= codes[column + place] << form.shift(place);
            }
            return word;
        }
    }

    /** The code of zero of each scale. */
    private static int[] zeros(byte[] packed, int bits, int offset, int scales) {
        int[] zeros = new int[scales];
        Arrays.fill(zeros, offset);
        for (int i = 0; i < scales && packed.length > 0; i++) {
            int bit = i * bits;
            zeros[i] += packed[bit >> 3] >> (bit & 7) & (1 << bits) - 1;
        }
        return zeros;
    }
}
