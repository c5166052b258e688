package dev.mgit.delta.codec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Codes bytes nothing is known about every way there is: matches in the prediction, differences to it, alone; arrays of
 * floats among them as such. Not thread-safe.
 */
final class OpaqueEncoder {
    /** An array of words has to be so much shorter as planes than by matches. */
    private static final double SHORTER = 0.98;
    /** What matches make so much shorter at a quick try is code or a table, and more would be found by searching on. */
    private static final double REGULAR = 0.5;
    /** Of quick tries at the mixture and at matches, one that is this near to the other is followed by a thorough one. */
    private static final double NEAR = 1.1;

    private final Zstd zstd;
    private final ZstdPatch patch;
    private final PlaneCoder planes;
    private final FloatRuns floats = new FloatRuns();
    private final Estimator estimator = new Estimator();
    private final ByteSink scratch = new ByteSink();
    private final ByteInput input = new ByteInput();
    private byte[] differences = new byte[0];

    OpaqueEncoder(MethodCoders coders) {
        this.zstd = coders.zstd();
        this.patch = coders.patch();
        this.planes = coders.planes();
    }

    /**
     * @param prediction of any length, or null
     * @param naming bytes that naming the prediction takes beside the payload
     */
    void encode(byte[] raw, int length, byte @Nullable [] prediction, int naming, Effort effort, ByteSink sink) {
        List<MixedPayload.Part> arrays = arrays(raw, length, effort);
        if (arrays.isEmpty()) {
            encodeMatches(raw, length, prediction, naming, effort, sink);
            return;
        }
        int start = sink.size();
        MixedPayload.write(rest(raw, length, prediction, naming, Effort.FAST, arrays), arrays, sink);
        int end = sink.size();
        encodeMatches(raw, length, prediction, naming, Effort.FAST, sink);
        int mixed = end - start;
        int whole = sink.size() - end;
        if (effort == Effort.FAST) {
            sink.keepShorter(start, end);
            return;
        }
        sink.truncate(start);
        if (mixed < NEAR * whole) {
            MixedPayload.write(rest(raw, length, prediction, naming, effort, arrays), arrays, sink);
        }
        if (whole < NEAR * mixed) {
            end = sink.size();
            encodeMatches(raw, length, prediction, naming, effort, sink);
            if (end > start) {
                sink.keepShorter(start, end);
            }
        }
    }

    /** The arrays of floats among the bytes that are shorter as such, each coded. */
    private List<MixedPayload.Part> arrays(byte[] raw, int length, Effort effort) {
        List<MixedPayload.Part> arrays = new ArrayList<>();
        for (FloatRuns.Run run : floats.find(raw, length, estimator)) {
            byte[] words = Arrays.copyOfRange(raw, run.from(), run.from() + run.length());
            byte[] payload = encodeWords(words, run.form(), effort);
            scratch.clear();
            encodeBytes(words, words.length, Effort.FAST, scratch);
            boolean regular = scratch.size() < REGULAR * words.length;
            if (!regular && payload.length < SHORTER * Math.min(scratch.size(), words.length)) {
                arrays.add(new MixedPayload.Part(run.from(), run.length(), payload));
            }
        }
        return arrays;
    }

    private byte[] encodeWords(byte[] words, WordForm form, Effort effort) {
        scratch.clear();
        scratch.put(Method.PLANES);
        planes.encode(words, words.length >> form.log2Bytes(), Residual.of(words, words.length, form), effort, scratch);
        return Arrays.copyOf(scratch.array(), scratch.size());
    }

    private byte[] rest(
            byte[] raw,
            int length,
            byte @Nullable [] prediction,
            int naming,
            Effort effort,
            List<MixedPayload.Part> arrays) {
        byte[] rest = MixedPayload.rest(raw, length, arrays);
        scratch.clear();
        encodeMatches(rest, rest.length, prediction, naming, effort, scratch);
        return Arrays.copyOf(scratch.array(), scratch.size());
    }

    private void encodeMatches(
            byte[] raw, int length, byte @Nullable [] prediction, int naming, Effort effort, ByteSink sink) {
        int start = sink.size();
        encodeBytes(raw, length, effort, sink);
        if (prediction != null) {
            int alone = sink.size();
            encodePredicted(raw, length, prediction, effort, sink);
            sink.keepShorter(start, alone, naming);
        }
    }

    private void encodePredicted(byte[] raw, int length, byte[] prediction, Effort effort, ByteSink sink) {
        int start = sink.size();
        sink.put(Method.REFERENCE);
        int frame = sink.size();
        patch.compress(prediction, effort, raw, length, sink);
        if (effort == Effort.SMALL) {
            input.open(sink.array(), frame, sink.size() - frame);
            int matches = sink.size();
            sink.put(Method.MODELED_MATCHES);
            if (ModeledMatches.encode(prediction, raw, length, input, sink)) {
                sink.keepShorter(start, matches);
            } else {
                sink.truncate(matches);
            }
        }
        if (prediction.length == length) {
            int matches = sink.size();
            sink.put(Method.BYTE_DIFFERENCES);
            subtract(raw, prediction, length);
            zstd.compress(general(effort), differences, 0, length, sink);
            sink.keepShorter(start, matches);
        }
    }

    /** Codes bytes by matches among themselves. */
    void encodeBytes(byte[] raw, int length, Effort effort, ByteSink sink) {
        sink.put(Method.BYTES);
        zstd.compress(general(effort), raw, 0, length, sink);
    }

    private static Zstd.Mode general(Effort effort) {
        return effort == Effort.SMALL ? Zstd.Mode.BYTES_SMALL : Zstd.Mode.BYTES_FAST;
    }

    private void subtract(byte[] raw, byte[] prediction, int length) {
        if (differences.length < length) {
            differences = new byte[length];
        }
        for (int i = 0; i < length; i++) {
            differences[i] = (byte) (raw[i] - prediction[i]);
        }
    }
}
