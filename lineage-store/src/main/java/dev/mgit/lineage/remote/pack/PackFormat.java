package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.MgitException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The fixed parts of packs and indexes, and their limits. */
final class PackFormat {
    /** Their last byte is the version. */
    private static final byte[] PACK_MAGIC = "mgitpak1".getBytes(StandardCharsets.US_ASCII);

    private static final byte[] INDEX_MAGIC = "mgitidx1".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END_MAGIC = "mgitend1".getBytes(StandardCharsets.US_ASCII);

    static final int MAGIC_BYTES = 8;
    static final int HASH_BYTES = 32;
    /** Length of the listing, its SHA-256, and a magic. */
    static final int TRAILER_BYTES = Integer.BYTES + HASH_BYTES + MAGIC_BYTES;

    static final int MAX_LISTING = 1 << 26;
    static final int MAX_INDEX = 1 << 28;
    static final int MAX_PACK = 1 << 30;
    /** Blocks of one object: 2^24 of a MiB. */
    static final int MAX_BLOCKS = 1 << 24;

    private PackFormat() {}

    static byte[] packMagic() {
        return PACK_MAGIC.clone();
    }

    static byte[] indexMagic() {
        return INDEX_MAGIC.clone();
    }

    static byte[] endMagic() {
        return END_MAGIC.clone();
    }

    /** @throws MgitException if the bytes at {@code at} are not a magic, or one of a newer version */
    static void require(byte[] magic, byte[] bytes, int at, String what) {
        int version = at + MAGIC_BYTES - 1;
        if (bytes.length < at + MAGIC_BYTES
                || !Arrays.equals(magic, 0, MAGIC_BYTES - 1, bytes, at, version)
                || bytes[version] < '1'
                || bytes[version] > '9') {
            throw damaged(what, "it is not what its name says");
        }
        if (bytes[version] > magic[MAGIC_BYTES - 1]) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    what + " has format " + (char) bytes[version] + ", this mgit reads up to "
                            + (char) magic[MAGIC_BYTES - 1],
                    "use a newer mgit");
        }
    }

    static MgitException damaged(String what, String why) {
        return new MgitException(
                MgitException.Kind.INTEGRITY,
                what + " is damaged: " + why,
                "push from a machine that has the versions, or use another copy of the store");
    }
}
