package dev.mgit.delta.codec;

import dev.mgit.delta.numeric.LittleEndian;
import java.lang.invoke.VarHandle;

/** Little-endian words of 1, 2, 4 or 8 bytes, widened to longs a run at a time. */
final class LittleEndianWords {
    private static final int ZEROS_STEP = 1 << 12;

    static final VarHandle SHORT = LittleEndian.SHORT;
    static final VarHandle INT = LittleEndian.INT;
    static final VarHandle LONG = LittleEndian.LONG;

    private LittleEndianWords() {}

    /** Loads {@code count} words from word number {@code first} on, zero-extended. */
    static void load(byte[] source, int log2Bytes, int first, int count, long[] target) {
        int at = first << log2Bytes;
        switch (log2Bytes) {
            case 0 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = source[at + i] & 0xff;
                }
            }
            case 1 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = (short) SHORT.get(source, at + 2 * i) & 0xffff;
                }
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    target[i] = (int) INT.get(source, at + 4 * i) & 0xffffffffL;
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    target[i] = (long) LONG.get(source, at + 8 * i);
                }
            }
        }
    }

    /** Stores the low bytes of {@code count} longs as words from word number {@code first} on. */
    static void store(long[] source, int count, byte[] target, int log2Bytes, int first) {
        int at = first << log2Bytes;
        switch (log2Bytes) {
            case 0 -> {
                for (int i = 0; i < count; i++) {
                    target[at + i] = (byte) source[i];
                }
            }
            case 1 -> {
                for (int i = 0; i < count; i++) {
                    SHORT.set(target, at + 2 * i, (short) source[i]);
                }
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    INT.set(target, at + 4 * i, (int) source[i]);
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    LONG.set(target, at + 8 * i, source[i]);
                }
            }
        }
    }

    /** Loads {@code longs} longs from byte {@code from} on; bytes from {@code end} on read as zeros. */
    static void loadLongs(byte[] source, int from, int end, int longs, long[] target) {
        int whole = Math.max(0, Math.min(longs, (end - from) >> 3));
        for (int i = 0; i < whole; i++) {
            target[i] = (long) LONG.get(source, from + 8 * i);
        }
        for (int i = whole; i < longs; i++) {
            long last = 0;
            for (int at = from + 8 * i; at < Math.min(end, from + 8 * i + 8); at++) {
                last |= (source[at] & 0xffL) << (8 * (at - from - 8 * i));
            }
            target[i] = last;
        }
    }

    /** Word number {@code i} of those that share longs. */
    static long lane(long[] longs, WordForm form, int i) {
        int bit = i << (form.log2Bytes() + 3);
        return (longs[bit >> 6] >>> bit) & (-1L >>> (64 - form.bits()));
    }

    /** Stores longs from byte {@code from} on, but nothing from byte {@code end} on. */
    static void storeLongs(long[] source, int longs, byte[] target, int from, int end) {
        int whole = Math.min(longs, (end - from) >> 3);
        for (int i = 0; i < whole; i++) {
            LONG.set(target, from + 8 * i, source[i]);
        }
        for (int at = from + 8 * whole; at < Math.min(end, from + 8 * longs); at++) {
            target[at] = (byte) (source[whole] >>> (8 * (at - from - 8 * whole)));
        }
    }

    /** Lowest bits that are zero in every whole word of {@code length} bytes; all of a word's if there is none set. */
    static int sharedZeros(byte[] source, int length, int log2Bytes) {
        int width = 8 << log2Bytes;
        long lowest = Long.divideUnsigned(-1L, -1L >>> (64 - width));
        long all = 0;
        int at = 0;
        // Of most blocks the first words tell.
        while (at + 8 <= length && (all & lowest) == 0) {
            int end = Math.min(length - 7, at + ZEROS_STEP);
            for (; at < end; at += 8) {
                all |= (long) LONG.get(source, at);
            }
        }
        for (; at < length >> log2Bytes << log2Bytes && (all & lowest) == 0; at++) {
            all |= (source[at] & 0xffL) << (8 * (at & 7));
        }
        for (int half = 32; half >= width; half >>= 1) {
            all |= all >>> half;
        }
        return Math.min(width, Long.numberOfTrailingZeros(all));
    }
}
