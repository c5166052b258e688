package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import java.util.List;

/**
 * Stored bytes in which much of the block is found again, at any place: the sources one after the other. The prediction is as
 * long as they are; the block is coded as matches in it and what lies between them, like {@code zstd --patch-from}.
 */
final class ReferencePredictor implements Predictor {
    static final int CODE = 14 * 16 + 1;

    @Override
    public int code() {
        return CODE;
    }

    @Override
    public String name() {
        return "reference";
    }

    @Override
    public int predictedLength(List<byte[]> inputs, int length) {
        return inputs.stream().mapToInt(input -> input.length).sum();
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        PredictorParameters.reader(this, parameters).expectEnd();
        PredictorParameters.require(dtype == Dtype.OPAQUE, this, "the block is " + dtype + ", not opaque bytes");
        PredictorParameters.require(
                target.length >= predictedLength(inputs, length),
                this,
                "the sources are longer than the " + "prediction");
        int at = 0;
        for (byte[] input : inputs) {
            System.arraycopy(input, 0, target, at, input.length);
            at += input.length;
        }
    }
}
