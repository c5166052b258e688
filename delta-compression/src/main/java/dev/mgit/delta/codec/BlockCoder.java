package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Codes one block of little-endian words against a prediction, or alone. Not thread-safe: one for each thread. Scratch
 * memory is bounded by a small multiple of the largest block seen; native contexts are freed by {@link #close()}.
 *
 * <p>A payload starts with a method byte and holds all its parameters; its grammar is in {@code docs/format.md}.
 */
public final class BlockCoder implements AutoCloseable {
    private static final int RAW = 0;
    private static final int SAME = 1;
    private static final int REPEAT = 2;
    private static final int BYTES = 3;
    private static final int BYTE_DIFFERENCES = 4;
    private static final int PLANES = 5;
    private static final int RESIDUAL_TOKENS = 6;
    private static final int PALETTE = 7;
    private static final int QUANTIZED = 8;
    private static final int QUANTIZED_ROWS = 9;
    private static final int REFERENCE = 10;

    /** The payload of a block that is just what was predicted. */
    public static byte[] same() {
        return new byte[] {SAME};
    }

    /** Blocks are at most this long. */
    private static final int MOST = 1 << 26;
    /** A prediction whose payload is this near to the estimate of coding alone is compared with it in full. */
    private static final double DOUBTFUL = 0.85;

    private final Zstd zstd = new Zstd();
    private final StreamCoder streams = new StreamCoder(zstd);
    private final PlaneCoder planes = new PlaneCoder(streams);
    private final TokenCoder tokens = new TokenCoder(streams);
    private final PaletteCoder palette = new PaletteCoder(streams);
    private final StepCoder quanta = new StepCoder(streams);
    private final Estimator estimator = new Estimator();
    private final ByteSink best = new ByteSink();
    private final ByteInput input = new ByteInput();
    private byte[] differences = new byte[0];
    private byte[] near = new byte[0];

    /** How a payload's block is coded, in a word or two for people. */
    public static String methodName(int method) {
        return switch (method) {
            case RAW -> "raw";
            case SAME -> "same";
            case REPEAT -> "repeat";
            case BYTES -> "bytes";
            case BYTE_DIFFERENCES -> "byte differences";
            case PLANES -> "planes";
            case RESIDUAL_TOKENS -> "residual tokens";
            case PALETTE -> "palette";
            case QUANTIZED -> "quantized";
            case QUANTIZED_ROWS -> "quantized rows";
            case REFERENCE -> "matches";
            default -> "method " + method;
        };
    }

    /** Bound on {@link #encode}'s output, in bytes, for any input of this length. */
    public static int maxEncodedLength(int rawLength) {
        return Math.addExact(rawLength, 1);
    }

    /**
     * Codes a block.
     *
     * @param raw the block's bytes, little-endian words of the dtype, from index 0
     * @param length bytes of the block; what does not fill a last word is kept as it is
     * @param prediction the prediction, at least {@code length} bytes, or null; for opaque bytes one of any length, to be
     *     searched for matches
     * @param out receives the payload from index 0; at least {@link #maxEncodedLength} bytes
     * @return the payload's length, at most {@code maxEncodedLength(length)}
     */
    public int encode(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction, Effort effort, byte[] out) {
        encodeBest(raw, length, dtype, prediction, effort);
        System.arraycopy(best.array(), 0, out, 0, best.size());
        return best.size();
    }

    /** The same, as an array of just the payload's length. */
    public byte[] encode(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction, Effort effort) {
        encodeBest(raw, length, dtype, prediction, effort);
        return Arrays.copyOf(best.array(), best.size());
    }

    /** Whether a payload can be decoded only with the prediction it was made with. */
    public static boolean needsPrediction(byte[] payload) {
        int method = payload[0];
        return method == SAME
                || method == BYTE_DIFFERENCES
                || method == RESIDUAL_TOKENS
                || method == REFERENCE
                || isQuantized(method);
    }

    private static boolean isQuantized(int method) {
        return method == QUANTIZED || method == QUANTIZED_ROWS;
    }

    private void encodeBest(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction, Effort effort) {
        checkLengths(raw, length, dtype, prediction);
        best.clear();
        if (isSame(raw, length, prediction)) {
            best.put(SAME);
            return;
        }
        if (!encodeRepeat(raw, length, dtype)) {
            if (prediction == null) {
                encodeAlone(raw, length, dtype, effort);
            } else if (dtype == Dtype.OPAQUE) {
                encodeOpaque(raw, length, prediction, effort);
            } else {
                encodeEither(raw, length, dtype, prediction, effort);
            }
        }
        if (best.size() == 0 || best.size() > length) {
            best.clear();
            best.put(RAW);
            best.put(raw, 0, length);
        }
    }

    /**
     * Codes a block whose differences to the prediction are multiples of a step, or nearly: what is not is coded exactly on
     * top. Whatever the step, the very bytes come back; it only decides how many they take.
     *
     * @param raw as for {@link #encode(byte[], int, Dtype, byte[], Effort, byte[])}, as are the others
     * @param dtype one that {@link QuantizationStep#suits}
     * @return the payload's length, at most {@code maxEncodedLength(length)}
     */
    public int encode(
            byte[] raw,
            int length,
            Dtype dtype,
            byte[] prediction,
            QuantizationStep quantum,
            Effort effort,
            byte[] out) {
        checkLengths(raw, length, dtype, prediction);
        if (!isSame(raw, length, prediction)) {
            Residual residual = residual(raw, length, WordForm.of(dtype));
            encodeQuantized(raw, length, dtype, prediction, quantum, effort);
            if (best.size() < Math.min(length, estimator.bytes(raw, length, residual, prediction))) {
                System.arraycopy(best.array(), 0, out, 0, best.size());
                return best.size();
            }
        }
        return encode(raw, length, dtype, prediction, effort, out);
    }

    private void encodeQuantized(
            byte[] raw, int length, Dtype dtype, byte[] prediction, QuantizationStep quantum, Effort effort) {
        near(prediction, length);
        best.clear();
        best.put(QUANTIZED_ROWS);
        quanta.encode(raw, prediction, length / dtype.bytes(), dtype, quantum, near, best);
        if (Arrays.equals(raw, 0, length, near, 0, length)) {
            best.put(SAME);
        } else {
            encodePredicted(raw, length, residual(raw, length, WordForm.of(dtype)), near, effort);
        }
    }

    /** Starts {@link #near} as the prediction; steps change whole words of it. */
    private void near(byte[] prediction, int length) {
        if (near.length < length) {
            near = new byte[length];
        }
        System.arraycopy(prediction, 0, near, 0, length);
    }

    /** The step a payload was coded with, if it was coded with one. */
    public Optional<QuantizationStep> quantum(byte[] payload) {
        if (payload.length == 0 || !isQuantized(payload[0])) {
            return Optional.empty();
        }
        input.open(payload, 1, payload.length - 1);
        return Optional.of(StepCoder.quantum(input));
    }

    /**
     * Restores a block, exactly as it was.
     *
     * @param payload holds what {@link #encode} wrote, {@code payloadLength} bytes from {@code offset} on
     * @param dtype as given to {@link #encode}
     * @param prediction as given to {@link #encode}
     * @param target receives {@code length} bytes from index 0
     * @throws MgitException of kind INTEGRITY if the payload is not one of such a block; the target is then undefined
     */
    public void decode(
            byte[] payload,
            int offset,
            int payloadLength,
            Dtype dtype,
            byte @Nullable [] prediction,
            byte[] target,
            int length) {
        checkLengths(target, length, dtype, prediction);
        try {
            input.open(payload, offset, payloadLength);
            decodeMethod(input.get(), prediction, target, length);
        } catch (IndexOutOfBoundsException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY, "a coded block is damaged: it points outside itself", null, e);
        }
        if (input.remaining() != 0) {
            throw ByteInput.damaged("it has bytes left over");
        }
    }

    /**
     * Estimates the payload's bytes from a sample of at most 8,192 words: the order-0 entropy of the residual given
     * the exponent of the prediction, or, with no prediction, of the byte planes. For choosing among predictions.
     */
    public double estimate(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction) {
        checkLengths(raw, length, dtype, prediction);
        if (isSame(raw, length, prediction)) {
            return 1;
        }
        return estimator.bytes(raw, length, residual(raw, length, WordForm.of(dtype)), prediction);
    }

    @Override
    public void close() {
        zstd.close();
    }

    private static boolean isSame(byte[] raw, int length, byte @Nullable [] prediction) {
        return prediction != null
                && prediction.length >= length
                && Arrays.equals(raw, 0, length, prediction, 0, length);
    }

    private static void checkLengths(byte[] block, int length, Dtype dtype, byte @Nullable [] prediction) {
        if (length < 0 || length > MOST || length > block.length) {
            throw new IllegalArgumentException("a block of " + length + " bytes in " + block.length);
        }
        if (prediction != null && prediction.length < length && dtype != Dtype.OPAQUE) {
            throw new IllegalArgumentException("a prediction of " + prediction.length + " bytes for " + length);
        }
    }

    /** What the block's words have in common: their form, and the trailing bits that none of them uses. */
    private static Residual residual(byte[] raw, int length, WordForm form) {
        long used = LittleEndianWords.or(raw, length, form.log2Bytes());
        return new Residual(form, Math.min(form.maxShift(), Long.numberOfTrailingZeros(used)));
    }

    private boolean encodeRepeat(byte[] raw, int length, Dtype dtype) {
        int period = Math.min(255, dtype.bytes());
        if (length <= period + 2 || Arrays.mismatch(raw, 0, length - period, raw, period, length) >= 0) {
            return false;
        }
        best.put(REPEAT);
        best.put(period);
        best.put(raw, 0, period);
        return true;
    }

    /** Codes with the prediction, and alone too unless the prediction is clearly the better. */
    private void encodeEither(byte[] raw, int length, Dtype dtype, byte[] prediction, Effort effort) {
        Residual residual = residual(raw, length, WordForm.of(dtype));
        double alone = estimator.bytes(raw, length, residual, null);
        double predicted = estimator.bytes(raw, length, residual, prediction);
        if (predicted > 1.1 * alone) {
            encodeAlone(raw, length, dtype, effort);
            return;
        }
        encodePredicted(raw, length, residual, prediction, effort);
        if (best.size() > DOUBTFUL * alone) {
            int size = best.size();
            encodeAlone(raw, length, dtype, effort);
            best.keepShorter(0, size);
        }
    }

    /** Opaque bytes every way there is: matches in the prediction, differences to it, alone. */
    private void encodeOpaque(byte[] raw, int length, byte[] prediction, Effort effort) {
        best.put(REFERENCE);
        zstd.compressAfter(prediction, effort, raw, length, best);
        if (prediction.length >= length) {
            int size = best.size();
            subtract(raw, prediction, length);
            best.put(BYTE_DIFFERENCES);
            zstd.compress(general(effort), differences, 0, length, best);
            best.keepShorter(0, size);
        }
        int size = best.size();
        encodeAlone(raw, length, Dtype.OPAQUE, effort);
        best.keepShorter(0, size);
    }

    private void encodePredicted(byte[] raw, int length, Residual residual, byte[] prediction, Effort effort) {
        int count = length >> residual.form().log2Bytes();
        best.put(RESIDUAL_TOKENS);
        tokens.encode(raw, prediction, count, residual, effort, best);
        putTail(raw, length, residual.form());
    }

    private void encodeAlone(byte[] raw, int length, Dtype dtype, Effort effort) {
        WordForm form = WordForm.of(dtype);
        int count = length >> form.log2Bytes();
        int start = best.size();
        if (form.log2Bytes() > 0) {
            best.put(PALETTE);
            if (palette.encode(raw, count, form, effort, best)) {
                putTail(raw, length, form);
                return;
            }
            best.truncate(start);
        }
        if (dtype == Dtype.OPAQUE) {
            best.put(BYTES);
            zstd.compress(general(effort), raw, 0, length, best);
            return;
        }
        best.put(PLANES);
        planes.encode(raw, count, residual(raw, length, form), effort, best);
        putTail(raw, length, form);
        if (!form.isFloat()) {
            int end = best.size();
            best.put(BYTES);
            zstd.compress(general(effort), raw, 0, length, best);
            best.keepShorter(start, end);
        }
    }

    private static Zstd.Mode general(Effort effort) {
        return effort == Effort.SMALL ? Zstd.Mode.BYTES_SMALL : Zstd.Mode.BYTES_FAST;
    }

    private void putTail(byte[] raw, int length, WordForm form) {
        int tail = length & (form.bytes() - 1);
        best.put(raw, length - tail, tail);
    }

    private void subtract(byte[] raw, byte[] prediction, int length) {
        if (differences.length < length) {
            differences = new byte[length];
        }
        for (int i = 0; i < length; i++) {
            differences[i] = (byte) (raw[i] - prediction[i]);
        }
    }

    private void decodeMethod(int method, byte @Nullable [] prediction, byte[] target, int length) {
        switch (method) {
            case RAW -> input.get(target, 0, length);
            case SAME -> System.arraycopy(predicted(prediction), 0, target, 0, length);
            case REPEAT -> decodeRepeat(target, length);
            case BYTES -> zstd.decompress(input, input.remaining(), target, 0, length);
            case BYTE_DIFFERENCES -> {
                byte[] predicted = predicted(prediction);
                zstd.decompress(input, input.remaining(), target, 0, length);
                for (int i = 0; i < length; i++) {
                    target[i] += predicted[i];
                }
            }
            case REFERENCE -> zstd.decompressAfter(predicted(prediction), input, input.remaining(), target, length);
            case PLANES -> getTail(planes.decode(input, target, length), target, length);
            case RESIDUAL_TOKENS ->
                getTail(tokens.decode(input, predicted(prediction), target, length), target, length);
            case PALETTE -> getTail(palette.decode(input, target, length), target, length);
            case QUANTIZED, QUANTIZED_ROWS ->
                decodeQuantized(method == QUANTIZED_ROWS, predicted(prediction), target, length);
            default -> throw ByteInput.damaged("it was made by an unknown method, perhaps of a newer version");
        }
    }

    private void decodeQuantized(boolean byRows, byte[] prediction, byte[] target, int length) {
        near(prediction, length);
        quanta.decode(input, byRows, prediction, near, length);
        int method = input.get();
        if (isQuantized(method)) {
            throw ByteInput.damaged("it is quantized twice");
        }
        decodeMethod(method, near, target, length);
    }

    private static byte[] predicted(byte @Nullable [] prediction) {
        if (prediction == null) {
            throw ByteInput.damaged("it needs a prediction and there is none");
        }
        return prediction;
    }

    private void decodeRepeat(byte[] target, int length) {
        int period = input.get();
        if (period == 0 || period > length) {
            throw ByteInput.damaged("a parameter is out of range");
        }
        input.get(target, 0, period);
        for (int i = period; i < length; i++) {
            target[i] = target[i - period];
        }
    }

    private void getTail(WordForm form, byte[] target, int length) {
        int tail = length & (form.bytes() - 1);
        input.get(target, length - tail, tail);
    }
}
