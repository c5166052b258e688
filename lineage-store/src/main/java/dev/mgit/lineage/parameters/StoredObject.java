package dev.mgit.lineage.parameters;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.frame.Region;
import dev.mgit.lineage.version.ObjectId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * A byte range in the store: its blocks in order.
 *
 * @param id SHA-256 over {@code "mgit object 1\n"} and, for each block, its id and its length as 32-bit big-endian
 */
public record StoredObject(ObjectId id, List<Block> blocks) {
    private static final byte[] DOMAIN = "mgit object 1\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final byte FORMAT = 1;
    private static final int ENTRY = BlockId.BYTES + Integer.BYTES;

    /** One block of an object. */
    public record Block(BlockId id, int length) {}

    public StoredObject {
        blocks = List.copyOf(blocks);
    }

    public static StoredObject of(List<Block> blocks) {
        MessageDigest digest = Hashes.sha256();
        digest.update(DOMAIN);
        for (Block block : blocks) {
            digest.update(block.id().bytes());
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(block.length()).array());
        }
        return new StoredObject(ObjectId.of(digest.digest()), blocks);
    }

    /** Bytes of the range. */
    public long length() {
        return blocks.stream().mapToLong(Block::length).sum();
    }

    /**
     * The blocks that hold a part of the range.
     *
     * @throws IndexOutOfBoundsException if the object is shorter
     */
    public Region region(long offset, int length) {
        List<BlockId> ids = new ArrayList<>();
        long start = 0;
        int skip = 0;
        for (Block block : blocks) {
            long end = start + block.length();
            if (end > offset && start < offset + length) {
                if (ids.isEmpty()) {
                    skip = (int) (offset - start);
                }
                ids.add(block.id());
            }
            start = end;
        }
        if (offset < 0 || offset + length > start) {
            throw new IndexOutOfBoundsException("bytes " + offset + "+" + length + " of an object of " + start);
        }
        return new Region(ids, skip, length);
    }

    /** Stored form: format byte, then 36 bytes a block. */
    byte[] encode() {
        ByteBuffer bytes = ByteBuffer.allocate(1 + blocks.size() * ENTRY).put(FORMAT);
        for (Block block : blocks) {
            bytes.put(block.id().bytes()).putInt(block.length());
        }
        return bytes.array();
    }

    /** @throws MgitException of kind INTEGRITY if the bytes are not this object's */
    static StoredObject decode(ObjectId id, byte[] stored) {
        if (stored.length == 0 || stored[0] != FORMAT || (stored.length - 1) % ENTRY != 0) {
            throw MgitException.integrity("object " + id.abbreviated() + " is damaged: not a list of blocks");
        }
        List<Block> blocks = new ArrayList<>((stored.length - 1) / ENTRY);
        ByteBuffer bytes = ByteBuffer.wrap(stored);
        for (int at = 1; at < stored.length; at += ENTRY) {
            blocks.add(new Block(BlockId.at(stored, at), bytes.getInt(at + BlockId.BYTES)));
        }
        StoredObject object = of(blocks);
        if (!object.id().equals(id)) {
            throw MgitException.integrity(
                    "object " + id.abbreviated() + " is damaged: its blocks are not those it names");
        }
        return object;
    }
}
