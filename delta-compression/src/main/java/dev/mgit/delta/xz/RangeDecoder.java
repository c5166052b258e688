package dev.mgit.delta.xz;

import dev.mgit.delta.layout.FormatException;
import java.util.Arrays;

/** LZMA's range coder over bits, each with a probability of 11 bits that adapts by a 32nd of what it was wrong by. */
final class RangeDecoder {
    private static final int PROBABILITY_BITS = 11;
    private static final int ADAPTION = 5;
    private static final int TOP = 0xff00_0000;

    private final byte[] in;
    private int at;
    private int end;
    private int range;
    private int code;

    RangeDecoder(byte[] in) {
        this.in = in;
    }

    static void reset(short[] probabilities) {
        Arrays.fill(probabilities, (short) (1 << (PROBABILITY_BITS - 1)));
    }

    void begin(int from, int length) {
        at = from;
        end = from + length;
        range = -1;
        code = 0;
        for (int i = 0; i < 5; i++) {
            code = (code << 8) | next();
        }
    }

    int end() {
        return end;
    }

    int bit(short[] probabilities, int index) {
        normalize();
        int probability = probabilities[index];
        int bound = (range >>> PROBABILITY_BITS) * probability;
        if (Integer.compareUnsigned(code, bound) < 0) {
            range = bound;
            probabilities[index] = (short) (probability + (((1 << PROBABILITY_BITS) - probability) >>> ADAPTION));
            return 0;
        }
        range -= bound;
        code -= bound;
        probabilities[index] = (short) (probability - (probability >>> ADAPTION));
        return 1;
    }

    /** So many bits of even chance. */
    int direct(int count) {
        int result = 0;
        for (int i = 0; i < count; i++) {
            normalize();
            range >>>= 1;
            code -= range;
            int below = -(code >>> 31);
            code += range & below;
            result = (result << 1) + below + 1;
        }
        return result;
    }

    /** A number of so many bits, the highest first. */
    int tree(short[] probabilities, int offset, int bits) {
        int node = 1;
        for (int i = 0; i < bits; i++) {
            node = (node << 1) | bit(probabilities, offset + node);
        }
        return node - (1 << bits);
    }

    /** The same, the lowest first. */
    int reversed(short[] probabilities, int offset, int bits) {
        int node = 1;
        int result = 0;
        for (int i = 0; i < bits; i++) {
            int bit = bit(probabilities, offset + node);
            node = (node << 1) | bit;
            result |= bit << i;
        }
        return result;
    }

    private void normalize() {
        if ((range & TOP) == 0) {
            range <<= 8;
            code = (code << 8) | next();
        }
    }

    private int next() {
        if (at >= end) {
            throw new FormatException("what xz compressed is damaged at byte " + at);
        }
        return in[at++] & 0xff;
    }
}
