package dev.mgit.delta.xz;

import dev.mgit.delta.layout.FormatException;
import java.util.Arrays;

/**
 * The LZMA algorithm, byte by byte: a range coder with adaptive bits, whose context is the kind of the last symbols.
 *
 * @see <a href="https://www.7-zip.org/sdk.html">LZMA specification (lzma-specification.txt)</a>
 */
final class LzmaDecoder {
    private static final int STATES = 12;
    private static final int FIRST_AFTER_MATCH = 7;
    private static final int POSITIONS = 16;
    private static final int SLOTS = 64;
    private static final int DIRECT_SLOT = 14;
    private static final int ALIGN_BITS = 4;

    private final Window window;
    private final RangeDecoder range;
    private final short[] isMatch = new short[STATES * POSITIONS];
    private final short[] isRepeated = new short[STATES];
    private final short[] isNotFirst = new short[STATES];
    private final short[] isNotSecond = new short[STATES];
    private final short[] isNotThird = new short[STATES];
    private final short[] isLong = new short[STATES * POSITIONS];
    private final short[] slots = new short[4 * SLOTS];
    private final short[] near = new short[1 + 128 - DIRECT_SLOT];
    private final short[] align = new short[1 << ALIGN_BITS];
    private final LengthDecoder lengths = new LengthDecoder();
    private final LengthDecoder repeatedLengths = new LengthDecoder();
    private short[] literals = {};
    private int literalContext;
    private int literalPositions;
    private int positions;
    private int state;
    private final int[] distances = new int[4];
    private int pending;

    LzmaDecoder(byte[] in, Window window) {
        this.window = window;
        this.range = new RangeDecoder(in);
    }

    /** @param properties as the format packs them; negative to keep those of the chunk before */
    void begin(int at, int length, boolean reset, int properties) {
        range.begin(at, length);
        if (properties >= 0) {
            literalContext = properties % 9;
            literalPositions = properties / 9 % 5;
            positions = properties / 45;
            if (positions > 4 || literalContext + literalPositions > 4) {
                throw damaged();
            }
            literals = new short[0x300 << (literalContext + literalPositions)];
        }
        if (literals.length == 0 || pending != 0) {
            throw damaged();
        }
        if (reset) {
            reset();
        }
    }

    private void reset() {
        for (short[] bits : new short[][] {
            isMatch, isRepeated, isNotFirst, isNotSecond, isNotThird, isLong, slots, near, align, literals
        }) {
            RangeDecoder.reset(bits);
        }
        lengths.reset();
        repeatedLengths.reset();
        Arrays.fill(distances, 0);
        state = 0;
    }

    /** Where the chunk ends. */
    int end() {
        return range.end();
    }

    /** @param left bytes of the chunk that are not decoded yet */
    byte next(int left) {
        if (pending == 0) {
            int position = (int) (window.total() & ((1 << positions) - 1));
            if (range.bit(isMatch, state * POSITIONS + position) == 0) {
                return window.put(literal());
            }
            match(position);
            if (pending > left) {
                throw damaged();
            }
        }
        pending--;
        return window.put(window.get(distances[0]));
    }

    private byte literal() {
        int before = window.total() == 0 ? 0 : window.get(0) & 0xff;
        int place = (int) (window.total() & ((1 << literalPositions) - 1));
        int context = 0x300 * ((place << literalContext) + (before >>> (8 - literalContext)));
        int symbol = 1;
        if (state >= FIRST_AFTER_MATCH) {
            int expected = window.get(distances[0]) & 0xff;
            int same = 1;
            while (symbol < 0x100 && same != 0) {
                int bit = (expected >> 7) & 1;
                expected <<= 1;
                int found = range.bit(literals, context + ((1 + bit) << 8) + symbol);
                symbol = (symbol << 1) | found;
                same = bit == found ? 1 : 0;
            }
        }
        while (symbol < 0x100) {
            symbol = (symbol << 1) | range.bit(literals, context + symbol);
        }
        state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
        return (byte) symbol;
    }

    private void match(int position) {
        boolean afterMatch = state >= FIRST_AFTER_MATCH;
        if (range.bit(isRepeated, state) == 0) {
            System.arraycopy(distances, 0, distances, 1, 3);
            pending = lengths.length(range, position);
            state = afterMatch ? 10 : 7;
            distances[0] = distance(Math.min(pending - 2, 3));
            return;
        }
        if (range.bit(isNotFirst, state) == 0) {
            if (range.bit(isLong, state * POSITIONS + position) == 0) {
                state = afterMatch ? 11 : 9;
                pending = 1;
                return;
            }
        } else {
            int which = range.bit(isNotSecond, state) == 0 ? 1 : range.bit(isNotThird, state) == 0 ? 2 : 3;
            int distance = distances[which];
            System.arraycopy(distances, 0, distances, 1, which);
            distances[0] = distance;
        }
        pending = repeatedLengths.length(range, position);
        state = afterMatch ? 11 : 8;
    }

    private int distance(int lengthClass) {
        int slot = range.tree(slots, lengthClass * SLOTS, 6);
        if (slot < 4) {
            return slot;
        }
        int bits = (slot >> 1) - 1;
        int distance = (2 | (slot & 1)) << bits;
        return slot < DIRECT_SLOT
                ? distance + range.reversed(near, distance - slot, bits)
                : distance + (range.direct(bits - ALIGN_BITS) << ALIGN_BITS) + range.reversed(align, 0, ALIGN_BITS);
    }

    private static FormatException damaged() {
        return new FormatException("what xz compressed is damaged");
    }
}
