package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * A linear merge of parents, or task arithmetic. Every source has the block's length and dtype.
 *
 * <p>Parameters: {@code precision:u8 mode:u8 divisor:f64 weight:f64{n}}. Every step is rounded to {@code precision}, and
 * so are the weights to float unless that is F64. {@link #LINEAR}: the weighted sources, one weight each, are summed in
 * order, and the sum divided by {@code divisor} unless it is 1. {@link #TASK}: the first source is the base; its
 * difference to each of the others is weighted, the weighted differences are summed in order, divided likewise, and
 * added to the base.
 */
public final class CombinePredictor implements Predictor {
    public static final int LINEAR = 0;
    public static final int TASK = 1;

    public static byte[] parameters(Dtype precision, int mode, double divisor, double... weights) {
        FieldWriter out = new FieldWriter().u8(precision.code()).u8(mode).f64(divisor);
        for (double weight : weights) {
            out.f64(weight);
        }
        return out.toBytes();
    }

    @Override
    public int code() {
        return 8 * 16 + 1;
    }

    @Override
    public String name() {
        return "combine";
    }

    @Override
    public boolean firstIsLikeTheBlock() {
        return true;
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype precision = PredictorParameters.floatDtype(this, in.u8());
        int mode = in.u8();
        in.require(mode == LINEAR || mode == TASK, "mode " + mode);
        double divisor = in.f64();
        PredictorParameters.require(dtype.isFloat(), this, dtype + " is not a float");
        int count = PredictorParameters.elements(this, dtype, length);
        in.require(inputs.size() > mode, "too few sources");
        double[] weights = new double[inputs.size() - mode];
        for (int i = 0; i < weights.length; i++) {
            double weight = in.f64();
            weights[i] = precision == Dtype.F64 ? weight : (float) weight;
        }
        in.expectEnd();
        for (int i = 0; i < inputs.size(); i++) {
            PredictorParameters.sized(this, inputs, i, length);
        }
        double[] sum = new double[Floats.CHUNK];
        double[] base = new double[Floats.CHUNK];
        double[] next = new double[Floats.CHUNK];
        for (int at = 0; at < count; at += Floats.CHUNK) {
            int some = Math.min(Floats.CHUNK, count - at);
            if (mode == TASK) {
                Floats.read(dtype, inputs.get(0), at, base, some);
            }
            for (int i = 0; i < weights.length; i++) {
                Floats.read(dtype, inputs.get(i + mode), at, next, some);
                accumulate(precision, weights[i], i == 0, next, base, sum, some);
            }
            finish(precision, divisor, mode, base, sum, some);
            Floats.write(dtype, sum, target, at, some);
        }
    }

    /** Adds weighted differences to the base; in a linear merge the base is zero and the difference exact. */
    private static void accumulate(
            Dtype precision, double weight, boolean first, double[] next, double[] base, double[] sum, int count) {
        for (int i = 0; i < count; i++) {
            double difference = Floats.round(next[i] - base[i], precision);
            double weighted = Floats.round(difference * weight, precision);
            sum[i] = first ? weighted : Floats.round(sum[i] + weighted, precision);
        }
    }

    private static void finish(Dtype precision, double divisor, int mode, double[] base, double[] sum, int count) {
        if (divisor != 1) {
            for (int i = 0; i < count; i++) {
                sum[i] = Floats.round(sum[i] / divisor, precision);
            }
        }
        if (mode == TASK) {
            for (int i = 0; i < count; i++) {
                sum[i] = Floats.round(base[i] + sum[i], precision);
            }
        }
    }
}
