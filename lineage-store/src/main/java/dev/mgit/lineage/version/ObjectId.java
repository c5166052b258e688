package dev.mgit.lineage.version;

import dev.mgit.delta.Hashes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * The content hash of a stored byte range (a tensor, or a stretch of bytes that is none): SHA-256 over the ids and
 * lengths of its blocks. Depends on the bytes and the row size alone, never on names or files. Kept as numbers: a version
 * may have a million tensors, and each names its object.
 */
public final class ObjectId implements Comparable<ObjectId> {
    public static final int BYTES = 32;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private final long first;
    private final long second;
    private final long third;
    private final long fourth;

    /** @param hex 64 lower-case hexadecimal digits */
    public ObjectId(String hex) {
        this(parse(hex), 0);
    }

    private ObjectId(byte[] bytes, int offset) {
        this.first = (long) LONGS.get(bytes, offset);
        this.second = (long) LONGS.get(bytes, offset + Long.BYTES);
        this.third = (long) LONGS.get(bytes, offset + 2 * Long.BYTES);
        this.fourth = (long) LONGS.get(bytes, offset + 3 * Long.BYTES);
    }

    private static byte[] parse(String hex) {
        if (!Hashes.isHex(hex, 2 * BYTES)) {
            throw new IllegalArgumentException("not an object id: " + hex);
        }
        return HexFormat.of().parseHex(hex);
    }

    public static ObjectId of(byte[] hash) {
        return at(hash, 0);
    }

    /** Reads an id from 32 bytes of a longer array. */
    public static ObjectId at(byte[] bytes, int offset) {
        return new ObjectId(bytes, offset);
    }

    /** The 32 bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        LONGS.set(bytes, 0, first);
        LONGS.set(bytes, Long.BYTES, second);
        LONGS.set(bytes, 2 * Long.BYTES, third);
        LONGS.set(bytes, 3 * Long.BYTES, fourth);
        return bytes;
    }

    public String hex() {
        return HexFormat.of().formatHex(bytes());
    }

    public String abbreviated() {
        return hex().substring(0, 12);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectId that
                && first == that.first
                && second == that.second
                && third == that.third
                && fourth == that.fourth;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(first);
    }

    @Override
    public int compareTo(ObjectId other) {
        int order = Long.compareUnsigned(first, other.first);
        order = order != 0 ? order : Long.compareUnsigned(second, other.second);
        order = order != 0 ? order : Long.compareUnsigned(third, other.third);
        return order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
    }

    @Override
    public String toString() {
        return hex();
    }
}
