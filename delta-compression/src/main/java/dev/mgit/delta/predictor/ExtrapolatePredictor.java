package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * The next step of a training run, on along the line of the last two: x(t-1) + factor * (x(t-1) - x(t-2)). Sources: the
 * last step, the one before.
 *
 * <p>Parameters: {@code precision:u8 factor:f64}; every operation is rounded to {@code precision}.
 */
public final class ExtrapolatePredictor implements Predictor {
    public static byte[] parameters(Dtype precision, double factor) {
        return new FieldWriter().u8(precision.code()).f64(factor).toBytes();
    }

    @Override
    public int code() {
        return 11 * 16 + 1;
    }

    @Override
    public String name() {
        return "extrapolate";
    }

    @Override
    public boolean firstIsLikeTheBlock() {
        return true;
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype precision = PredictorParameters.floatDtype(this, in.u8());
        double factor = in.f64();
        in.expectEnd();
        PredictorParameters.require(dtype.isFloat(), this, dtype + " is not a float");
        PredictorParameters.require(inputs.size() == 2, this, inputs.size() + " sources instead of 2");
        int count = PredictorParameters.elements(this, dtype, length);
        byte[] last = PredictorParameters.sized(this, inputs, 0, length);
        byte[] before = PredictorParameters.sized(this, inputs, 1, length);
        double[] a = new double[Floats.CHUNK];
        double[] b = new double[Floats.CHUNK];
        for (int at = 0; at < count; at += Floats.CHUNK) {
            int some = Math.min(Floats.CHUNK, count - at);
            Floats.read(dtype, last, at, a, some);
            Floats.read(dtype, before, at, b, some);
            for (int i = 0; i < some; i++) {
                double step = Floats.round(Floats.round(a[i] - b[i], precision) * factor, precision);
                a[i] = Floats.round(a[i] + step, precision);
            }
            Floats.write(dtype, a, target, at, some);
        }
    }
}
