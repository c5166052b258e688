package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * What size to expect of the next element: a size for its row times a factor for its column, as method 9 has it. Updates
 * of a matrix are uneven by row and by column (each output has its gradient, each input its activation), and the two
 * multiply. Either is the mean of the elements' sizes with the other divided out, over all of the row or column so far
 * up to a window; a row starts from the mean of the rows before it.
 *
 * <p>Sizes and factors are in units of 2^-16, ratios in units of 2^-8.
 */
final class RowsTimesColumns {
    /** One more than the greatest key. */
    static final int KEYS = 4 * 20;

    /** No element counts for more steps than this. */
    private static final int LARGEST = 1 << 12;

    private static final int ONE = 1 << 16;
    /** Smallest size or factor that is divided by, in units of 2^-8. */
    private static final int FLOOR = 5;
    /** Largest ratio, in units of 2^-8. */
    private static final int MOST = 1 << 19;

    /** Elements that the rows before a row count for in it. */
    private static final int PRIOR = 4;

    private static final int ROW_WINDOW = 200;
    private static final int COLUMN_WINDOW = 200;
    private static final int LEVEL_WINDOW = 32;

    /** By the number of those before: the weight of one more in their mean, in units of 2^-16. */
    private static final int[] WEIGHT = new int[Math.max(ROW_WINDOW, COLUMN_WINDOW) + 1];

    static {
        Arrays.setAll(WEIGHT, before -> ONE / (before + 1));
    }

    private int[] factors = new int[0];
    /** Rows begun. */
    private int rows;
    /** The mean of the rows before this one. */
    private int level;

    private int row;
    private int inRow;

    /** Starts a block. */
    void begin(int columns) {
        rows = 0;
        level = ONE;
        row = ONE;
        if (factors.length < columns) {
            factors = new int[columns];
        }
        Arrays.fill(factors, 0, columns, ONE);
    }

    /** Starts a row whose elements are not all 0. */
    void beginRow() {
        if (rows > 0) {
            level = moved(level, row, Math.min(rows - 1, LEVEL_WINDOW - 1));
        }
        rows++;
        row = level;
        inRow = PRIOR;
    }

    /** The context of the next element of the row: quarter octaves of the size to be expected, below {@link #KEYS}. */
    int key(int column) {
        int size = (int) ((long) row * factors[column] >>> 24) + FLOOR;
        int octave = 31 - Integer.numberOfLeadingZeros(size);
        return Math.min(KEYS - 1, 4 * octave - 8 + (size >>> (octave - 2) & 3));
    }

    /** Takes in what that element was. */
    void learn(int column, int quantum) {
        int size = Math.min(LARGEST, Math.abs(quantum)) << 16;
        int factor = factors[column];
        int ofRow = Math.min(MOST, size / ((factor >>> 8) + FLOOR));
        int ofColumn = Math.min(MOST, size / ((row >>> 8) + FLOOR));
        row = moved(row, ofRow << 8, inRow);
        inRow = Math.min(inRow + 1, ROW_WINDOW);
        factors[column] = moved(factor, ofColumn << 8, Math.min(rows, COLUMN_WINDOW));
    }

    /** A mean of so many, after one more. */
    private static int moved(int mean, int value, int before) {
        return mean + (int) ((long) (value - mean) * WEIGHT[before] >> 16);
    }
}
