package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.numeric.Tiles;
import java.util.List;

/**
 * Numbers that tiles of a matrix share a scale for: 8-bit floats and integers made of wider floats, and floats of what was
 * quantized to 8 or 4 bits. The first source has the block's elements; scales are among the parameters, or a second source has them.
 *
 * <p>Parameters: {@code source:u8 flags:u8 stored:u8 rounded:u8 precision:u8 divisor:f32 columns:varint first:varint
 * tileRows:varint tileColumns:varint codes:varint code:f32{codes} scales:varint scale:f32{scales} zeros:varint
 * zero:signed{zeros}}. The block begins {@code first} elements behind the beginning of a row of tiles, and its scales with the first
 * of that row. A scale is one of those here or, if there are none, of the second source, whose dtype is {@code stored} (E8M0 is a power
 * of two); it is divided by the divisor unless that is 1, and rounded to the dtype {@code rounded}.
 *
 * <p>An element, less the zero of its scale if there are zeros, is multiplied with its scale ({@link #DIVIDE}: divided by it;
 * {@link #RECIPROCAL}: multiplied with 1 / scale) in float, rounded to {@code precision}, clipped to the finite numbers of the
 * block's dtype where that has 8 bits, and rounded to it, ties to even. With codes, the source's bytes or, {@link #PACKED}, halves of
 * bytes are places in that table; otherwise they are numbers of the dtype {@code source}, a float or a signed byte.
 */
public final class ScaledPredictor implements Predictor {
    public static final int DIVIDE = 1;
    public static final int RECIPROCAL = 2;
    /** Two codes fill a byte, the first in its low half. */
    public static final int PACKED = 4;
    /** The first of two codes is in the high half. */
    public static final int HIGH_FIRST = 8;
    /** The block has a byte for each integer, 128 above it, whatever its dtype. */
    public static final int BYTES = 16;

    private static final int MAX_CODES = 256;
    private static final int NIBBLES = 16;
    private static final long MAX_DIMENSION = 1L << 48;
    private static final int MAX_SCALES = 1 << 18;

    /**
     * What is done to every element.
     *
     * @param source dtype of the elements; of codes, {@link Dtype#U8}
     * @param stored dtype of scales in a second source
     * @param rounded dtype that scales are rounded to
     * @param precision dtype that products are rounded to
     * @param codes what codes stand for; empty if the source has numbers
     */
    @SuppressWarnings("ArrayRecordComponent") // a short table, never compared
    public record Scheme(
            Dtype source, int flags, Dtype stored, Dtype rounded, Dtype precision, float divisor, float[] codes) {
        public boolean isPacked() {
            return (flags & PACKED) != 0;
        }
    }

    /**
     * @param tiles whose elements share a scale
     * @param first elements before the block in its first row of tiles
     * @param scales from the first of that row; empty if a second source has them
     * @param zeros as many as there are scales, or none
     */
    public static byte[] parameters(Scheme scheme, Tiles tiles, long first, float[] scales, int[] zeros) {
        FieldWriter out = new FieldWriter()
                .u8(scheme.source().code())
                .u8(scheme.flags())
                .u8(scheme.stored().code())
                .u8(scheme.rounded().code())
                .u8(scheme.precision().code())
                .f32(scheme.divisor())
                .varint(tiles.columns())
                .varint(first)
                .varint(tiles.tileRows())
                .varint(tiles.tileColumns());
        for (float[] numbers : List.of(scheme.codes(), scales)) {
            out.varint(numbers.length);
            for (float number : numbers) {
                out.f32(number);
            }
        }
        out.varint(zeros.length);
        for (int zero : zeros) {
            out.signed(zero);
        }
        return out.toBytes();
    }

    @Override
    public int code() {
        return 19 * 16 + 1;
    }

    @Override
    public String name() {
        return "scaled";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype source = PredictorParameters.dtype(this, in.u8());
        int flags = in.u8();
        in.require(flags < 2 * BYTES && (flags & 3) != 3, "flags " + flags);
        Dtype stored = PredictorParameters.dtype(this, in.u8());
        Dtype rounded = PredictorParameters.floatDtype(this, in.u8());
        Dtype precision = PredictorParameters.floatDtype(this, in.u8());
        float divisor = in.f32();
        long columns = dimension(in);
        long first = in.varint(MAX_DIMENSION, "the first element");
        var tiles = new Tiles(columns, dimension(in), dimension(in));
        float[] codes = numbers(in, MAX_CODES, "codes");
        float[] scales = numbers(in, MAX_SCALES, "scales");
        int[] zeros = new int[in.varint(Math.min(MAX_SCALES, in.remaining()), "the number of zeros")];
        for (int i = 0; i < zeros.length; i++) {
            zeros[i] = (int) in.signed(MAX_CODES, "a zero");
        }
        in.expectEnd();
        var scheme = new Scheme(source, flags, stored, rounded, precision, divisor, codes);
        boolean bytes = (flags & BYTES) != 0;
        in.require(bytes || dtype.isFloat() || dtype == Dtype.I8, dtype + " is neither a float nor a signed byte");
        int count = bytes ? length : PredictorParameters.elements(this, dtype, length);
        in.require(inputs.size() == (scales.length == 0 ? 2 : 1), inputs.size() + " sources");
        scales = scales.length == 0 ? stored(in, inputs.get(1), stored) : scales;
        long row = (first + Math.max(0, count - 1)) / tiles.columns();
        in.require(row / tiles.tileRows() < scales.length / tiles.perRow(), "there are too few scales");
        in.require(zeros.length == 0 || zeros.length == scales.length, zeros.length + " zeros");
        byte[] elements = PredictorParameters.sized(this, inputs, 0, sourceBytes(in, scheme, count));
        round(scheme, scales);
        new Run(scheme, tiles, scales, zeros, elements).write(dtype, target, first, count);
    }

    private static long dimension(FieldReader in) {
        long dimension = in.varint(MAX_DIMENSION, "a dimension");
        in.require(dimension > 0, "a dimension is 0");
        return dimension;
    }

    private static float[] numbers(FieldReader in, int most, String what) {
        float[] numbers = new float[in.varint(Math.min(most, in.remaining() / Float.BYTES), "the number of " + what)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = in.f32();
        }
        return numbers;
    }

    private static long sourceBytes(FieldReader in, Scheme scheme, int count) {
        if (scheme.isPacked()) {
            in.require(scheme.codes().length == NIBBLES, scheme.codes().length + " codes instead of 16");
            return (count + 1L) / 2;
        }
        if (scheme.codes().length > 0) {
            in.require(scheme.codes().length == MAX_CODES, scheme.codes().length + " codes instead of 256");
            return count;
        }
        in.require(
                scheme.source().isFloat() || scheme.source() == Dtype.I8,
                scheme.source() + " is not a number to scale");
        return (long) count * scheme.source().bytes();
    }

    private static float[] stored(FieldReader in, byte[] bytes, Dtype dtype) {
        in.require(dtype.isFloat() || dtype == Dtype.F8_E8M0, dtype + " is not a dtype of scales");
        in.require(bytes.length > 0 && bytes.length % dtype.bytes() == 0, "the scales are not whole");
        float[] scales = new float[bytes.length / dtype.bytes()];
        if (dtype.isFloat()) {
            Floats.read(dtype, bytes, 0, scales, scales.length);
        } else {
            for (int i = 0; i < scales.length; i++) {
                scales[i] = powerOfTwo(bytes[i] & 0xff);
            }
        }
        return scales;
    }

    /** E8M0 of the OCP microscaling formats: 255 is NaN. */
    static float powerOfTwo(int exponent) {
        return exponent == 255 ? Float.NaN : Math.scalb(1f, exponent - 127);
    }

    private static void round(Scheme scheme, float[] scales) {
        for (int i = 0; i < scales.length; i++) {
            float divided = scheme.divisor() == 1 ? scales[i] : scales[i] / scheme.divisor();
            float scale = (float) Floats.round(divided, scheme.rounded());
            scales[i] = (scheme.flags() & RECIPROCAL) != 0 ? 1f / scale : scale;
        }
    }

    /** One block, in runs of one scale. */
    private static final class Run {
        private final Scheme scheme;
        private final Tiles tiles;
        private final float[] scales;
        private final int[] zeros;
        private final byte[] elements;
        private final float[] chunk = new float[Floats.CHUNK];
        private final byte[] narrow = new byte[Floats.CHUNK * Double.BYTES];

        Run(Scheme scheme, Tiles tiles, float[] scales, int[] zeros, byte[] elements) {
            this.scheme = scheme;
            this.tiles = tiles;
            this.scales = scales;
            this.zeros = zeros;
            this.elements = elements;
        }

        void write(Dtype dtype, byte[] target, long first, int count) {
            boolean bytes = (scheme.flags() & BYTES) != 0;
            float most = bytes ? Byte.MAX_VALUE : most(dtype);
            for (int at = 0; at < count; ) {
                int run = (int) Math.min(Math.min(count - at, tiles.left(first + at)), chunk.length);
                int shared = (int) tiles.tile(first + at);
                read(at, run);
                if (zeros.length > 0) {
                    for (int i = 0; i < run; i++) {
                        chunk[i] -= zeros[shared];
                    }
                }
                scale(scales[shared], run, most);
                if (!bytes && dtype.isFloat()) {
                    Floats.write(dtype, chunk, target, at, run);
                } else {
                    for (int i = 0; i < run; i++) {
                        target[at + i] = (byte) ((int) Math.rint(chunk[i]) + (bytes ? 128 : 0));
                    }
                }
                at += run;
            }
        }

        private static float most(Dtype dtype) {
            return switch (dtype) {
                case F8_E4M3 -> 448;
                case F8_E5M2 -> 57344;
                case I8 -> Byte.MAX_VALUE;
                default -> Float.POSITIVE_INFINITY;
            };
        }

        private void read(int at, int run) {
            if (scheme.codes().length > 0) {
                for (int i = 0; i < run; i++) {
                    chunk[i] = scheme.codes()[code(at + i)];
                }
            } else if (scheme.source() == Dtype.I8) {
                for (int i = 0; i < run; i++) {
                    chunk[i] = elements[at + i];
                }
            } else {
                Floats.read(scheme.source(), elements, at, chunk, run);
            }
        }

        private int code(int element) {
            if (!scheme.isPacked()) {
                return elements[element] & 0xff;
            }
            boolean high = ((element & 1) != 0) != ((scheme.flags() & HIGH_FIRST) != 0);
            return (high ? elements[element >> 1] >> 4 : elements[element >> 1]) & 15;
        }

        private void scale(float scale, int run, float most) {
            boolean divide = (scheme.flags() & DIVIDE) != 0;
            for (int i = 0; i < run; i++) {
                chunk[i] = divide ? chunk[i] / scale : chunk[i] * scale;
            }
            if (scheme.precision() != Dtype.F32) {
                Floats.write(scheme.precision(), chunk, narrow, 0, run);
                Floats.read(scheme.precision(), narrow, 0, chunk, run);
            }
            if (most != Float.POSITIVE_INFINITY) {
                float least = most == Byte.MAX_VALUE ? Byte.MIN_VALUE : -most;
                for (int i = 0; i < run; i++) {
                    chunk[i] = Math.max(least, Math.min(most, chunk[i]));
                }
            }
        }
    }
}
