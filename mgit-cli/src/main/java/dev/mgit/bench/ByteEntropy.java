package dev.mgit.bench;

import java.util.Arrays;

/** The order-0 entropy of blocks of bytes, each counted by itself: the bound of coders that take values one by one. */
final class ByteEntropy {
    private final int[] counts = new int[256];
    private double bits;
    private long bytes;

    void add(byte[] block) {
        Arrays.fill(counts, 0);
        for (byte value : block) {
            counts[value & 0xff]++;
        }
        for (int count : counts) {
            bits += count == 0 ? 0 : count * (Math.log((double) block.length / count) / Math.log(2));
        }
        bytes += block.length;
    }

    double ratio() {
        return bits == 0 ? 0 : 8 * bytes / bits;
    }
}
