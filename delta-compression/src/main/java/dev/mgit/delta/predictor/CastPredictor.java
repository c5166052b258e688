package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.delta.numeric.Integers;
import java.util.List;

/**
 * The same numbers in another dtype: floats among each other (see {@link Floats}), integers among each other by keeping
 * the low bits. Parameters: {@code source:u8}, the dtype's code.
 */
public final class CastPredictor implements Predictor {
    public static byte[] parameters(Dtype source) {
        return new FieldWriter().u8(source.code()).toBytes();
    }

    public static boolean possible(Dtype source, Dtype target) {
        return source != target
                && ((source.isFloat() && target.isFloat()) || (Integers.readable(source) && Integers.readable(target)));
    }

    @Override
    public int code() {
        return 3 * 16 + 1;
    }

    @Override
    public String name() {
        return "cast";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype source = PredictorParameters.dtype(this, in.u8());
        in.expectEnd();
        in.require(possible(source, dtype), source + " is not cast to " + dtype);
        in.require(length % dtype.bytes() == 0, "the block is not whole elements");
        int count = length / dtype.bytes();
        byte[] from = PredictorParameters.only(this, inputs, (long) count * source.bytes());
        if (dtype.isInteger()) {
            Integers.convert(source, from, dtype, target, count);
        } else if (source == Dtype.F64) {
            double[] chunk = new double[Floats.CHUNK];
            for (int i = 0; i < count; i += Floats.CHUNK) {
                int some = Math.min(Floats.CHUNK, count - i);
                Floats.read(source, from, i, chunk, some);
                Floats.write(dtype, chunk, target, i, some);
            }
        } else {
            float[] chunk = new float[Floats.CHUNK];
            for (int i = 0; i < count; i += Floats.CHUNK) {
                int some = Math.min(Floats.CHUNK, count - i);
                Floats.read(source, from, i, chunk, some);
                Floats.write(dtype, chunk, target, i, some);
            }
        }
    }
}
