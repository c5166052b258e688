package dev.mgit.lineage.detect;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Ranks candidates by the keys they share. */
final class NearestModels {
    private NearestModels() {}

    /** Places of the largest counts above 0, largest first. */
    static int[] largest(int[] counts, int limit) {
        long[] ranked = new long[counts.length];
        int found = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                ranked[found++] = (long) -counts[i] << 32 | i;
            }
        }
        return Arrays.stream(ranked, 0, found)
                .sorted()
                .limit(limit)
                .mapToInt(rank -> (int) rank)
                .toArray();
    }

    /** The candidates with most votes, most first; {@code ties} orders those with as many. */
    static <T> List<T> of(Map<T, Integer> votes, Comparator<T> ties, int limit) {
        Comparator<Map.Entry<T, Integer>> most = Map.Entry.comparingByValue(Comparator.reverseOrder());
        return votes.entrySet().stream()
                .sorted(most.thenComparing(Map.Entry.comparingByKey(ties)))
                .limit(limit)
                .map(Map.Entry::getKey)
                .toList();
    }
}
