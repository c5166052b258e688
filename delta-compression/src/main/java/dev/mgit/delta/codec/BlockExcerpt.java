package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * What a small part of a block says of how the whole codes alone: its thirty-second, as stretches long enough for what
 * is near to repeat itself, elsewhere than where samples are taken; and whether what is far apart repeats itself.
 */
final class BlockExcerpt {
    private static final int PART = 32;
    private static final int STRETCHES = 16;
    /** Words; fewer say nothing. */
    private static final int LEAST_STRETCH = 128;
    /** Bytes that are compared. */
    private static final int WINDOW = 16;

    private byte[] words = new byte[0];
    /** Places by hash, each one more than it is; 0 for none. */
    private int[] marks = new int[0];

    /** @return whole words of the block, good until the next call */
    byte[] of(byte[] raw, int length, WordForm form) {
        int log = form.log2Bytes();
        int count = length >> log;
        int stretch = Math.min(count / STRETCHES, Math.max(LEAST_STRETCH, count / (PART * STRETCHES)));
        if (words.length != STRETCHES * stretch << log) {
            words = new byte[STRETCHES * stretch << log];
        }
        for (int i = 0; i < STRETCHES; i++) {
            System.arraycopy(raw, first(i, stretch, count) << log, words, i * stretch << log, stretch << log);
        }
        return words;
    }

    /** A stretch lies in the middle of its sixteenth. */
    private static int first(int stretch, int size, int count) {
        return (int) ((2L * stretch + 1) * count / (2 * STRETCHES)) - size / 2;
    }

    /**
     * Whether stretches of the block occur in it again, at any distance. A mark stands at every n-th word, and a stretch is n
     * words long, n the root of all: whatever the distance, that of one of its words leads to a mark ("baby-step
     * giant-step", Shanks, 1971).
     */
    boolean repeats(byte[] raw, int length, WordForm form) {
        int log = form.log2Bytes();
        int count = (length - WINDOW >> log) + 1;
        int step = (int) Math.sqrt(count) + 1;
        mark(raw, count, step, log);
        for (int i = 0; i < STRETCHES; i++) {
            int first = Math.max(0, first(i, step, count));
            for (int word = first; word < Math.min(count, first + step); word++) {
                int marked = marks[slot(raw, word << log)] - 1;
                if (marked >= 0 && marked != word && same(raw, marked << log, word << log, form.bytes())) {
                    return true;
                }
            }
        }
        return false;
    }

    private void mark(byte[] raw, int count, int step, int log) {
        int slots = Integer.highestOneBit(step) * 8;
        if (marks.length != slots) {
            marks = new int[slots];
        } else {
            Arrays.fill(marks, 0);
        }
        for (int word = 0; word < count; word += step) {
            marks[slot(raw, word << log)] = word + 1;
        }
    }

    private int slot(byte[] raw, int at) {
        long mixed = (long) LittleEndianWords.LONG.get(raw, at) * 0x9e3779b97f4a7c15L
                ^ (long) LittleEndianWords.LONG.get(raw, at + 8) * 0xc2b2ae3d27d4eb4fL;
        return (int) (mixed >>> 40) & (marks.length - 1);
    }

    /** One value throughout is no repeat: what codes stretches sees it. */
    private static boolean same(byte[] raw, int a, int b, int width) {
        return Arrays.equals(raw, a, a + WINDOW, raw, b, b + WINDOW)
                && !Arrays.equals(raw, a, a + WINDOW - width, raw, a + width, a + WINDOW);
    }
}
