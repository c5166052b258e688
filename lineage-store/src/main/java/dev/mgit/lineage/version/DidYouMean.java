package dev.mgit.lineage.version;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds known names that a mistyped one may have meant. */
public final class DidYouMean {
    private static final int MOST = 3;

    private DidYouMean() {}

    /** Up to three known names near the typed one, nearest first; those too different to be meant are left out. */
    public static List<String> near(String typed, Collection<String> known) {
        record Candidate(String name, int distance) {}
        return known.stream()
                .map(name -> new Candidate(name, distance(typed, name)))
                .filter(candidate -> candidate.distance() <= 1 + typed.length() / 3)
                .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
                .limit(MOST)
                .map(Candidate::name)
                .toList();
    }

    /** The hint {@code did you mean 'a' or 'b'?}, or the other sentence if no known name is near. */
    public static String hint(String typed, Collection<String> known, String otherwise) {
        List<String> near = near(typed, known);
        return near.isEmpty() ? otherwise : "did you mean '" + String.join("' or '", near) + "'?";
    }

    /**
     * Number of letters to insert, delete, replace, or swap with their neighbour (optimal string alignment: Damerau
     * 1964, each letter edited once).
     */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                cost[i][j] = Math.min(i, j) == 0 ? Math.max(i, j) : cheapest(cost, a, b, i, j);
            }
        }
        return cost[a.length()][b.length()];
    }

    private static int cheapest(int[][] cost, String a, String b, int i, int j) {
        int replace = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int least = Math.min(cost[i - 1][j - 1] + replace, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
    }
}
