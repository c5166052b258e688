package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * Running means that got nothing but zeros for some steps: what an optimizer keeps for the rows of an embedding that a batch
 * does not have. Each step is rounded as the optimizer rounds it, so that the prediction is exact.
 *
 * <p>Parameters: {@code rounding:u8 steps:varint rate:f64}. A step is x * rate by rounding {@link #PRODUCT}; x - round(x * rate) by
 * {@link #DIFFERENCE}; x - x * rate, rounded once, by {@link #FUSED}, as {@code torch.lerp} computes it with a fused operation.
 */
public final class DecayPredictor implements Predictor {
    public static final int PRODUCT = 0;
    public static final int DIFFERENCE = 1;
    public static final int FUSED = 2;

    /** More steps than this between two saves leave nothing of a first moment, and cost a reader more than they are worth. */
    public static final int MOST_STEPS = 1024;

    public static byte[] parameters(int rounding, int steps, double rate) {
        return new FieldWriter().u8(rounding).varint(steps).f64(rate).toBytes();
    }

    @Override
    public int code() {
        return 18 * 16 + 1;
    }

    @Override
    public String name() {
        return "decay";
    }

    @Override
    public boolean firstIsLikeTheBlock() {
        return true;
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        int rounding = in.u8();
        int steps = in.varint(MOST_STEPS, "the steps");
        double rate = in.f64();
        in.require(rounding <= FUSED, "there is no rounding " + rounding);
        in.expectEnd();
        PredictorParameters.require(dtype.isFloat(), this, dtype + " is not a float");
        byte[] source = PredictorParameters.only(this, inputs, length);
        int count = PredictorParameters.elements(this, dtype, length);
        double[] values = new double[Floats.CHUNK];
        for (int at = 0; at < count; at += Floats.CHUNK) {
            int some = Math.min(Floats.CHUNK, count - at);
            Floats.read(dtype, source, at, values, some);
            for (int step = 0; step < steps; step++) {
                decay(rounding, rate, dtype, values, some);
            }
            Floats.write(dtype, values, target, at, some);
        }
    }

    private static void decay(int rounding, double rate, Dtype dtype, double[] values, int count) {
        for (int i = 0; i < count; i++) {
            double x = values[i];
            double next = switch (rounding) {
                case PRODUCT -> x * rate;
                case DIFFERENCE -> x - Floats.round(x * rate, dtype);
                default -> x - x * rate;
            };
            values[i] = Floats.round(next, dtype);
        }
    }
}
