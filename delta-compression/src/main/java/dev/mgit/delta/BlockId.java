package dev.mgit.delta;

import java.util.Arrays;
import java.util.HexFormat;

/** The name of a block: the SHA-256 of its raw bytes, however they are stored. */
public final class BlockId implements Comparable<BlockId> {
    public static final int BYTES = 32;

    private final byte[] hash;

    private BlockId(byte[] hash) {
        this.hash = hash;
    }

    public static BlockId of(byte[] hash) {
        return at(hash, 0);
    }

    /** Reads an id from 32 bytes of a longer array. */
    public static BlockId at(byte[] bytes, int offset) {
        return new BlockId(Arrays.copyOfRange(bytes, offset, offset + BYTES));
    }

    public static BlockId parse(String hex) {
        return new BlockId(HexFormat.of().parseHex(hex));
    }

    /** Hashes raw bytes to their id. */
    public static BlockId hash(byte[] raw, int offset, int length) {
        var digest = Hashes.sha256();
        digest.update(raw, offset, length);
        return new BlockId(digest.digest());
    }

    /** A copy of the 32 bytes. */
    public byte[] bytes() {
        return hash.clone();
    }

    public String hex() {
        return HexFormat.of().formatHex(hash);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BlockId that && Arrays.equals(hash, that.hash);
    }

    @Override
    public int hashCode() {
        return (hash[0] & 0xff) << 24 | (hash[1] & 0xff) << 16 | (hash[2] & 0xff) << 8 | (hash[3] & 0xff);
    }

    @Override
    public int compareTo(BlockId other) {
        return Arrays.compareUnsigned(hash, other.hash);
    }

    @Override
    public String toString() {
        return hex();
    }
}
