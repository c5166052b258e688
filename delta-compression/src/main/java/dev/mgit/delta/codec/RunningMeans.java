package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * The sum of a running mean along the rows and one along each column, as contexts: what method 8 means, which is read
 * but no longer written. Sizes are in units of a 64th. Without columns the one along the row stands for both.
 */
final class RunningMeans {
    private static final int KEYS = 4 * 20;
    /** No element counts for more steps than this. */
    private static final int LARGEST = 1 << 12;

    private static final int UNIT = 64;
    private static final int SHIFT = 4;

    private int[] means = new int[0];
    private int columns;
    private int row;

    /** Starts a block; 0 columns if not known. */
    void begin(int columns) {
        this.columns = columns;
        row = 0;
        if (means.length < columns) {
            means = new int[columns];
        }
        Arrays.fill(means, 0, columns, 0);
    }

    /** The context of the next element, below {@link #KEYS}. */
    int key(int column) {
        int mean = columns == 0 ? 2 * row : row + means[column];
        if (mean < 4) {
            return mean;
        }
        int octave = 31 - Integer.numberOfLeadingZeros(mean);
        return Math.min(KEYS - 1, 4 * octave - 4 + (mean >>> (octave - 2) & 3));
    }

    /** Takes in what that element was. */
    void learn(int column, int quantum) {
        int size = Math.min(LARGEST, Math.abs(quantum)) * UNIT;
        row += (size - row) >> SHIFT;
        if (columns != 0) {
            means[column] += (size - means[column]) >> SHIFT;
        }
    }
}
