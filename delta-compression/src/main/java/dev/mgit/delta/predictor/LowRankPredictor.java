package dev.mgit.delta.predictor;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.frame.FieldReader;
import dev.mgit.delta.frame.FieldWriter;
import dev.mgit.delta.numeric.Floats;
import java.util.Arrays;
import java.util.List;

/**
 * Base plus scale times the product of two thin factors: a merged LoRA adapter. Sources: the block's rows of the base
 * (in the block's dtype), the left factor, the right factor (both in {@code factors}).
 *
 * <p>Parameters: {@code factors:u8 product:u8 flags:u8 rank:varint columns:varint firstRow:varint leftRows:varint
 * scale:f64}. Products are summed over the rank in ascending order, each step rounded to float (to double with flag
 * {@link #DOUBLE_SUMS}); the sum, and it times the scale, are rounded to {@code product}; the sum with the base is
 * taken in float (double for F64 blocks) and rounded to the block's dtype. {@link #SCALE_FIRST}: the scale goes into the
 * left factor, rounded to {@code product}, before the product. {@link #LEFT_TRANSPOSED}: the left factor is stored
 * [rank, leftRows] and read from {@code firstRow}; otherwise it is [leftRows, rank], likewise. {@link
 * #RIGHT_TRANSPOSED}: the right factor is stored [columns, rank] instead of [rank, columns].
 */
public final class LowRankPredictor implements Predictor {
    public static final int DOUBLE_SUMS = 1;
    public static final int SCALE_FIRST = 2;
    public static final int LEFT_TRANSPOSED = 4;
    public static final int RIGHT_TRANSPOSED = 8;

    private static final int MAX_RANK = 1 << 16;

    /** What stands in the parameters. */
    public record Recipe(
            Dtype factors, Dtype product, int flags, int rank, int columns, int firstRow, int leftRows, double scale) {
        boolean has(int flag) {
            return (flags & flag) != 0;
        }

        public byte[] encode() {
            FieldWriter out = new FieldWriter().u8(factors.code()).u8(product.code());
            out.u8(flags).varint(rank).varint(columns).varint(firstRow).varint(leftRows);
            return out.f64(scale).toBytes();
        }

        static Recipe decode(LowRankPredictor owner, byte[] parameters) {
            FieldReader in = PredictorParameters.reader(owner, parameters);
            Recipe recipe = new Recipe(
                    PredictorParameters.floatDtype(owner, in.u8()),
                    PredictorParameters.floatDtype(owner, in.u8()),
                    in.u8(),
                    in.varint(MAX_RANK, "the rank"),
                    in.varint(Integer.MAX_VALUE, "the columns"),
                    in.varint(Integer.MAX_VALUE, "the first row"),
                    in.varint(Integer.MAX_VALUE, "the rows"),
                    in.f64());
            in.expectEnd();
            in.require(recipe.flags < 16, "flags " + recipe.flags);
            in.require(recipe.columns > 0, "there are no columns");
            return recipe;
        }
    }

    @Override
    public int code() {
        return 7 * 16 + 1;
    }

    @Override
    public String name() {
        return "low-rank";
    }

    @Override
    public boolean firstIsLikeTheBlock() {
        return true;
    }

    @Override
    public void predict(List<byte[]> inputs, byte[] parameters, Dtype dtype, byte[] target, int length) {
        Recipe recipe = Recipe.decode(this, parameters);
        PredictorParameters.require(dtype.isFloat(), this, dtype + " is not a float");
        int count = PredictorParameters.elements(this, dtype, length);
        int rows = count / recipe.columns;
        PredictorParameters.require(count % recipe.columns == 0, this, "the block is not whole rows");
        PredictorParameters.require(
                (long) recipe.firstRow + rows <= recipe.leftRows, this, "it ends beyond the left factor");
        PredictorParameters.require(inputs.size() == 3, this, inputs.size() + " sources instead of 3");
        byte[] base = PredictorParameters.sized(this, inputs, 0, length);
        int width = recipe.factors.bytes();
        byte[] left = PredictorParameters.sized(this, inputs, 1, (long) recipe.leftRows * recipe.rank * width);
        byte[] right = PredictorParameters.sized(this, inputs, 2, (long) recipe.rank * recipe.columns * width);
        if (count == 0) {
            return;
        }
        double[] rightValues = rightValues(recipe, right);
        double[] row = new double[recipe.columns];
        double[] sums = new double[recipe.columns];
        for (int i = 0; i < rows; i++) {
            sum(recipe, leftRow(recipe, left, recipe.firstRow + i), rightValues, sums);
            Floats.read(dtype, base, i * recipe.columns, row, recipe.columns);
            add(recipe, dtype, sums, row);
            Floats.write(dtype, row, target, i * recipe.columns, recipe.columns);
        }
    }

    /** The right factor as [rank, columns]. */
    private static double[] rightValues(Recipe recipe, byte[] right) {
        double[] values = new double[recipe.rank * recipe.columns];
        Floats.read(recipe.factors, right, 0, values, values.length);
        if (!recipe.has(RIGHT_TRANSPOSED)) {
            return values;
        }
        double[] turned = new double[values.length];
        for (int j = 0; j < recipe.columns; j++) {
            for (int k = 0; k < recipe.rank; k++) {
                turned[k * recipe.columns + j] = values[j * recipe.rank + k];
            }
        }
        return turned;
    }

    private static double[] leftRow(Recipe recipe, byte[] left, int row) {
        double[] values = new double[recipe.rank];
        if (recipe.has(LEFT_TRANSPOSED)) {
            double[] one = new double[1];
            for (int k = 0; k < recipe.rank; k++) {
                Floats.read(recipe.factors, left, k * recipe.leftRows + row, one, 1);
                values[k] = one[0];
            }
        } else {
            Floats.read(recipe.factors, left, row * recipe.rank, values, recipe.rank);
        }
        if (recipe.has(SCALE_FIRST)) {
            for (int k = 0; k < recipe.rank; k++) {
                values[k] = Floats.round(values[k] * recipe.scale, recipe.product);
            }
        }
        return values;
    }

    private static void sum(Recipe recipe, double[] left, double[] right, double[] sums) {
        Arrays.fill(sums, 0);
        for (int k = 0; k < left.length; k++) {
            double factor = left[k];
            int from = k * sums.length;
            if (recipe.has(DOUBLE_SUMS)) {
                for (int j = 0; j < sums.length; j++) {
                    sums[j] += factor * right[from + j];
                }
            } else {
                for (int j = 0; j < sums.length; j++) {
                    sums[j] = (float) (sums[j] + (float) (factor * right[from + j]));
                }
            }
        }
    }

    private static void add(Recipe recipe, Dtype dtype, double[] sums, double[] row) {
        for (int j = 0; j < row.length; j++) {
            double delta = Floats.round(sums[j], recipe.product);
            if (!recipe.has(SCALE_FIRST)) {
                delta = Floats.round(delta * recipe.scale, recipe.product);
            }
            double value = row[j] + delta;
            row[j] = dtype == Dtype.F64 ? value : (float) value;
        }
    }
}
