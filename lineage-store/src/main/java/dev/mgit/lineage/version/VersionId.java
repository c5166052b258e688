package dev.mgit.lineage.version;

import dev.mgit.delta.Hashes;

/** The name of a version: the id of its Git commit, 40 lower-case hexadecimal digits. */
public record VersionId(String hex) implements Comparable<VersionId> {
    private static final int DIGITS = 40;

    public VersionId {
        if (!isId(hex)) {
            throw new IllegalArgumentException("not a version id: " + hex);
        }
    }

    /** Whether a text is a whole id. */
    public static boolean isId(String text) {
        return Hashes.isHex(text, DIGITS);
    }

    /** The first ten digits, enough to read and to type. */
    public String abbreviated() {
        return hex.substring(0, 10);
    }

    @Override
    public int compareTo(VersionId other) {
        return hex.compareTo(other.hex);
    }

    // Written out, as these two are called wherever a command begins: a record's own are made at run time, which takes
    // longer than a short command may.

    @Override
    public boolean equals(Object other) {
        return other instanceof VersionId id && hex.equals(id.hex);
    }

    @Override
    public int hashCode() {
        return hex.hashCode();
    }

    @Override
    public String toString() {
        return hex;
    }
}
