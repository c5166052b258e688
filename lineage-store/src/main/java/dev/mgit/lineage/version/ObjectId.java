package dev.mgit.lineage.version;

import dev.mgit.delta.Hashes;

/**
 * The content hash of a stored byte range (a tensor, or a stretch of bytes that is none): SHA-256 over the ids and
 * lengths of its blocks. Depends on the bytes and the row size alone, never on names or files.
 */
public record ObjectId(String hex) implements Comparable<ObjectId> {
    private static final int DIGITS = 64;

    public ObjectId {
        if (!Hashes.isHex(hex, DIGITS)) {
            throw new IllegalArgumentException("not an object id: " + hex);
        }
    }

    public String abbreviated() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(ObjectId other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
