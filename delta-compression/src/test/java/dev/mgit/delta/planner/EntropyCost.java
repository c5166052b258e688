package dev.mgit.delta.planner;

import dev.mgit.delta.Dtype;
import org.jspecify.annotations.Nullable;

/** What an ideal order-0 coder would need for the byte planes of the difference. */
final class EntropyCost implements CostEstimator {
    @Override
    public double cost(byte[] raw, int length, Dtype dtype, byte @Nullable [] prediction) {
        int width = dtype.isBlockType() ? 1 : dtype.bytes();
        long[][] counts = new long[width][256];
        for (int at = 0; at < length; at += width) {
            int borrow = 0;
            for (int plane = 0; plane < width; plane++) {
                int predicted = prediction == null ? 0 : prediction[at + plane] & 0xff;
                int difference = (raw[at + plane] & 0xff) - predicted - borrow;
                borrow = difference < 0 ? 1 : 0;
                counts[plane][difference & 0xff]++;
            }
        }
        double bits = 0;
        double elements = (double) length / width;
        for (long[] plane : counts) {
            for (long count : plane) {
                bits += count == 0 ? 0 : count * Math.log(elements / count) / Math.log(2);
            }
        }
        return bits / 8;
    }
}
