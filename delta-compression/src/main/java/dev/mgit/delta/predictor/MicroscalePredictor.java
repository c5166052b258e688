package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * What becomes of floats in the formats whose small groups share a scale of 8 bits: MXFP4 and MXFP8 of the OCP microscaling
 * specification, scaled by powers of two, and NVFP4, by E4M3 times a scale of the whole tensor. The block has the codes or, with
 * {@link #SCALES}, the scales. The source is whole groups of floats.
 *
 * <p>Parameters: {@code source:u8 flags:u8 share:u8 precision:u8 most:f32 global:f32 threshold:f32 group:varint first:varint}. The block
 * begins {@code first} codes, or groups, into the source. With a the largest magnitude of a group, its scale is
 *
 * <ul>
 *   <li>with {@link #POWER} 2^(e - floor(log2(most))), where a is m * 2^e with m at least 1 and less than the threshold, or the
 *       power below that: a threshold of 2 cuts off, as the specification does, one of 1.75 rounds as E2M1 would
 *       (compressed-tensors, torchao). It is stored as E8M0;
 *   <li>otherwise E4M3(global * (a / most)), the quotient rounded to the dtype {@code share}, divided by {@code global}. It is stored before that.
 * </ul>
 *
 * <p>A code is x / scale in float, rounded to the dtype {@code precision}, then to the nearest E2M1, two to a byte with the first low, or
 * with {@link #WIDE} to the block's 8-bit float; ties to even, clipped.
 */
public final class MicroscalePredictor implements Predictor {
    public static final int SCALES = 1;
    public static final int POWER = 2;
    public static final int WIDE = 4;

    private static final int MAX_GROUP = 1 << 16;
    private static final int BIAS = 127;

    /**
     * How a tensor was quantized.
     *
     * @param most the largest number of the codes: 6, 448 or 57344
     */
    public record Scheme(
            Dtype source,
            int flags,
            Dtype share,
            Dtype precision,
            float most,
            float global,
            float threshold,
            int group) {
        public boolean scales() {
            return (flags & SCALES) != 0;
        }

        public boolean isPacked() {
            return (flags & (SCALES | WIDE)) == 0;
        }

        /** @param first codes, or groups, of the source before the block's */
        public byte[] parameters(long first) {
            return new FieldWriter()
                    .u8(source.code())
                    .u8(flags)
                    .u8(share.code())
                    .u8(precision.code())
                    .f32(most)
                    .f32(global)
                    .f32(threshold)
                    .varint(group)
                    .varint(first)
                    .toBytes();
        }
    }

    @Override
    public int code() {
        return 20 * 16 + 1;
    }

    @Override
    public String name() {
        return "microscale";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype source = PredictorParameters.floatDtype(this, in.u8());
        int flags = in.u8();
        Dtype share = PredictorParameters.floatDtype(this, in.u8());
        Dtype precision = PredictorParameters.floatDtype(this, in.u8());
        float most = in.f32();
        float global = in.f32();
        float threshold = in.f32();
        var scheme =
                new Scheme(source, flags, share, precision, most, global, threshold, in.varint(MAX_GROUP, "the group"));
        int first = in.varint(Integer.MAX_VALUE, "the first element");
        in.expectEnd();
        in.require(flags < 2 * WIDE && scheme.group() > 0 && most > 0, "flags " + flags);
        in.require(
                (flags & (SCALES | WIDE)) != WIDE || dtype == Dtype.F8_E4M3 || dtype == Dtype.F8_E5M2,
                dtype + " instead of 8-bit floats");
        in.require(!scheme.scales() || dtype.bytes() == 1, dtype + " instead of bytes");
        in.require(inputs.size() == 1, inputs.size() + " sources instead of 1");
        byte[] floats = inputs.get(0);
        long groupBytes = (long) scheme.group() * source.bytes();
        in.require(floats.length % groupBytes == 0, "the source is not whole groups");
        int groups = (int) (floats.length / groupBytes);
        long count = (long) length * (scheme.isPacked() ? 2 : 1);
        in.require(
                first + count <= (scheme.scales() ? groups : (long) groups * scheme.group()),
                "the source is too short");
        new Run(scheme, floats, first).write(dtype, target, count);
    }

    /** One block, a group at a time. */
    private static final class Run {
        private final Scheme scheme;
        private final byte[] bytes;
        private final long first;
        private final float[] group;

        Run(Scheme scheme, byte[] bytes, long first) {
            this.scheme = scheme;
            this.bytes = bytes;
            this.first = first;
            this.group = new float[scheme.group()];
        }

        void write(Dtype dtype, byte[] target, long count) {
            int size = scheme.scales() ? 1 : group.length;
            for (long at = 0; at < count; ) {
                long number = (first + at) / size;
                Floats.read(scheme.source(), bytes, (int) (number * group.length), group, group.length);
                int code = scaleCode();
                if (scheme.scales()) {
                    target[(int) at++] = (byte) code;
                    continue;
                }
                float scale = scale(code);
                long end = Math.min(count, (number + 1) * size - first);
                for (int i = (int) (first + at - number * size); at < end; i++, at++) {
                    put(dtype, target, (int) at, quotient(group[i], scale));
                }
            }
        }

        private int scaleCode() {
            float largest = 0;
            for (float value : group) {
                largest = Math.max(largest, Math.abs(value));
            }
            if ((scheme.flags() & POWER) == 0) {
                float share = (float) Floats.round(largest / scheme.most(), scheme.share());
                return Floats.narrow(Math.min(448, scheme.global() * share), Dtype.F8_E4M3);
            }
            int exponent = Math.getExponent(largest);
            if (largest * Math.scalb(1f, -exponent) >= scheme.threshold()) {
                exponent++;
            }
            return Math.max(0, Math.min(2 * BIAS, exponent - Math.getExponent(scheme.most()) + BIAS));
        }

        private float scale(int code) {
            return (scheme.flags() & POWER) != 0
                    ? ScaledPredictor.powerOfTwo(code)
                    : Floats.widen(code, Dtype.F8_E4M3) / scheme.global();
        }

        private float quotient(float value, float scale) {
            float quotient = value / scale;
            return scheme.precision() == Dtype.F32 ? quotient : (float) Floats.round(quotient, scheme.precision());
        }

        private void put(Dtype dtype, byte[] target, int element, float quotient) {
            if (!scheme.isPacked()) {
                float clipped = Math.max(-scheme.most(), Math.min(scheme.most(), quotient));
                target[element] = (byte) Floats.narrow(clipped, dtype);
                return;
            }
            int code = e2m1(quotient);
            byte other = (element & 1) != 0 ? target[element >> 1] : 0;
            target[element >> 1] = (byte) (other | code << ((element & 1) != 0 ? 4 : 0));
        }
    }

    /** The code of the nearest of 0, 0.5, 1, 1.5, 2, 3, 4 and 6, of equally near ones that with an even mantissa. */
    private static int e2m1(float value) {
        float size = Math.abs(value);
        int code = size <= 0.25f
                ? 0
                : size < 0.75f
                        ? 1
                        : size <= 1.25f ? 2 : size < 1.75f ? 3 : size <= 2.5f ? 4 : size < 3.5f ? 5 : size <= 5 ? 6 : 7;
        return value < 0 ? 8 | code : code;
    }
}
