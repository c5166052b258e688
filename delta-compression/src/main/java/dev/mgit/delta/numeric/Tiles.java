package dev.mgit.delta.numeric;

/**
 * Tiles of a matrix whose elements share something, a scale for example: cut from the top left, those at the right and lower edge
 * may be smaller. Numbered row by row. Elements are, too.
 *
 * @param columns of the matrix
 * @param tileRows rows of a tile
 * @param tileColumns columns of a tile
 */
public record Tiles(long columns, long tileRows, long tileColumns) {
    /** So many elements, then as many of the next. */
    public static Tiles runs(long elements) {
        return new Tiles(elements, 1, elements);
    }

    /**
     * The side of tiles of which so many cover a length: a power of two, as all are, or what divides it; 0 if neither does.
     */
    public static long side(long length, long tiles) {
        if (tiles <= 1) {
            return tiles == 1 ? length : 0;
        }
        long side = Long.highestOneBit(Math.max(1, 2 * (length / tiles) - 1));
        if ((length + side - 1) / side == tiles) {
            return side;
        }
        return length % tiles == 0 ? length / tiles : 0;
    }

    /** Tiles beside each other. */
    public long perRow() {
        return (columns + tileColumns - 1) / tileColumns;
    }

    /** Elements of a row of tiles. */
    public long rowElements() {
        return Math.multiplyExact(columns, tileRows);
    }

    /** The tile of an element. */
    public long tile(long element) {
        return element / columns / tileRows * perRow() + element % columns / tileColumns;
    }

    /** Elements from here on that follow each other in one tile. */
    public long left(long element) {
        long column = element % columns;
        return Math.min(columns - column, tileColumns - column % tileColumns);
    }
}
