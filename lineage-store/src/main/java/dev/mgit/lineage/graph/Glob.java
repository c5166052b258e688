package dev.mgit.lineage.graph;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/** A name pattern: {@code *} stands for any characters, dots and slashes included, {@code ?} for exactly one. */
public record Glob(String pattern) implements Predicate<String> {
    public static final Glob ALL = new Glob("*");

    /** Linear in the name for each star; no pattern can make it slow, as a regular expression could. */
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

    /** True if the pattern has a star or question mark and so may match several names. */
    public boolean isPattern() {
        return Pattern.compile("[*?]").matcher(pattern).find();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
