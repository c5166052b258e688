package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Codes blocks by whichever method takes the fewest bytes. Not thread-safe. */
final class PayloadEncoder {
    /** A prediction whose payload is this near to the estimate of coding alone is compared with it in full. */
    private static final double DOUBTFUL = 0.85;

    /** Blocks that an excerpt makes shorter than this share of themselves are coded in every way: no weights are like it. */
    private static final double REGULAR = 0.4;

    /** Bytes of a block that is coded in every way. */
    private static final int SHORT = 1 << 14;

    private final MethodCoders coders;
    private final OpaqueEncoder opaque;
    private final Estimator estimator = new Estimator();
    private final ByteSink best = new ByteSink();
    private final BlockExcerpt excerpt = new BlockExcerpt();
    private byte[] near = new byte[0];

    PayloadEncoder(MethodCoders coders) {
        this.coders = coders;
        this.opaque = new OpaqueEncoder(coders);
    }

    /**
     * Codes a block; the result is good until the next call.
     *
     * @param naming bytes that naming the prediction takes beside a payload that needs it
     */
    ByteSink encode(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction, int naming, Effort effort) {
        best.clear();
        boolean same = isSame(raw, length, prediction);
        if (encodeRepeat(raw, length, dtype)) {
            return same && 1 + naming < best.size() ? same() : best;
        }
        if (same && length > SHORT) {
            return same();
        }
        if (dtype == Dtype.OPAQUE) {
            opaque.encode(raw, length, prediction, naming, effort, best);
        } else if (prediction == null) {
            encodeAlone(raw, length, dtype, effort);
        } else {
            encodeEither(raw, length, dtype, prediction, naming, effort);
        }
        if (best.size() > length) {
            best.clear();
            best.put(Method.RAW);
            best.put(raw, 0, length);
        }
        boolean named = Method.needsPrediction(best.array());
        return same && 1 + naming < best.size() + (named ? naming : 0) ? same() : best;
    }

    private ByteSink same() {
        best.clear();
        best.put(Method.SAME);
        return best;
    }

    /** Codes a block in steps from its prediction, and what is not a multiple of the step exactly on top. */
    ByteSink encode(byte[] raw, int length, Dtype dtype, byte[] prediction, QuantizationStep quantum, Effort effort) {
        if (!isSame(raw, length, prediction)) {
            Residual residual = Residual.of(raw, length, WordForm.of(dtype));
            encodeQuantized(raw, length, dtype, prediction, quantum, effort);
            if (best.size() < Math.min(length, estimator.bytes(raw, length, residual, prediction))) {
                return best;
            }
        }
        return encode(raw, length, dtype, prediction, 0, effort);
    }

    /** Bytes the block is likely to take, by a sample. */
    double estimate(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction) {
        if (isSame(raw, length, prediction)) {
            return 1;
        }
        return prediction == null
                ? estimator.bytes(raw, length, Residual.of(raw, length, WordForm.of(dtype)), null)
                : estimator.bytes(raw, length, residual(raw, length, dtype, prediction), prediction);
    }

    /**
     * What a prediction is taken away by: of whole words, unless these are integers that differ less by their bytes. Several
     * codes of few bits may be packed into a word, each a little off.
     */
    private Residual residual(byte[] raw, int length, Dtype dtype, byte[] prediction) {
        Residual words = Residual.of(raw, length, WordForm.of(dtype));
        if (words.form().isFloat() || words.form().log2Bytes() == 0) {
            return words;
        }
        Residual bytes = Residual.of(raw, length, WordForm.BYTES);
        return estimator.bytes(raw, length, bytes, prediction) < estimator.bytes(raw, length, words, prediction)
                ? bytes
                : words;
    }

    private static boolean isSame(byte[] raw, int length, byte @Nullable [] prediction) {
        return prediction != null
                && prediction.length >= length
                && Arrays.equals(raw, 0, length, prediction, 0, length);
    }

    private boolean encodeRepeat(byte[] raw, int length, Dtype dtype) {
        int period = Math.min(255, dtype.bytes());
        if (length <= period + 2 || Arrays.mismatch(raw, 0, length - period, raw, period, length) >= 0) {
            return false;
        }
        best.put(Method.REPEAT);
        best.put(period);
        best.put(raw, 0, period);
        return true;
    }

    /** Codes with the prediction, and alone too unless the prediction is clearly the better. */
    private void encodeEither(byte[] raw, int length, Dtype dtype, byte[] prediction, int naming, Effort effort) {
        Residual residual = residual(raw, length, dtype, prediction);
        double alone = estimator.bytes(raw, length, Residual.of(raw, length, WordForm.of(dtype)), null);
        double predicted = estimator.bytes(raw, length, residual, prediction);
        if (predicted + naming > 1.1 * alone) {
            encodeAlone(raw, length, dtype, effort);
            return;
        }
        encodePredicted(raw, length, residual, prediction, effort);
        if (best.size() + naming > DOUBTFUL * Math.min(alone, aloneByExcerpt(raw, length, dtype, effort))) {
            int size = best.size();
            encodeAlone(raw, length, dtype, effort);
            best.keepShorter(0, size, -naming);
        }
    }

    /**
     * What coding alone takes, from an excerpt that is coded so: unlike counts of values it knows repeats and stretches
     * unlike each other. 0 where no excerpt can say it: of short blocks, and where matches count, or the headers of streams.
     */
    private double aloneByExcerpt(byte[] raw, int length, Dtype dtype, Effort effort) {
        WordForm form = WordForm.of(dtype);
        if (length <= SHORT || !form.isFloat() || excerpt.repeats(raw, length, form)) {
            return 0;
        }
        byte[] words = excerpt.of(raw, length, form);
        int start = best.size();
        encodeAlone(words, words.length, dtype, effort);
        boolean isPlanes = best.array()[start] == Method.PLANES;
        double ratio = (double) (best.size() - start) / words.length;
        best.truncate(start);
        return isPlanes && ratio > REGULAR ? ratio * length : 0;
    }

    private void encodePredicted(byte[] raw, int length, Residual residual, byte[] prediction, Effort effort) {
        int count = length >> residual.form().log2Bytes();
        best.put(Method.RESIDUAL_TOKENS);
        coders.tokens().encode(raw, prediction, count, residual, effort, best);
        putTail(raw, length, residual.form());
    }

    private void encodeAlone(byte[] raw, int length, Dtype dtype, Effort effort) {
        WordForm form = WordForm.of(dtype);
        int count = length >> form.log2Bytes();
        int start = best.size();
        if (form.log2Bytes() > 0) {
            best.put(Method.PALETTE);
            if (coders.palette().encode(raw, count, form, effort, best)) {
                putTail(raw, length, form);
                // Few values often come in patterns.
                int end = best.size();
                opaque.encodeBytes(raw, length, effort, best);
                best.keepShorter(start, end);
                return;
            }
            best.truncate(start);
        }
        best.put(Method.PLANES);
        coders.planes().encode(raw, count, Residual.of(raw, length, form), effort, best);
        putTail(raw, length, form);
        if (!form.isFloat()) {
            int end = best.size();
            opaque.encodeBytes(raw, length, effort, best);
            best.keepShorter(start, end);
        }
    }

    private void encodeQuantized(
            byte[] raw, int length, Dtype dtype, byte[] prediction, QuantizationStep quantum, Effort effort) {
        if (near.length < length) {
            near = new byte[length];
        }
        // Steps change whole words of the prediction.
        System.arraycopy(prediction, 0, near, 0, length);
        best.clear();
        best.put(Method.QUANTIZED_ROWS);
        coders.quanta().encode(raw, prediction, length / dtype.bytes(), dtype, quantum, near, best);
        if (Arrays.equals(raw, 0, length, near, 0, length)) {
            best.put(Method.SAME);
        } else {
            encodePredicted(raw, length, Residual.of(raw, length, WordForm.of(dtype)), near, effort);
        }
    }

    private void putTail(byte[] raw, int length, WordForm form) {
        int tail = length & (form.bytes() - 1);
        best.put(raw, length - tail, tail);
    }
}
