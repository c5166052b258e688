package dev.mgit.delta.deflate;

import static dev.mgit.delta.deflate.Symbols.MAX_MATCH;
import static dev.mgit.delta.deflate.Symbols.MIN_MATCH;
import static dev.mgit.delta.deflate.Symbols.WINDOW;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Deflates as zlib 1.2 and 1.3 do, to the bit: raw streams (RFC 1951), a window of 32 KiB, default strategy, no flush before
 * the end. Matches are found by chains of three-byte hashes; from level 4 on a match waits for one byte whether the next
 * is longer. What comes out depends on what went in and the settings alone.
 */
public final class DeflateEncoder {
    private static final int MASK = WINDOW - 1;
    private static final int LOOKAHEAD = MAX_MATCH + MIN_MATCH + 1;
    private static final int MAX_DISTANCE = WINDOW - LOOKAHEAD;
    /** Matches of three bytes from further away cost more than three literals. */
    private static final int TOO_FAR = 4096;

    /**
     * How hard a level tries.
     *
     * @param good length from which on a quarter of the chain will do
     * @param lazy length from which on a better match is not waited for; where none is, up to which bytes inside a match
     *     are hashed
     * @param nice length that ends a search
     * @param chain positions tried
     */
    private record Effort(int good, int lazy, int nice, int chain) {}

    private static final Effort[] EFFORTS = {
        new Effort(4, 4, 8, 4),
        new Effort(4, 5, 16, 8),
        new Effort(4, 6, 32, 32),
        new Effort(4, 4, 16, 16),
        new Effort(8, 16, 32, 32),
        new Effort(8, 16, 128, 128),
        new Effort(8, 32, 128, 256),
        new Effort(32, 128, 258, 1024),
        new Effort(32, 258, 258, 4096),
    };
    private static final int FIRST_LAZY_LEVEL = 4;

    private final Effort effort;
    private final boolean lazy;
    private final BlockOutput block;
    private final byte[] window = new byte[2 * WINDOW];
    private final short[] previous = new short[WINDOW];
    private final short[] heads;
    private final int hashMask;
    private final int hashShift;

    private int hash;
    private int start;
    private int ahead;
    private int blockStart;
    private int matchStart;
    private int matchLength = MIN_MATCH - 1;
    private int previousLength = MIN_MATCH - 1;
    private boolean literalWaits;
    private boolean ending;

    public DeflateEncoder(DeflateSettings settings, OutputStream out) {
        this.effort = EFFORTS[settings.level() - 1];
        this.lazy = settings.level() >= FIRST_LAZY_LEVEL;
        this.block = new BlockOutput(new BitOutput(out), settings.memory());
        int hashBits = settings.memory() + 7;
        this.heads = new short[1 << hashBits];
        this.hashMask = heads.length - 1;
        this.hashShift = (hashBits + MIN_MATCH - 1) / MIN_MATCH;
    }

    /** Takes the next bytes. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        int left = length;
        while (left > 0) {
            int count = Math.min(left, window.length - start - ahead);
            System.arraycopy(bytes, from, window, start + ahead, count);
            ahead += count;
            from += count;
            left -= count;
            // Only a full window is compressed: however the bytes come, it moves on at the same places.
            if (start + ahead == window.length) {
                compress();
                moveOn();
            }
        }
    }

    /** Ends the stream. */
    public void finish() throws IOException {
        ending = true;
        compress();
        if (literalWaits) {
            block.literal(window[start - 1]);
        }
        flush(true);
    }

    /** Whether there is a next position to look at. Near the end the window still moves where it would have. */
    private boolean goesOn() {
        if (ahead >= LOOKAHEAD) {
            return true;
        }
        if (ending) {
            moveOn();
        }
        return ending && ahead > 0;
    }

    private void moveOn() {
        if (start < WINDOW + MAX_DISTANCE) {
            return;
        }
        System.arraycopy(window, WINDOW, window, 0, WINDOW);
        matchStart -= WINDOW;
        start -= WINDOW;
        blockStart -= WINDOW;
        slide(heads);
        slide(previous);
    }

    /** Positions are 0 to 65535; 0 means none. */
    private static void slide(short[] positions) {
        for (int i = 0; i < positions.length; i++) {
            positions[i] = (short) Math.max(0, (positions[i] & 0xffff) - WINDOW);
        }
    }

    private void restartHash() {
        hash = window[start] & 0xff;
        hash(start + 1);
    }

    private void hash(int at) {
        hash = (hash << hashShift ^ window[at] & 0xff) & hashMask;
    }

    /** Enters the three bytes at a position, and returns the last position of the same hash; 0 for none. */
    private int insert(int at) {
        hash(at + MIN_MATCH - 1);
        short head = heads[hash];
        previous[at & MASK] = head;
        heads[hash] = (short) at;
        return head & 0xffff;
    }

    private void compress() throws IOException {
        if (ahead > 1) {
            restartHash();
        }
        if (lazy) {
            compressLazily();
        } else {
            compressGreedily();
        }
    }

    private void compressGreedily() throws IOException {
        while (goesOn()) {
            int candidate = ahead >= MIN_MATCH ? insert(start) : 0;
            if (candidate != 0 && start - candidate <= MAX_DISTANCE) {
                matchLength = longestMatch(candidate);
            }
            boolean full;
            if (matchLength >= MIN_MATCH) {
                full = block.match(start - matchStart, matchLength);
                ahead -= matchLength;
                skipMatch();
            } else {
                full = block.literal(window[start]);
                ahead--;
                start++;
            }
            if (full) {
                flush(false);
            }
        }
    }

    private void skipMatch() {
        if (matchLength <= effort.lazy() && ahead >= MIN_MATCH) {
            for (int end = start + matchLength; ++start < end; ) {
                insert(start);
            }
        } else {
            start += matchLength;
            if (ahead > 1) {
                restartHash();
            }
        }
        matchLength = 0;
    }

    private void compressLazily() throws IOException {
        while (goesOn()) {
            int candidate = ahead >= MIN_MATCH ? insert(start) : 0;
            previousLength = matchLength;
            int previousMatch = matchStart;
            matchLength = MIN_MATCH - 1;
            if (candidate != 0 && previousLength < effort.lazy() && start - candidate <= MAX_DISTANCE) {
                matchLength = longestMatch(candidate);
                if (matchLength == MIN_MATCH && start - matchStart > TOO_FAR) {
                    matchLength = MIN_MATCH - 1;
                }
            }
            if (previousLength >= MIN_MATCH && matchLength <= previousLength) {
                int lastInsert = start + ahead - MIN_MATCH;
                boolean full = block.match(start - 1 - previousMatch, previousLength);
                ahead -= previousLength - 1;
                for (int end = start + previousLength - 1; ++start < end; ) {
                    if (start <= lastInsert) {
                        insert(start);
                    }
                }
                literalWaits = false;
                matchLength = MIN_MATCH - 1;
                if (full) {
                    flush(false);
                }
            } else {
                if (literalWaits && block.literal(window[start - 1])) {
                    flush(false);
                }
                literalWaits = true;
                start++;
                ahead--;
            }
        }
    }

    /** Follows a chain of earlier positions; never shorter than the match before, never beyond what is there. */
    private int longestMatch(int candidate) {
        int best = lazy ? previousLength : MIN_MATCH - 1;
        int chain = best >= effort.good() ? effort.chain() >> 2 : effort.chain();
        int nice = Math.min(effort.nice(), ahead);
        int limit = Math.max(0, start - MAX_DISTANCE);
        int at = candidate;
        do {
            if (window[at + best] == window[start + best]
                    && window[at + best - 1] == window[start + best - 1]
                    && window[at] == window[start]) {
                int length = matchAt(at);
                if (length > best) {
                    matchStart = at;
                    best = length;
                    if (length >= nice) {
                        break;
                    }
                }
            }
            at = previous[at & MASK] & 0xffff;
        } while (at > limit && --chain != 0);
        return Math.min(best, ahead);
    }

    private int matchAt(int at) {
        int most = Math.min(MAX_MATCH, window.length - start);
        int different = Arrays.mismatch(window, at, at + most, window, start, start + most);
        return different < 0 ? most : different;
    }

    private void flush(boolean last) throws IOException {
        block.flush(window, blockStart, start, last);
        blockStart = start;
    }
}
