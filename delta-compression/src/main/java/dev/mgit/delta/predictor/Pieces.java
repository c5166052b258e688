package dev.mgit.delta.predictor;

/**
 * The parts of a source that a prediction needs, all of one length and one distance apart: a column of tiles, where the source is
 * a matrix. Who reads them need not have the whole source in memory.
 *
 * @param first bytes of the source before the first
 * @param length bytes of each
 * @param distance bytes from one's beginning to the next one's
 * @param count how many there are
 */
public record Pieces(long first, int length, long distance, int count) {
    /** A source of so many bytes, all of it. */
    public static Pieces whole(int length) {
        return new Pieces(0, length, Math.max(1, length), 1);
    }

    /** Bytes of all, joined. */
    public int total() {
        return Math.multiplyExact(length, count);
    }

    /** Copies what a part of the source, {@code at} bytes behind its beginning, has of them. */
    public void copy(byte[] part, int from, int partLength, long at, byte[] joined) {
        long end = at + partLength;
        long before = at - first - length;
        int piece = before < 0 ? 0 : (int) Math.min(count, before / distance + 1);
        for (; piece < count && first + piece * distance < end; piece++) {
            long start = first + piece * distance;
            long low = Math.max(start, at);
            long high = Math.min(start + length, end);
            if (low < high) {
                int to = piece * length + (int) (low - start);
                System.arraycopy(part, from + (int) (low - at), joined, to, (int) (high - low));
            }
        }
    }
}
