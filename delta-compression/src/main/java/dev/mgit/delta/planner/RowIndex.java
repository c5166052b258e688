package dev.mgit.delta.planner;

import dev.mgit.delta.numeric.LittleEndian;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Finds rows of a tensor by their bytes: sorted 64-bit hashes, twelve bytes a row. */
final class RowIndex {
    private static final int READ_BYTES = 1 << 20;

    private final long[] hashes;
    private final int[] rows;

    private RowIndex(long[] hashes, int[] rows) {
        this.hashes = hashes;
        this.rows = rows;
    }

    static RowIndex of(SampledValues.Reader reader, int rowBytes, int firstRow, int count) {
        long[] unsorted = hashes(reader, rowBytes, firstRow, count);
        int[] order = IntStream.range(0, count)
                .boxed()
                .sorted(Comparator.comparingLong(i -> unsorted[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        long[] sorted = new long[count];
        for (int i = 0; i < count; i++) {
            sorted[i] = unsorted[order[i]];
            order[i] += firstRow;
        }
        return new RowIndex(sorted, order);
    }

    /** The first row with a hash, or -1. */
    int find(long hash) {
        int at = Arrays.binarySearch(hashes, hash);
        while (at > 0 && hashes[at - 1] == hash) {
            at--;
        }
        return at < 0 ? -1 : rows[at];
    }

    /** The hashes of consecutive rows; 0 for rows that are one byte repeated, which say nothing of their origin. */
    static long[] hashes(SampledValues.Reader reader, int rowBytes, int firstRow, int count) {
        long[] hashes = new long[count];
        int together = Math.max(1, READ_BYTES / rowBytes);
        byte[] bytes = new byte[Math.min(together, count) * rowBytes];
        for (int row = 0; row < count; row += together) {
            int some = Math.min(together, count - row);
            reader.read((long) (firstRow + row) * rowBytes, bytes, some * rowBytes);
            for (int i = 0; i < some; i++) {
                hashes[row + i] = hash(bytes, i * rowBytes, rowBytes);
            }
        }
        return hashes;
    }

    private static long hash(byte[] bytes, int from, int length) {
        long hash = 0x9e3779b97f4a7c15L;
        boolean constant = true;
        int at = from;
        for (; at + 8 <= from + length; at += 8) {
            hash = mix(hash ^ (long) LittleEndian.LONG.get(bytes, at));
        }
        for (; at < from + length; at++) {
            hash = mix(hash ^ (bytes[at] & 0xff));
        }
        for (int i = from + 1; i < from + length && constant; i++) {
            constant = bytes[i] == bytes[from];
        }
        return constant ? 0 : hash;
    }

    private static long mix(long value) {
        long mixed = value * 0xff51afd7ed558ccdL;
        return mixed ^ mixed >>> 32;
    }
}
