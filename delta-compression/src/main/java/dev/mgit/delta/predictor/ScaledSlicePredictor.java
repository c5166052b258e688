package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * Pieces of a dense parent times a number: the experts of an upcycled mixture, scaled so that their sum keeps its size
 * (Megatron-LM's {@code upcycling_utils.py}).
 *
 * <p>Parameters: {@code precision:u8 scale:f64}, then the pieces as in {@link SlicesPredictor}. The product is rounded to
 * {@code precision}, then to the block's dtype; the scale is rounded to float first unless precision is F64.
 */
public final class ScaledSlicePredictor implements Predictor {
    public static byte[] parameters(Dtype precision, double scale, List<SlicesPredictor.Piece> pieces) {
        return new FieldWriter()
                .u8(precision.code())
                .f64(scale)
                .bytes(SlicesPredictor.parameters(pieces))
                .toBytes();
    }

    @Override
    public int code() {
        return 10 * 16 + 1;
    }

    @Override
    public String name() {
        return "scaled-slice";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype precision = PredictorParameters.floatDtype(this, in.u8());
        double asked = in.f64();
        double scale = precision == Dtype.F64 ? asked : (float) asked;
        PredictorParameters.require(dtype.isFloat(), this, dtype + " is not a float");
        int count = PredictorParameters.elements(this, dtype, length);
        SlicesPredictor.copy(in, new SourceBytes(inputs), target, length);
        in.expectEnd();
        double[] chunk = new double[Floats.CHUNK];
        for (int at = 0; at < count; at += Floats.CHUNK) {
            int some = Math.min(Floats.CHUNK, count - at);
            Floats.read(dtype, target, at, chunk, some);
            for (int i = 0; i < some; i++) {
                chunk[i] = Floats.round(chunk[i] * scale, precision);
            }
            Floats.write(dtype, chunk, target, at, some);
        }
    }
}
