package dev.mgit.delta.codec;

import java.util.Arrays;

/** A decoding table of finite state entropy, as RFC 8878 (4.1) describes it. */
final class FseTable {
    private final int log;
    private final byte[] symbols;
    private final byte[] bits;
    private final short[] baselines;

    private FseTable(int log) {
        this.log = log;
        this.symbols = new byte[1 << log];
        this.bits = new byte[1 << log];
        this.baselines = new short[1 << log];
    }

    /** One symbol throughout. */
    static FseTable of(int symbol) {
        FseTable table = new FseTable(0);
        table.symbols[0] = (byte) symbol;
        return table;
    }

    /** @param shares of each symbol out of {@code 1 << log}; -1 for one that has less than one */
    static FseTable of(int log, int[] shares) {
        FseTable table = new FseTable(log);
        table.spread(shares);
        int[] next = new int[shares.length];
        for (int i = 0; i < shares.length; i++) {
            next[i] = Math.abs(shares[i]);
        }
        for (int state = 0; state < 1 << log; state++) {
            int count = next[table.symbols[state]]++;
            int width = log - (31 - Integer.numberOfLeadingZeros(count));
            table.bits[state] = (byte) width;
            table.baselines[state] = (short) ((count << width) - (1 << log));
        }
        return table;
    }

    private void spread(int[] shares) {
        int size = 1 << log;
        int high = size - 1;
        for (int symbol = 0; symbol < shares.length; symbol++) {
            if (shares[symbol] < 0) {
                symbols[high--] = (byte) symbol;
            }
        }
        int step = (size >> 1) + (size >> 3) + 3;
        int at = 0;
        for (int symbol = 0; symbol < shares.length; symbol++) {
            for (int i = 0; i < shares[symbol]; i++) {
                symbols[at] = (byte) symbol;
                do {
                    at = (at + step) & (size - 1);
                } while (at > high);
            }
        }
    }

    /** Reads a description of at most so many symbols. */
    static FseTable read(ByteInput input, int symbols) {
        int from = input.skip(0);
        BitReader in = new BitReader(input.array(), from);
        int log = in.read(4) + 5;
        int[] shares = new int[symbols];
        int left = (1 << log) + 1;
        int symbol = 0;
        while (left > 1 && symbol < symbols) {
            int width = 32 - Integer.numberOfLeadingZeros(left);
            int half = 1 << (width - 1);
            int spare = 2 * half - 1 - left;
            int value = in.read(width - 1);
            if (value >= spare) {
                value |= in.read(1) << (width - 1);
                value -= value >= half ? spare : 0;
            }
            shares[symbol++] = value - 1;
            left -= Math.abs(value - 1);
            for (int zeros = 3; value == 1 && zeros == 3; symbol += zeros) {
                zeros = in.read(2);
            }
        }
        input.skip(in.bytes());
        return of(log, Arrays.copyOf(shares, symbols));
    }

    int log() {
        return log;
    }

    int symbol(int state) {
        return symbols[state];
    }

    int bits(int state) {
        return bits[state];
    }

    int baseline(int state) {
        return baselines[state];
    }

    /** Bits from the lowest of each byte up. */
    private static final class BitReader {
        private final byte[] bytes;
        private final int from;
        private int at;

        BitReader(byte[] bytes, int from) {
            this.bytes = bytes;
            this.from = from;
        }

        int read(int count) {
            int value = 0;
            for (int i = 0; i < count; i++, at++) {
                value |= (bytes[from + (at >> 3)] >> (at & 7) & 1) << i;
            }
            return value;
        }

        int bytes() {
            return (at + 7) >> 3;
        }
    }
}
