package dev.mgit.delta.deflate;

import java.util.ArrayList;
import java.util.List;

/**
 * With what zlib made a stream: window of 32 KiB, default strategy, and these two.
 *
 * @param level 1 (fastest) to 9 (smallest)
 * @param memory zlib's memLevel: 8 by default, 9 where a program asks for the most
 */
public record DeflateSettings(int level, int memory) {
    private static final int[] LEVELS = {6, 9, 1, 3, 5, 4, 7, 8, 2};

    public DeflateSettings {
        if (level < 1 || level > 9 || memory < 8 || memory > 9) {
            throw new IllegalArgumentException("no deflate level " + level + " with memory level " + memory);
        }
    }

    /** All there are, those in most use first. */
    public static List<DeflateSettings> all() {
        List<DeflateSettings> all = new ArrayList<>();
        for (int memory = 8; memory <= 9; memory++) {
            for (int level : LEVELS) {
                all.add(new DeflateSettings(level, memory));
            }
        }
        return all;
    }
}
