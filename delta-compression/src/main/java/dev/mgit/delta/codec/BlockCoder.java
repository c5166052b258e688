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
    /** The payload of a block that is just what was predicted. */
    public static byte[] same() {
        return new byte[] {Method.SAME};
    }

    /** Blocks are at most this long. */
    private static final int MOST = 1 << 26;

    private static final int USUAL = 1 << 22;

    private final MethodCoders coders = MethodCoders.create();
    private final PayloadEncoder encoder = new PayloadEncoder(coders);
    private final PayloadDecoder decoder = new PayloadDecoder(coders);
    private int largest;

    /** How a payload's block is coded, in a word or two for people. */
    public static String methodName(int method) {
        return Method.name(method);
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
        checkLengths(raw, length, dtype, prediction);
        return copy(encoder.encode(raw, length, dtype, prediction, 0, effort), out);
    }

    /**
     * The same, as an array of just the payload's length, for a block that may be stored with the prediction or without.
     *
     * @param naming bytes that naming the prediction takes beside a payload that needs it: one that does not is at most so
     *     many bytes longer
     */
    public byte[] encode(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction, int naming, Effort effort) {
        checkLengths(raw, length, dtype, prediction);
        ByteSink payload = encoder.encode(raw, length, dtype, prediction, naming, effort);
        return Arrays.copyOf(payload.array(), payload.size());
    }

    /** Whether a payload can be decoded only with the prediction it was made with. */
    public static boolean needsPrediction(byte[] payload) {
        return Method.needsPrediction(payload);
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
        return copy(encoder.encode(raw, length, dtype, prediction, quantum, effort), out);
    }

    private static int copy(ByteSink payload, byte[] out) {
        System.arraycopy(payload.array(), 0, out, 0, payload.size());
        return payload.size();
    }

    /** The step a payload was coded with, if it was coded with one. */
    public Optional<QuantizationStep> quantum(byte[] payload) {
        return decoder.quantum(payload);
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
            decoder.decode(payload, offset, payloadLength, prediction, target, length);
        } catch (IndexOutOfBoundsException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY, "a coded block is damaged: it points outside itself", null, e);
        }
    }

    /**
     * Estimates the payload's bytes from a sample of at most 8,192 words: the order-0 entropy of the residual given
     * the exponent of the prediction, or, with no prediction, of the byte planes. For choosing among predictions.
     */
    public double estimate(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction) {
        checkLengths(raw, length, dtype, prediction);
        return encoder.estimate(raw, length, dtype, prediction);
    }

    @Override
    public void close() {
        coders.zstd().close();
    }

    /** Whether it met a block so large that its scratch memory is better given back than kept. */
    public boolean isLarge() {
        return largest > USUAL;
    }

    private void checkLengths(byte[] block, int length, Dtype dtype, byte @Nullable [] prediction) {
        largest = Math.max(largest, length);
        if (length < 0 || length > MOST || length > block.length) {
            throw new IllegalArgumentException("a block of " + length + " bytes in " + block.length);
        }
        if (prediction != null && prediction.length < length && dtype != Dtype.OPAQUE) {
            throw new IllegalArgumentException("a prediction of " + prediction.length + " bytes for " + length);
        }
    }
}
