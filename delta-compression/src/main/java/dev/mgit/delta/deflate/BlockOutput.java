package dev.mgit.delta.deflate;

import static dev.mgit.delta.deflate.Symbols.CODE_LENGTHS;
import static dev.mgit.delta.deflate.Symbols.DISTANCES;
import static dev.mgit.delta.deflate.Symbols.END_OF_BLOCK;
import static dev.mgit.delta.deflate.Symbols.FIRST_LENGTH;
import static dev.mgit.delta.deflate.Symbols.LITERALS_AND_LENGTHS;

import java.io.IOException;

/**
 * Literals and matches on their way out: gathered until a block is full, then written in whichever of the three forms
 * zlib finds the shortest.
 */
final class BlockOutput {
    private static final byte[] FIXED_LENGTHS = Symbols.fixedLengths();
    private static final short[] FIXED_CODES = Symbols.codes(FIXED_LENGTHS, FIXED_LENGTHS.length);
    private static final byte[] FIXED_DISTANCE_LENGTHS = Symbols.fixedDistanceLengths();
    private static final short[] FIXED_DISTANCE_CODES = Symbols.codes(FIXED_DISTANCE_LENGTHS, DISTANCES);

    private final BitOutput out;
    /** Distances, 0 for literals. */
    private final short[] distances;
    /** Literals, or lengths of matches less the least. */
    private final byte[] values;

    private int count;
    private final CodeTree symbols = new CodeTree(LITERALS_AND_LENGTHS, Symbols.LENGTH_EXTRA, FIRST_LENGTH, 15);
    private final CodeTree places = new CodeTree(DISTANCES, Symbols.DISTANCE_EXTRA, 0, 15);
    private final CodeTree lengths = new CodeTree(CODE_LENGTHS, Symbols.CODE_LENGTH_EXTRA, 0, 7);

    BlockOutput(BitOutput out, int memory) {
        this.out = out;
        int most = (1 << (memory + 6)) - 1;
        this.distances = new short[most];
        this.values = new byte[most];
        clear();
    }

    private void clear() {
        count = 0;
        symbols.clear();
        places.clear();
        symbols.frequencies[END_OF_BLOCK] = 1;
    }

    /** True if the block is full now. */
    boolean literal(byte value) {
        distances[count] = 0;
        values[count++] = value;
        symbols.frequencies[value & 0xff]++;
        return count == values.length;
    }

    /** True if the block is full now. */
    boolean match(int distance, int length) {
        distances[count] = (short) distance;
        values[count++] = (byte) (length - Symbols.MIN_MATCH);
        symbols.frequencies[FIRST_LENGTH + Symbols.lengthCode(length)]++;
        places.frequencies[Symbols.distanceCode(distance)]++;
        return count == values.length;
    }

    /**
     * Writes the block.
     *
     * @param bytes where what it stands for lies
     * @param from where it begins there; negative if not all of it is there any more
     */
    void flush(byte[] bytes, int from, int to, boolean last) throws IOException {
        symbols.build();
        places.build();
        int codeLengths = buildCodeOfLengths();
        long dynamic = symbols.cost() + places.cost() + lengths.cost() + 3L * codeLengths + 14;
        long fixed = symbols.cost(FIXED_LENGTHS) + places.cost(FIXED_DISTANCE_LENGTHS);
        long fixedBytes = wholeBytes(fixed);
        long least = Math.min(wholeBytes(dynamic), fixedBytes);
        int end = last ? 1 : 0;
        if (from >= 0 && to - from + 4 <= least) {
            out.bits(Symbols.STORED << 1 | end, 3);
            stored(bytes, from, to - from);
        } else if (fixedBytes == least) {
            out.bits(Symbols.FIXED << 1 | end, 3);
            symbols(FIXED_LENGTHS, FIXED_CODES, FIXED_DISTANCE_LENGTHS, FIXED_DISTANCE_CODES);
        } else {
            out.bits(Symbols.DYNAMIC << 1 | end, 3);
            codes(codeLengths);
            symbols(symbols.lengths, symbols.codes, places.lengths, places.codes);
        }
        if (last) {
            out.align();
        }
        out.flush();
        clear();
    }

    /** Bytes of so many bits and the three that begin a block. */
    private static long wholeBytes(long bits) {
        return (bits + 3 + 7) >>> 3;
    }

    private void stored(byte[] bytes, int from, int length) throws IOException {
        out.align();
        out.bits(length & 0xffff, 16);
        out.bits(~length & 0xffff, 16);
        out.bytes(bytes, from, length);
    }

    private void symbols(byte[] lengthOf, short[] codeOf, byte[] placeLengthOf, short[] placeCodeOf)
            throws IOException {
        for (int i = 0; i < count; i++) {
            int distance = distances[i] & 0xffff;
            int value = values[i] & 0xff;
            if (distance == 0) {
                out.bits(codeOf[value] & 0xffff, lengthOf[value]);
            } else {
                int code = Symbols.LENGTH_CODE[value];
                out.bits(codeOf[FIRST_LENGTH + code] & 0xffff, lengthOf[FIRST_LENGTH + code]);
                out.bits(value + Symbols.MIN_MATCH - Symbols.LENGTH_BASE[code], Symbols.LENGTH_EXTRA[code]);
                int place = Symbols.distanceCode(distance);
                out.bits(placeCodeOf[place] & 0xffff, placeLengthOf[place]);
                out.bits(distance - Symbols.DISTANCE_BASE[place], Symbols.DISTANCE_EXTRA[place]);
            }
        }
        out.bits(codeOf[END_OF_BLOCK] & 0xffff, lengthOf[END_OF_BLOCK]);
    }

    /** Finds the code for the lengths of the other two; how many of its own lengths are written. */
    private int buildCodeOfLengths() throws IOException {
        lengths.clear();
        runs(symbols, (symbol, more) -> lengths.frequencies[symbol]++);
        runs(places, (symbol, more) -> lengths.frequencies[symbol]++);
        lengths.build();
        int written = CODE_LENGTHS;
        while (written > 4 && lengths.lengths[Symbols.CODE_LENGTH_ORDER[written - 1]] == 0) {
            written--;
        }
        return written;
    }

    private void codes(int codeLengths) throws IOException {
        out.bits(symbols.last + 1 - FIRST_LENGTH, 5);
        out.bits(places.last, 5);
        out.bits(codeLengths - 4, 4);
        for (int i = 0; i < codeLengths; i++) {
            out.bits(lengths.lengths[Symbols.CODE_LENGTH_ORDER[i]], 3);
        }
        runs(symbols, this::codeLength);
        runs(places, this::codeLength);
    }

    private void codeLength(int symbol, int more) throws IOException {
        out.bits(lengths.codes[symbol] & 0xffff, lengths.lengths[symbol]);
        out.bits(more, Symbols.CODE_LENGTH_EXTRA[symbol]);
    }

    /** Told of each code length, or of a run: what is repeated how often. */
    private interface Runs {
        void next(int symbol, int more) throws IOException;
    }

    /** The code lengths of a tree, as zlib puts runs of equal ones together. */
    private static void runs(CodeTree tree, Runs runs) throws IOException {
        int before = -1;
        int at = 0;
        while (at <= tree.last) {
            int length = tree.lengths[at];
            int most = length == 0 ? 138 : length == before ? 6 : 7;
            int run = 1;
            while (run < most && at + run <= tree.last && tree.lengths[at + run] == length) {
                run++;
            }
            at += run;
            if (run < (length == 0 || length == before ? 3 : 4)) {
                for (int i = 0; i < run; i++) {
                    runs.next(length, 0);
                }
            } else if (length != 0) {
                if (length != before) {
                    runs.next(length, 0);
                    run--;
                }
                runs.next(Symbols.REPEAT, run - 3);
            } else if (run <= 10) {
                runs.next(Symbols.ZEROS, run - 3);
            } else {
                runs.next(Symbols.MANY_ZEROS, run - 11);
            }
            before = length;
        }
    }
}
