package dev.mgit.delta.deflate;

import java.io.IOException;

/** A Huffman code for reading: by the next bits, the symbol and how many of them are its own. */
final class CodeTable {
    private static final int LENGTH_BITS = 4;

    /** The longest code. */
    final int bits;

    private final short[] table;

    /** @throws IOException if the lengths make no code */
    CodeTable(byte[] lengths, int count) throws IOException {
        int longest = 1;
        long taken = 0;
        for (int i = 0; i < count; i++) {
            longest = Math.max(longest, lengths[i]);
            taken += lengths[i] == 0 ? 0 : 1 << (15 - lengths[i]);
        }
        if (taken > 1 << 15) {
            throw new IOException("code lengths that make no code");
        }
        bits = longest;
        table = new short[1 << longest];
        short[] codes = Symbols.codes(lengths, count);
        for (int symbol = 0; symbol < count; symbol++) {
            if (lengths[symbol] > 0) {
                short entry = (short) (symbol << LENGTH_BITS | lengths[symbol]);
                for (int at = codes[symbol] & 0xffff; at < table.length; at += 1 << lengths[symbol]) {
                    table[at] = entry;
                }
            }
        }
    }

    /** What the next bits begin with; its {@link #length} is 0 where that is no code. */
    int entry(long next) {
        return table[(int) next & (table.length - 1)] & 0xffff;
    }

    static int length(int entry) {
        return entry & ((1 << LENGTH_BITS) - 1);
    }

    static int symbol(int entry) {
        return entry >>> LENGTH_BITS;
    }
}
