package dev.mgit.lineage.sparse;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.layout.ByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.Arrays;

/** Compares two tensors of one shape element by element, by their bits, and hashes both on the way. */
final class ElementComparison {
    private static final int CHUNK = 1 << 20;

    private final int size;
    private final boolean wide;
    private final MessageDigest before = Hashes.sha256();
    private final MessageDigest after = Hashes.sha256();

    /**
     * @param size bytes of an element
     * @param wide whether indices take eight bytes rather than four
     */
    ElementComparison(int size, boolean wide) {
        this.size = size;
        this.wide = wide;
    }

    /** Hands over the indices and new values of elements that differ, in order. */
    void run(ByteSource old, ByteSource fresh, PatchSpool spool) throws IOException {
        int chunk = CHUNK / size * size;
        byte[] was = new byte[chunk];
        byte[] now = new byte[chunk];
        byte[] values = new byte[chunk];
        ByteBuffer indices = ByteBuffer.allocate(CHUNK / size * (wide ? Long.BYTES : Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < fresh.size(); at += chunk) {
            int length = (int) Math.min(chunk, fresh.size() - at);
            old.read(at, was, 0, length);
            fresh.read(at, now, 0, length);
            before.update(was, 0, length);
            after.update(now, 0, length);
            indices.clear();
            int valueBytes = 0;
            for (int from = Arrays.mismatch(was, 0, length, now, 0, length); from >= 0 && from < length; ) {
                int element = from / size * size;
                index(indices, (at + element) / size);
                System.arraycopy(now, element, values, valueBytes, size);
                valueBytes += size;
                int next = element + size;
                int further = Arrays.mismatch(was, next, length, now, next, length);
                from = further < 0 ? length : next + further;
            }
            spool.add(indices.array(), indices.position(), values, valueBytes, valueBytes / size);
        }
    }

    private void index(ByteBuffer indices, long index) {
        if (wide) {
            indices.putLong(index);
        } else {
            indices.putInt((int) index);
        }
    }

    MessageDigest before() {
        return before;
    }

    MessageDigest after() {
        return after;
    }
}
