package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.List;

/**
 * The scales a quantizer stores beside its integers: the largest magnitude of each row or column of the float matrix,
 * divided by a number (127; 64 where onnxruntime reduces the range; 1 in bitsandbytes). The source is the matrix's rows
 * that the block's scales belong to, or all rows for scales of columns.
 *
 * <p>Parameters: {@code source:u8 axis:u8 columns:varint first:varint divisor:f32}; axis 0 for scales of rows, 1 for
 * columns, of which the block's first is {@code first}. Computed in float.
 */
public final class AbsmaxScalePredictor implements Predictor {
    public static final int ROWS = 0;
    public static final int COLUMNS = 1;

    public static byte[] parameters(Dtype source, int axis, int columns, int first, float divisor) {
        return new FieldWriter()
                .u8(source.code())
                .u8(axis)
                .varint(columns)
                .varint(first)
                .f32(divisor)
                .toBytes();
    }

    @Override
    public int code() {
        return 13 * 16 + 1;
    }

    @Override
    public String name() {
        return "absmax-scale";
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        FieldReader in = PredictorParameters.reader(this, parameters);
        Dtype source = PredictorParameters.floatDtype(this, in.u8());
        int axis = in.u8();
        int columns = in.varint(1 << 26, "the columns");
        int first = in.varint(columns, "the first column");
        float divisor = in.f32();
        in.expectEnd();
        in.require(axis <= COLUMNS && columns > 0, "axis " + axis + " of " + columns + " columns");
        PredictorParameters.require(dtype.isFloat(), this, dtype + " is not a float");
        int count = PredictorParameters.elements(this, dtype, length);
        in.require(inputs.size() == 1, inputs.size() + " sources instead of 1");
        byte[] matrix = inputs.get(0);
        int rowBytes = Math.multiplyExact(columns, source.bytes());
        in.require(matrix.length % rowBytes == 0, "the source is not whole rows");
        int rows = matrix.length / rowBytes;
        in.require(
                axis == ROWS ? rows == count : first + count <= columns, "the numbers of scales and channels differ");
        float[] largest = new float[count];
        if (matrix.length > 0 && count > 0) {
            collect(source, matrix, axis, columns, first, largest);
        }
        for (int i = 0; i < count; i++) {
            largest[i] /= divisor;
        }
        Floats.write(dtype, largest, target, 0, count);
    }

    private static void collect(Dtype source, byte[] matrix, int axis, int columns, int first, float[] largest) {
        float[] row = new float[columns];
        int rows = matrix.length / source.bytes() / columns;
        for (int i = 0; i < rows; i++) {
            Floats.read(source, matrix, i * columns, row, columns);
            if (axis == ROWS) {
                for (float value : row) {
                    largest[i] = Math.max(largest[i], Math.abs(value));
                }
            } else {
                for (int j = 0; j < largest.length; j++) {
                    largest[j] = Math.max(largest[j], Math.abs(row[first + j]));
                }
            }
        }
    }
}
