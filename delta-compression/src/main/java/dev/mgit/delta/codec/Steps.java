package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.Floats;

/**
 * Whole steps between two blocks of floats: q = floor((to - from) / step + 0.5), and back again. Everything is strict
 * double arithmetic rounded once to the dtype, so it is the same on every platform.
 */
final class Steps {
    /** Greatest number of steps either way; the coder's alphabet has tokens for no more. */
    static final int MOST = 1 << 22;

    private final Dtype dtype;
    private final double step;
    private final double[] low = new double[Floats.CHUNK];
    private final double[] high = new double[Floats.CHUNK];

    Steps(Dtype dtype, double step) {
        this.dtype = dtype;
        this.step = step;
    }

    /** Steps from each element of a block to that of another; 0 where they are too many, or no number. */
    void between(byte[] from, byte[] to, int first, int count, int[] quanta) {
        for (int at = first; at < first + count; at += Floats.CHUNK) {
            int some = Math.min(Floats.CHUNK, first + count - at);
            Floats.read(dtype, from, at, low, some);
            Floats.read(dtype, to, at, high, some);
            for (int i = 0; i < some; i++) {
                double quantum = Math.floor((high[i] - low[i]) / step + 0.5);
                quanta[at - first + i] = Math.abs(quantum) <= MOST ? (int) quantum : 0;
            }
        }
    }

    /** Goes so many steps from each element; where they are none, the bits stay as they are. */
    void walk(byte[] from, int[] quanta, int first, int count, byte[] target) {
        int width = dtype.bytes();
        for (int at = first; at < first + count; at += Floats.CHUNK) {
            int some = Math.min(Floats.CHUNK, first + count - at);
            Floats.read(dtype, from, at, low, some);
            for (int i = 0; i < some; i++) {
                low[i] += quanta[at - first + i] * step;
            }
            Floats.write(dtype, low, target, at, some);
            for (int i = 0; i < some; i++) {
                if (quanta[at - first + i] == 0) {
                    System.arraycopy(from, (at + i) * width, target, (at + i) * width, width);
                }
            }
        }
    }
}
