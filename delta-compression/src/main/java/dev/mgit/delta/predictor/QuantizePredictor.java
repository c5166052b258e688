package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * Integers a known quantizer makes of stored floats. The source is the block's elements as floats.
 *
 * <p>Parameters: {@code source:u8 scheme:u8}, then the scheme's own:
 *
 * <ul>
 *   <li>{@link #GGML}: none; Q8_0 and Q4_0 as {@code quantize_row_q8_0_ref} and {@code quantize_row_q4_0_ref} of
 *       llama.cpp make them, by the block's dtype.
 *   <li>{@link #AFFINE} and {@link #AFFINE_RECIPROCAL}: {@code inner:varint first:varint channels:varint
 *       scale:f32{channels} zeroPoints:varint zeroPoint:signed{zeroPoints}}. Element {@code i} belongs to channel
 *       {@code ((first + i) / inner) mod channels} and becomes clip(rint(x / scale) + zeroPoint), in float, ties to even:
 *       onnxruntime's {@code QuantizeLinear} and {@code quantize_dynamic}, per tensor or per channel, with or without
 *       reduced range. The second form multiplies with 1 / scale instead. With no channels here, a second source holds
 *       their scales as F32. There are as many zero points as channels, or one for all.
 *   <li>{@link #ABSMAX}: {@code columns:varint}; each row becomes rint(x * (127 / largest magnitude)), as bitsandbytes'
 *       vector-wise int8 does.
 * </ul>
 */
public final class QuantizePredictor implements Predictor {
    static final int GGML = 0;
    public static final int AFFINE = 1;
    public static final int AFFINE_RECIPROCAL = 2;
    static final int ABSMAX = 3;

    private static final int MAX_ZERO_POINT = 1 << 16;

    public static byte[] ggml(Dtype source) {
        return new FieldWriter().u8(source.code()).u8(GGML).toBytes();
    }

    /**
     * @param scales one a channel; empty if a second source holds them
     * @param zeroPoints one a channel, or a single one for all
     */
    public static byte[] affine(Dtype source, int scheme, long inner, long first, float[] scales, int[] zeroPoints) {
        FieldWriter out = new FieldWriter().u8(source.code()).u8(scheme);
        out.varint(inner).varint(first).varint(scales.length);
        for (float scale : scales) {
            out.f32(scale);
        }
        out.varint(zeroPoints.length);
        for (int zeroPoint : zeroPoints) {
            out.signed(zeroPoint);
        }
        return out.toBytes();
    }

    public static byte[] absmax(Dtype source, int columns) {
        return new FieldWriter().u8(source.code()).u8(ABSMAX).varint(columns).toBytes();
    }

    @Override
    public int code() {
        return 6 * 16 + 1;
    }

    @Override
    public String name() {
        return "quantize";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype source = PredictorParameters.floatDtype(this, in.u8());
        int scheme = in.u8();
        in.require(length % dtype.blockBytes() == 0, "the block is not whole elements");
        long count = (long) (length / dtype.blockBytes()) * dtype.blockElements();
        in.require(!inputs.isEmpty(), "there is no source");
        byte[] from = PredictorParameters.sized(this, inputs, 0, count * source.bytes());
        switch (scheme) {
            case GGML -> {
                in.expectEnd();
                in.require(dtype == Dtype.Q8_0 || dtype == Dtype.Q4_0, "no reference quantizer of " + dtype);
                GgmlQuantization.quantize(source, from, dtype, target, length / dtype.blockBytes());
            }
            case AFFINE, AFFINE_RECIPROCAL -> {
                in.require(dtype == Dtype.I8 || dtype == Dtype.U8, dtype + " instead of 8-bit integers");
                affine(in, source, inputs, scheme, dtype, target, length);
            }
            case ABSMAX -> {
                int columns = in.varint(Integer.MAX_VALUE, "the columns");
                in.expectEnd();
                in.require(dtype == Dtype.I8, dtype + " instead of signed 8-bit integers");
                in.require(columns > 0 && columns <= Math.max(1, length), columns + " columns");
                in.require(length % columns == 0, "the block is not whole rows");
                absmax(source, from, columns, target, length);
            }
            default -> throw PredictorParameters.bad(this, "scheme " + scheme + " is not known");
        }
    }

    private void affine(
            FieldReader in, Dtype source, List<byte[]> inputs, int scheme, Dtype dtype, byte[] target, int length) {
        long inner = in.varint(Long.MAX_VALUE, "the inner size");
        long first = in.varint(Long.MAX_VALUE / 2, "the first element");
        float[] scales = scales(in, inputs);
        int[] zeroPoints = zeroPoints(in, scales.length);
        in.expectEnd();
        in.require(inner > 0, "the inner size is 0");
        if (scheme == AFFINE_RECIPROCAL) {
            for (int i = 0; i < scales.length; i++) {
                scales[i] = 1f / scales[i];
            }
        }
        byte[] from = inputs.get(0);
        int channels = scales.length;
        int low = dtype == Dtype.I8 ? -128 : 0;
        int high = low + 255;
        int channel = (int) (first / inner % channels);
        long leftInChannel = inner - first % inner;
        float[] chunk = new float[Floats.CHUNK];
        for (int i = 0; i < length; i++) {
            int at = i % Floats.CHUNK;
            if (at == 0) {
                Floats.read(source, from, i, chunk, Math.min(Floats.CHUNK, length - i));
            }
            float scaled = scheme == AFFINE ? chunk[at] / scales[channel] : chunk[at] * scales[channel];
            // Casting clips what is beyond int and makes NaN 0, so the sum below stays far from overflow.
            long value = (long) (int) Math.rint(scaled) + zeroPoints[channel];
            target[i] = (byte) Math.max(low, Math.min(high, value));
            if (--leftInChannel == 0) {
                leftInChannel = inner;
                channel = channel + 1 == channels ? 0 : channel + 1;
            }
        }
    }

    private float[] scales(FieldReader in, List<byte[]> inputs) {
        int channels = in.varint(in.remaining() / Float.BYTES, "the number of channels");
        in.require(inputs.size() == (channels == 0 ? 2 : 1), inputs.size() + " sources");
        if (channels > 0) {
            float[] scales = new float[channels];
            for (int i = 0; i < channels; i++) {
                scales[i] = in.f32();
            }
            return scales;
        }
        byte[] stored = inputs.get(1);
        in.require(stored.length > 0 && stored.length % Float.BYTES == 0, "the scales are not floats");
        float[] scales = new float[stored.length / Float.BYTES];
        Floats.read(Dtype.F32, stored, 0, scales, scales.length);
        return scales;
    }

    private int[] zeroPoints(FieldReader in, int channels) {
        int count = in.varint(channels, "the number of zero points");
        in.require(count == 1 || count == channels, count + " zero points");
        int[] zeroPoints = new int[channels];
        for (int i = 0; i < channels; i++) {
            zeroPoints[i] = i < count ? (int) in.signed(MAX_ZERO_POINT, "a zero point") : zeroPoints[0];
        }
        return zeroPoints;
    }

    private static void absmax(Dtype source, byte[] from, int columns, byte[] target, int length) {
        float[] row = new float[columns];
        for (int start = 0; start < length; start += columns) {
            Floats.read(source, from, start, row, columns);
            float largest = 0;
            for (float value : row) {
                largest = Math.max(largest, Math.abs(value));
            }
            float scale = 127f / largest;
            for (int i = 0; i < columns; i++) {
                target[start + i] = (byte) Math.max(-128, Math.min(127, (int) Math.rint(row[i] * scale)));
            }
        }
    }
}
