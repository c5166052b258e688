package dev.mgit.delta.codec;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Restores blocks from payloads of every method there is or was. Not thread-safe. */
final class PayloadDecoder {
    private final MethodCoders coders;
    private final ByteInput input = new ByteInput();
    private byte[] near = new byte[0];

    PayloadDecoder(MethodCoders coders) {
        this.coders = coders;
    }

    /** Fills {@code length} bytes of the target, or throws if the payload is not one of such a block. */
    void decode(
            byte[] payload, int offset, int payloadLength, byte @Nullable [] prediction, byte[] target, int length) {
        input.open(payload, offset, payloadLength);
        decode(input.get(), prediction, target, length);
        if (input.remaining() != 0) {
            throw ByteInput.damaged("it has bytes left over");
        }
    }

    /** The step a payload was coded with, if it was coded with one. */
    Optional<QuantizationStep> quantum(byte[] payload) {
        if (payload.length == 0 || !Method.isQuantized(payload[0])) {
            return Optional.empty();
        }
        input.open(payload, 1, payload.length - 1);
        return Optional.of(StepCoder.quantum(input));
    }

    private void decode(int method, byte @Nullable [] prediction, byte[] target, int length) {
        switch (method) {
            case Method.RAW -> input.get(target, 0, length);
            case Method.SAME -> copy(needed(prediction), target, length);
            case Method.REPEAT -> decodeRepeat(target, length);
            case Method.BYTES -> coders.zstd().decompress(input, input.remaining(), target, 0, length);
            case Method.BYTE_DIFFERENCES -> decodeDifferences(needed(prediction), target, length);
            case Method.REFERENCE ->
                coders.patch().expand(needed(prediction), input, input.remaining(), target, length);
            case Method.MODELED_MATCHES -> ModeledMatches.decode(needed(prediction), input, target, length);
            case Method.PLANES -> getTail(coders.planes().decode(input, target, length), target, length);
            case Method.RESIDUAL_TOKENS ->
                getTail(coders.tokens().decode(input, needed(prediction), target, length), target, length);
            case Method.PALETTE -> getTail(coders.palette().decode(input, target, length), target, length);
            case Method.MIXED -> MixedPayload.decode(input, prediction, target, length, this::decodeWithin);
            case Method.QUANTIZED -> decodeQuantized(false, needed(prediction), target, length);
            case Method.QUANTIZED_ROWS -> decodeQuantized(true, needed(prediction), target, length);
            default -> throw ByteInput.damaged("it was made by an unknown method, perhaps of a newer version");
        }
    }

    /** A payload within another, which is being read meanwhile. */
    private void decodeWithin(byte[] payload, byte @Nullable [] prediction, byte[] target, int length) {
        new PayloadDecoder(coders).decode(payload, 0, payload.length, prediction, target, length);
    }

    private static byte[] needed(byte @Nullable [] prediction) {
        if (prediction == null) {
            throw ByteInput.damaged("it needs a prediction and there is none");
        }
        return prediction;
    }

    private static void copy(byte[] prediction, byte[] target, int length) {
        System.arraycopy(prediction, 0, target, 0, length);
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

    private void decodeDifferences(byte[] prediction, byte[] target, int length) {
        coders.zstd().decompress(input, input.remaining(), target, 0, length);
        for (int i = 0; i < length; i++) {
            target[i] += prediction[i];
        }
    }

    private void decodeQuantized(boolean byRows, byte[] prediction, byte[] target, int length) {
        if (near.length < length) {
            near = new byte[length];
        }
        System.arraycopy(prediction, 0, near, 0, length);
        coders.quanta().decode(input, byRows, prediction, near, length);
        int method = input.get();
        if (Method.isQuantized(method) || method == Method.MIXED) {
            throw ByteInput.damaged("it is quantized twice");
        }
        decode(method, near, target, length);
    }

    private void getTail(WordForm form, byte[] target, int length) {
        int tail = length & (form.bytes() - 1);
        input.get(target, length - tail, tail);
    }
}
