package dev.mgit.lineage.version;

import java.util.regex.Pattern;

/** The name of a version: the id of its Git commit, 40 lower-case hexadecimal digits. */
public record VersionId(String hex) implements Comparable<VersionId> {
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}");

    public VersionId {
        if (!isId(hex)) {
            throw new IllegalArgumentException("not a version id: " + hex);
        }
    }

    /** Whether a text is a whole id. */
    public static boolean isId(String text) {
        return HEX.matcher(text).matches();
    }

    /** The first ten digits, enough to read and to type. */
    public String abbreviated() {
        return hex.substring(0, 10);
    }

    @Override
    public int compareTo(VersionId other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
