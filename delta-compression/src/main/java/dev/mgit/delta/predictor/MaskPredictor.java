package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * The mask of a pruned tensor: one where the magnitude of the source's element is above a threshold, zero elsewhere; or the
 * other way round. Parameters: {@code source:u8 inverted:u8 columns:varint above:varint*}: magnitudes as bits of the source's
 * dtype, one for each row of {@code columns} elements, or a single one for the block. A one is the integer 1, or 1 as a float.
 */
public final class MaskPredictor implements Predictor {
    /**
     * @param above largest magnitudes, as bits, that are masked; one a row, or a single one
     */
    public static byte[] parameters(Dtype source, boolean inverted, int columns, long[] above) {
        FieldWriter out =
                new FieldWriter().u8(source.code()).u8(inverted ? 1 : 0).varint(columns);
        for (long magnitude : above) {
            out.varint(magnitude);
        }
        return out.toBytes();
    }

    @Override
    public int code() {
        return 16 * 16 + 1;
    }

    @Override
    public String name() {
        return "mask";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype source = PredictorParameters.floatDtype(this, in.u8());
        int inverted = in.u8();
        int count = PredictorParameters.elements(this, dtype, length);
        int columns = in.varint(Math.max(1, count), "the columns");
        in.require(inverted <= 1 && columns > 0 && count % columns == 0, "the block is not whole rows");
        in.require(dtype.isFloat() || dtype.isInteger(), dtype + " is no mask");
        byte[] floats = PredictorParameters.only(this, inputs, (long) count * source.bytes());
        var values = new PrunedPredictor.Zeroing(floats, source, false);
        byte[][] both = {one(dtype, inverted != 0), one(dtype, inverted == 0)};
        int width = dtype.bytes();
        for (int row = 0; row < count; row += columns) {
            long above = in.varint(Long.MAX_VALUE, "a threshold");
            for (int i = row; i < row + columns; i++) {
                System.arraycopy(both[values.magnitude(i) > above ? 1 : 0], 0, target, i * width, width);
            }
        }
        in.expectEnd();
    }

    /** The bytes of one, or of zero. */
    private static byte[] one(Dtype dtype, boolean isOne) {
        byte[] bytes = new byte[dtype.bytes()];
        if (isOne && dtype.isFloat()) {
            Floats.write(dtype, new float[] {1}, bytes, 0, 1);
        } else if (isOne) {
            bytes[0] = 1;
        }
        return bytes;
    }
}
