package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * The matches a zstd frame is made of, read from the frame itself (RFC 8878, 3.1.1): what its search found, to be coded
 * otherwise. The bytes between them are not decoded; who wrote the frame has them.
 */
final class ZstdSequences {
    private static final int[] LITERALS_SHARES = {
        4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1
    };
    private static final int[] MATCH_SHARES = {
        1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1
    };
    private static final int[] OFFSET_SHARES = {
        1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1
    };
    private static final int[] LITERALS_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        16
    };
    private static final int[] MATCH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2,
        2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
    };
    private static final int[] LITERALS_BASES = bases(0, LITERALS_BITS);
    private static final int[] MATCH_BASES = bases(3, MATCH_BITS);
    private static final int OFFSETS = 32;

    /** Three numbers for each match: bytes before it that are none, its own length, how far back it reaches. */
    private int[] matches = new int[1 << 12];

    private int filled;
    private FseTable literals = FseTable.of(6, LITERALS_SHARES);
    private FseTable lengths = FseTable.of(6, MATCH_SHARES);
    private FseTable offsets = FseTable.of(5, OFFSET_SHARES);
    private final int[] recent = {1, 4, 8};
    /** Bytes that passed since the last match. */
    private int passed;

    private static int[] bases(int first, int[] bits) {
        int[] bases = new int[bits.length];
        int base = first;
        for (int i = 0; i < bits.length; i++) {
            bases[i] = base;
            base += 1 << bits[i];
        }
        return bases;
    }

    private ZstdSequences() {}

    /** Those of a frame without magic number, dictionary number and size of its content. */
    static int[] of(ByteInput frame) {
        ZstdSequences sequences = new ZstdSequences();
        frame.skip(2);
        boolean last = false;
        while (!last) {
            int header = frame.get() | frame.get() << 8 | frame.get() << 16;
            last = (header & 1) != 0;
            sequences.readBlock(frame, header >> 1 & 3, header >> 3);
        }
        return Arrays.copyOf(sequences.matches, sequences.filled);
    }

    private void readBlock(ByteInput frame, int type, int size) {
        switch (type) {
            case 0 -> {
                frame.skip(size);
                passed += size;
            }
            case 1 -> {
                frame.skip(1);
                passed += size;
            }
            default -> {
                int end = frame.remaining() - size;
                int left = passOverLiterals(frame);
                int count = frame.get();
                if (count > 0) {
                    left -= readSequences(frame, count(frame, count), end);
                }
                passed += left;
            }
        }
    }

    private static int count(ByteInput frame, int first) {
        if (first < 128) {
            return first;
        }
        return first < 255 ? (first - 128 << 8) + frame.get() : frame.get() + (frame.get() << 8) + 0x7f00;
    }

    /** Returns how many literals there are. */
    private static int passOverLiterals(ByteInput frame) {
        int first = frame.peek();
        int type = first & 3;
        int form = first >> 2 & 3;
        if (type < 2) {
            int bytes = form == 1 ? 2 : form == 3 ? 3 : 1;
            int size = (int) (little(frame, bytes) >> ((form & 1) == 0 ? 3 : 4));
            frame.skip(type == 0 ? size : 1);
            return size;
        }
        int width = form < 2 ? 10 : form == 2 ? 14 : 18;
        long header = little(frame, form < 2 ? 3 : form + 2) >> 4;
        frame.skip((int) (header >> width) & ((1 << width) - 1));
        return (int) header & ((1 << width) - 1);
    }

    private static long little(ByteInput frame, int bytes) {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) frame.get() << (8 * i);
        }
        return value;
    }

    /** @param end bytes of the frame that remain behind the block */
    private int readSequences(ByteInput frame, int count, int end) {
        int modes = frame.get();
        literals = table(frame, modes >> 6, literals, 6, LITERALS_SHARES, LITERALS_BITS.length);
        offsets = table(frame, modes >> 4 & 3, offsets, 5, OFFSET_SHARES, OFFSETS);
        lengths = table(frame, modes >> 2 & 3, lengths, 6, MATCH_SHARES, MATCH_BITS.length);
        int size = frame.remaining() - end;
        Backwards bits = new Backwards(frame.array(), frame.skip(size), size);
        int literal = bits.read(literals.log());
        int offset = bits.read(offsets.log());
        int length = bits.read(lengths.log());
        int taken = 0;
        for (int i = 0; i < count; i++) {
            int reach = offsets.symbol(offset);
            int code = (1 << reach) + bits.read(reach);
            int matched = MATCH_BASES[lengths.symbol(length)] + bits.read(MATCH_BITS[lengths.symbol(length)]);
            int run = LITERALS_BASES[literals.symbol(literal)] + bits.read(LITERALS_BITS[literals.symbol(literal)]);
            add(run, matched, distance(code, run));
            taken += run;
            if (i + 1 < count) {
                literal = literals.baseline(literal) + bits.read(literals.bits(literal));
                length = lengths.baseline(length) + bits.read(lengths.bits(length));
                offset = offsets.baseline(offset) + bits.read(offsets.bits(offset));
            }
        }
        return taken;
    }

    private static FseTable table(ByteInput frame, int mode, FseTable before, int log, int[] usual, int symbols) {
        return switch (mode) {
            case 0 -> FseTable.of(log, usual);
            case 1 -> FseTable.of(frame.get());
            case 2 -> FseTable.read(frame, symbols);
            default -> before;
        };
    }

    private int distance(int code, int run) {
        if (code > 3) {
            recent[2] = recent[1];
            recent[1] = recent[0];
            recent[0] = code - 3;
            return recent[0];
        }
        int index = code - (run > 0 ? 1 : 0);
        int distance = index == 3 ? recent[0] - 1 : recent[index];
        if (index > 1) {
            recent[2] = recent[1];
        }
        if (index > 0) {
            recent[1] = recent[0];
            recent[0] = distance;
        }
        return distance;
    }

    private void add(int run, int length, int distance) {
        if (filled + 3 > matches.length) {
            matches = Arrays.copyOf(matches, 2 * matches.length);
        }
        matches[filled++] = passed + run;
        matches[filled++] = length;
        matches[filled++] = distance;
        passed = 0;
    }

    /** Bits from the end of a stream to its beginning; the highest of the last byte only marks the end. */
    private static final class Backwards {
        private final byte[] bytes;
        private final int from;
        private int left;

        Backwards(byte[] bytes, int from, int size) {
            this.bytes = bytes;
            this.from = from;
            this.left = 8 * size - 1 - (Integer.numberOfLeadingZeros(bytes[from + size - 1] & 0xff) - 24);
        }

        int read(int count) {
            int value = 0;
            for (int i = 0; i < count; i++) {
                left--;
                value = value << 1 | (left < 0 ? 0 : bytes[from + (left >> 3)] >> (left & 7) & 1);
            }
            return value;
        }
    }
}
