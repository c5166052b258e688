package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What quantizers make of floats whose scale is shared by a small group and follows from the group itself: the codes, two
 * to a byte or each in its own, or the scales beside them. The source is whole slabs of {@code group * inner} floats: element
 * {@code i} of a slab belongs to its group {@code i mod inner}, so that groups lie along a row for an inner size of 1, and
 * along columns for that of a row's length.
 *
 * <p>Parameters: {@code source:u8 scheme:u8 rounding:u8 flags:u8 scale:u8 zero:signed lowest:signed levels:varint
 * divisor:f32 inner:varint group:varint first:varint codes:varint code:f32{codes}}. The block begins {@code first} elements, or for
 * scales groups, into the source. A group's scale is rounded to the dtype {@code scale}, and is
 *
 * <ul>
 *   <li>{@link #ABSMAX}: the largest magnitude, divided (bitsandbytes with a table of codes, torchao, compressed-tensors);
 *   <li>{@link #SIGNED_MAX}: the value of the largest magnitude, of equals the positive one, divided by minus the divisor
 *       (onnxruntime's MatMulNBits, symmetric);
 *   <li>{@link #RANGE}: largest less smallest value, zero among them, divided; the zero point is rint(-smallest / scale) above
 *       the lowest code (the same, asymmetric).
 * </ul>
 *
 * <p>A code is the quotient, plus the zero point, {@code zero} where it does not follow from the group, rounded and clipped
 * to the {@code levels} codes from {@code lowest}; nibbles are the low four bits. With a
 * table it is the place of the value there that is nearest to the quotient, of equals the smaller value. All in float.
 */
public final class GroupQuantizePredictor implements Predictor {
    public static final int ABSMAX = 0;
    public static final int SIGNED_MAX = 1;
    public static final int RANGE = 2;

    /** Ties to even; up, after the zero point was added; away from zero. */
    public static final int EVEN = 0;

    public static final int UP = 1;
    public static final int AWAY = 2;

    /** Multiply with the reciprocal of the scale instead of dividing by it. */
    public static final int RECIPROCAL = 1;
    /** The first of two codes is in the high half of its byte. */
    public static final int HIGH_FIRST = 2;
    /** Each code has a byte. */
    public static final int BYTES = 4;
    /** The block has the scales rather than the codes. */
    public static final int SCALES = 8;

    private static final int MAX_LEVELS = 256;
    private static final int MAX_SLAB = 1 << 24;

    /**
     * How a tensor was quantized.
     *
     * @param zero the code of zero, for kinds other than {@link #RANGE}
     * @param codes the values that codes stand for, in units of the scale; empty if these are the codes themselves
     */
    @SuppressWarnings("ArrayRecordComponent") // a short table, never compared
    public record Scheme(
            int kind,
            int rounding,
            int flags,
            Dtype scale,
            int zero,
            int lowest,
            int levels,
            float divisor,
            int inner,
            int group,
            float[] codes) {
        public int slab() {
            return Math.multiplyExact(inner, group);
        }

        public boolean scales() {
            return (flags & SCALES) != 0;
        }

        public boolean isPacked() {
            return (flags & (BYTES | SCALES)) == 0;
        }

        /** @param first elements, or groups, of the source before the block's */
        public byte[] parameters(Dtype source, long first) {
            FieldWriter out = new FieldWriter()
                    .u8(source.code())
                    .u8(kind)
                    .u8(rounding)
                    .u8(flags)
                    .u8(scale.code())
                    .signed(zero)
                    .signed(lowest)
                    .varint(levels)
                    .f32(divisor)
                    .varint(inner)
                    .varint(group)
                    .varint(first)
                    .varint(codes.length);
            for (float code : codes) {
                out.f32(code);
            }
            return out.toBytes();
        }
    }

    @Override
    public int code() {
        return 15 * 16 + 1;
    }

    @Override
    public String name() {
        return "group-quantize";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype source = PredictorParameters.floatDtype(this, in.u8());
        Scheme scheme = scheme(in);
        int from = in.varint(Integer.MAX_VALUE, "the first element");
        float[] codes = new float[in.varint(MAX_LEVELS, "the number of codes")];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = in.f32();
        }
        in.expectEnd();
        in.require(inputs.size() == 1, inputs.size() + " sources instead of 1");
        byte[] floats = inputs.get(0);
        long slabBytes = (long) scheme.slab() * source.bytes();
        in.require(floats.length % slabBytes == 0, "the source is not whole slabs");
        int slabs = (int) (floats.length / slabBytes);
        long count = scheme.scales()
                ? PredictorParameters.elements(this, dtype, length)
                : (long) length * (scheme.isPacked() ? 2 : 1);
        in.require(!scheme.scales() || dtype.isFloat(), dtype + " is not a float");
        long all = (long) slabs * (scheme.scales() ? scheme.inner() : scheme.slab());
        // an odd last element leaves half a byte
        in.require(from + count - (scheme.isPacked() ? 1 : 0) <= all, "the source is too short");
        if (slabs == 0) {
            return;
        }
        Run run = new Run(scheme, codes, source, floats, from);
        for (int slab = 0; slab < slabs; slab++) {
            run.slab(slab);
            run.write(slab, dtype, target, length);
        }
    }

    private static Scheme scheme(FieldReader in) {
        int kind = in.u8();
        int rounding = in.u8();
        int flags = in.u8();
        in.require(kind <= RANGE && rounding <= AWAY && flags < 2 * SCALES, "scheme " + kind);
        Dtype scale = Dtype.byCode(in.u8()).filter(Dtype::isFloat).orElse(Dtype.F32);
        int zero = (int) in.signed(MAX_LEVELS, "the zero point");
        int lowest = (int) in.signed(MAX_LEVELS, "the lowest code");
        int levels = in.varint(MAX_LEVELS, "the levels");
        float divisor = in.f32();
        int inner = in.varint(MAX_SLAB, "the inner size");
        int group = in.varint(MAX_SLAB, "the group");
        in.require(levels > 0, "there are no levels");
        in.require(inner > 0 && group > 0 && (long) inner * group <= MAX_SLAB, "groups of " + group);
        return new Scheme(kind, rounding, flags, scale, zero, lowest, levels, divisor, inner, group, new float[0]);
    }

    /** One block being predicted, a slab at a time. */
    private static final class Run {
        private final Scheme scheme;
        private final Dtype source;
        private final byte[] bytes;
        private final long from;
        private final float[] floats;
        private final float[] largest;
        private final float[] smallest;
        private final float[] scales;
        private final float[] middles;
        private final int[] ranks;

        Run(Scheme scheme, float[] codes, Dtype source, byte[] bytes, long from) {
            this.scheme = scheme;
            this.source = source;
            this.bytes = bytes;
            this.from = from;
            floats = new float[scheme.slab()];
            largest = new float[scheme.inner()];
            smallest = new float[scheme.inner()];
            scales = new float[scheme.inner()];
            ranks = IntStream.range(0, codes.length)
                    .boxed()
                    .sorted((a, b) -> Float.compare(codes[a], codes[b]))
                    .mapToInt(Integer::intValue)
                    .toArray();
            middles = new float[Math.max(0, codes.length - 1)];
            for (int i = 0; i < middles.length; i++) {
                middles[i] = (codes[ranks[i]] + codes[ranks[i + 1]]) / 2;
            }
        }

        /** Reads a slab and finds its scales. */
        void slab(int slab) {
            int inner = scheme.inner();
            Floats.read(source, bytes, slab * floats.length, floats, floats.length);
            Arrays.fill(largest, scheme.kind() == RANGE ? 0 : Float.NEGATIVE_INFINITY);
            Arrays.fill(smallest, scheme.kind() == RANGE ? 0 : Float.POSITIVE_INFINITY);
            for (int i = 0; i < floats.length; i += inner) {
                for (int g = 0; g < inner; g++) {
                    largest[g] = Math.max(largest[g], floats[i + g]);
                    smallest[g] = Math.min(smallest[g], floats[i + g]);
                }
            }
            for (int g = 0; g < inner; g++) {
                scales[g] = switch (scheme.kind()) {
                    case ABSMAX -> Math.max(Math.abs(largest[g]), Math.abs(smallest[g])) / scheme.divisor();
                    case SIGNED_MAX -> (largest[g] >= -smallest[g] ? largest[g] : smallest[g]) / -scheme.divisor();
                    default -> (largest[g] - smallest[g]) / scheme.divisor();
                };
            }
            if (scheme.scale() != Dtype.F32) {
                for (int g = 0; g < inner; g++) {
                    scales[g] = (float) Floats.round(scales[g], scheme.scale());
                }
            }
        }

        /** Writes what the block has of the slab that was read. */
        void write(int slab, Dtype dtype, byte[] target, int length) {
            if (scheme.scales()) {
                long at = (long) slab * scheme.inner() - from;
                int skip = (int) Math.max(0, -at);
                int count = (int) Math.min(scheme.inner() - skip, length / dtype.bytes() - at - skip);
                if (count > 0) {
                    Floats.write(
                            dtype, Arrays.copyOfRange(scales, skip, skip + count), target, (int) (at + skip), count);
                }
                return;
            }
            long at = (long) slab * floats.length - from;
            int skip = (int) Math.max(0, Math.min(floats.length, -at));
            int end = (int) Math.min(floats.length, (scheme.isPacked() ? 2L : 1L) * length - at);
            int group = skip % scheme.inner();
            for (int i = skip; i < end; i++) {
                put(target, (int) (at + i), code(floats[i], group));
                group = group + 1 == scheme.inner() ? 0 : group + 1;
            }
        }

        private void put(byte[] target, int element, int code) {
            if (!scheme.isPacked()) {
                target[element] = (byte) code;
                return;
            }
            boolean high = ((element & 1) != 0) != ((scheme.flags() & HIGH_FIRST) != 0);
            byte other = (element & 1) != 0 ? target[element >> 1] : 0;
            target[element >> 1] = (byte) (other | (code & 15) << (high ? 4 : 0));
        }

        private int code(float value, int group) {
            float scale = scales[group];
            float quotient = (scheme.flags() & RECIPROCAL) != 0 ? value * (1f / scale) : value / scale;
            if (ranks.length > 0) {
                return ranks[place(quotient)];
            }
            int zero = zero(group);
            double rounded = switch (scheme.rounding()) {
                case EVEN -> Math.rint(quotient) + zero;
                case UP -> Math.floor(quotient + (zero + 0.5f));
                default -> Math.copySign(Math.floor(Math.abs((double) quotient) + 0.5), quotient) + zero;
            };
            // casting makes NaN 0
            return (int) Math.max(scheme.lowest(), Math.min(scheme.lowest() + scheme.levels() - 1, (long) rounded));
        }

        private int zero(int group) {
            if (scheme.kind() != RANGE) {
                return scheme.zero();
            }
            long above = (long) Math.rint(-smallest[group] / scales[group]);
            return scheme.lowest() + (int) Math.max(0, Math.min(scheme.levels() - 1, above));
        }

        /** How many middles are below a quotient. */
        private int place(float quotient) {
            int low = 0;
            int high = middles.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (middles[middle] < quotient) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low;
        }
    }
}
