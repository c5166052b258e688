package dev.mgit.delta.predict;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * Pieces of a dense parent times a number: the experts of an upcycled mixture, scaled so that their sum keeps its size
 * (Megatron-LM's {@code upcycling_utils.py}).
 *
 * <p>Parameters: {@code precision:u8 scale:f64}, then the pieces as in {@link Slices}. The product is rounded to
 * {@code precision}, then to the block's dtype; the scale is rounded to float first unless precision is F64.
 */
final class ScaledSlice implements Predictor {
    static byte[] parameters(Dtype precision, double scale, List<Slices.Piece> pieces) {
        return new FieldWriter()
                .u8(precision.code())
                .f64(scale)
                .bytes(Slices.parameters(pieces))
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
        FieldReader in = Parameters.reader(this, parameters);
        Dtype precision = Parameters.floatDtype(this, in.u8());
        double asked = in.f64();
        double scale = precision == Dtype.F64 ? asked : (float) asked;
        Parameters.require(dtype.isFloat(), this, dtype + " is not a float");
        int count = Parameters.elements(this, dtype, length);
        Slices.copy(in, new Sources(inputs), target, length);
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
