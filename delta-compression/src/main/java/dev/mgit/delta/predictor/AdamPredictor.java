package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * Weights and first moments some steps of Adam or AdamW later (Kingma and Ba, arXiv 1412.6980; Loshchilov and Hutter, arXiv
 * 1711.05101). A step moves a weight by its first moment over the root of the second, and moments change slowly:
 *
 * <ul>
 *   <li>{@link #WEIGHTS}: keep * w + sum of factor_i * m_i / sqrt(v_i). Sources: the weights before, then a first and a second
 *       moment for each factor.
 *   <li>{@link #MOMENT}: keep * m + factor * (after - before) * sqrt(v). Sources: the moment before, the weights before and
 *       after, the second moment before.
 * </ul>
 *
 * <p>Parameters: {@code kind:u8 other:u8 keep:f64 factor:f64*}; {@code other} is the dtype of the sources that are not of the
 * block's kind, moments for weights and weights for a moment; second moments have the dtype of the first. Where v is not above
 * zero, what it belongs to counts nothing. All is computed in doubles and rounded once.
 */
public final class AdamPredictor implements Predictor {
    public static final int WEIGHTS = 0;
    public static final int MOMENT = 1;

    public static byte[] parameters(int kind, Dtype other, double keep, double... factors) {
        FieldWriter out = new FieldWriter().u8(kind).u8(other.code()).f64(keep);
        for (double factor : factors) {
            out.f64(factor);
        }
        return out.toBytes();
    }

    /** m / sqrt(v): the direction in which Adam moves a weight; 0 where v is not above zero. */
    public static double direction(double moment, double second) {
        return second > 0 ? moment / Math.sqrt(second) : 0;
    }

    /** What a first moment changes by where a weight moved: a movement times sqrt(v); 0 where v is not above zero. */
    public static double gradient(double movement, double second) {
        return second > 0 ? movement * Math.sqrt(second) : 0;
    }

    @Override
    public int code() {
        return 17 * 16 + 1;
    }

    @Override
    public String name() {
        return "adam";
    }

    @Override
    public boolean firstIsLikeTheBlock() {
        return true;
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        int kind = in.u8();
        Dtype other = PredictorParameters.floatDtype(this, in.u8());
        double keep = in.f64();
        PredictorParameters.require(dtype.isFloat(), this, dtype + " is not a float");
        in.require(kind == WEIGHTS || kind == MOMENT, "there is no kind " + kind);
        int count = PredictorParameters.elements(this, dtype, length);
        var sources = new Sources(inputs, count);
        double[] sum = new double[Floats.CHUNK];
        if (kind == WEIGHTS) {
            int pairs = (inputs.size() - 1) / 2;
            PredictorParameters.require(inputs.size() == 1 + 2 * pairs, this, inputs.size() + " sources are no pairs");
            double[] factors = new double[pairs];
            for (int i = 0; i < pairs; i++) {
                factors[i] = in.f64();
            }
            for (int at = 0; at < count; at += Floats.CHUNK) {
                int some = Math.min(Floats.CHUNK, count - at);
                scaled(sources.read(0, dtype, at, some, 0), keep, sum, some);
                for (int pair = 0; pair < pairs; pair++) {
                    double[] m = sources.read(1 + 2 * pair, other, at, some, 1);
                    double[] v = sources.read(2 + 2 * pair, other, at, some, 2);
                    for (int i = 0; i < some; i++) {
                        sum[i] += factors[pair] * direction(m[i], v[i]);
                    }
                }
                Floats.write(dtype, sum, target, at, some);
            }
        } else {
            PredictorParameters.require(inputs.size() == 4, this, inputs.size() + " sources instead of 4");
            double factor = in.f64();
            for (int at = 0; at < count; at += Floats.CHUNK) {
                int some = Math.min(Floats.CHUNK, count - at);
                scaled(sources.read(0, dtype, at, some, 0), keep, sum, some);
                double[] before = sources.read(1, other, at, some, 0);
                double[] after = sources.read(2, other, at, some, 1);
                double[] v = sources.read(3, dtype, at, some, 2);
                for (int i = 0; i < some; i++) {
                    sum[i] += factor * gradient(after[i] - before[i], v[i]);
                }
                Floats.write(dtype, sum, target, at, some);
            }
        }
        in.expectEnd();
    }

    private static void scaled(double[] values, double factor, double[] out, int count) {
        for (int i = 0; i < count; i++) {
            out[i] = factor * values[i];
        }
    }

    /** Some elements of each source at a time, in buffers that are used again. */
    private final class Sources {
        private final List<byte[]> inputs;
        private final int count;
        private final double[][] buffers = new double[3][Floats.CHUNK];

        Sources(List<byte[]> inputs, int count) {
            this.inputs = inputs;
            this.count = count;
        }

        double[] read(int source, Dtype dtype, int at, int some, int buffer) {
            byte[] bytes = PredictorParameters.sized(AdamPredictor.this, inputs, source, (long) count * dtype.bytes());
            Floats.read(dtype, bytes, at, buffers[buffer], some);
            return buffers[buffer];
        }
    }
}
