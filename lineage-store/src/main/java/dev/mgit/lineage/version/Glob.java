package dev.mgit.lineage.version;

import java.util.List;
import java.util.function.Predicate;

/**
 * A pattern over names of models, names of tensors and paths of files, the only kind mgit knows: {@code *} stands for
 * any characters, slashes and dots included, as in Git's pathspecs; {@code ?} for exactly one; everything else for
 * itself, brackets too, which names of tensors hold.
 */
public record Glob(String pattern) implements Predicate<String> {
    public static final Glob ALL = new Glob("*");

    /** Whether the whole name fits. Takes time linear in the name for each star, whatever the pattern. */
    @Override
    public boolean test(String name) {
        int star = -1;
        int retry = 0;
        int p = 0;
        int n = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                retry = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                p = star + 1;
                n = ++retry;
            } else {
                return false;
            }
        }
        return pattern.substring(p).chars().allMatch(c -> c == '*');
    }

    /** Whether a file fits: by its path or, for a pattern without a slash, by its last name, in whatever folder. */
    public boolean testPath(String path) {
        return test(path) || (pattern.indexOf('/') < 0 && test(path.substring(path.lastIndexOf('/') + 1)));
    }

    public static boolean any(List<String> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> new Glob(pattern).test(name));
    }

    @Override
    public String toString() {
        return pattern;
    }
}
