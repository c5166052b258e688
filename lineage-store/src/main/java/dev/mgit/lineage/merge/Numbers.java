package dev.mgit.lineage.merge;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.predict.Predictor;
import dev.mgit.delta.predict.Predictors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** Little-endian floats of every dtype to doubles and back, rounding to nearest, ties to even. */
final class Numbers {
    /** Version 1 of the cast predictor, whose one parameter byte is the source dtype's code. */
    private static final Predictor CAST = Predictors.byCode(3 * 16 + 1);

    private Numbers() {}

    static void read(Dtype dtype, byte[] bytes, double[] target, int count) {
        if (dtype == Dtype.F64) {
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asDoubleBuffer()
                    .get(target, 0, count);
            return;
        }
        byte[] floats = dtype == Dtype.F32 ? bytes : cast(dtype, bytes, count, Dtype.F32);
        var view = ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int i = 0; i < count; i++) {
            target[i] = view.get(i);
        }
    }

    /** Numbers that are floats already are written as such; to narrower dtypes they are rounded once. */
    static void write(Dtype dtype, double[] values, int count, byte[] target) {
        ByteBuffer out = ByteBuffer.wrap(target).order(ByteOrder.LITTLE_ENDIAN);
        if (dtype == Dtype.F64) {
            out.asDoubleBuffer().put(values, 0, count);
            return;
        }
        byte[] floats = dtype == Dtype.F32 ? target : new byte[count * Float.BYTES];
        var view = ByteBuffer.wrap(floats).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (int i = 0; i < count; i++) {
            view.put(i, (float) values[i]);
        }
        if (dtype != Dtype.F32) {
            out.put(cast(Dtype.F32, floats, count, dtype));
        }
    }

    private static byte[] cast(Dtype from, byte[] bytes, int count, Dtype to) {
        byte[] exact = bytes.length == count * from.bytes() ? bytes : Arrays.copyOf(bytes, count * from.bytes());
        byte[] target = new byte[count * to.bytes()];
        CAST.predict(List.of(exact), new byte[] {(byte) from.code()}, to, target, target.length);
        return target;
    }
}
