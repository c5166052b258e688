package dev.mgit.lineage.parameters;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Consecutive chunks of one range, gathered to be coded together: alone they are too short to learn from. */
final class ChunkRun {
    private static final int MOST = 1 << 23;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<Integer> lengths = new ArrayList<>();
    private long start;

    /** @param offset of the first chunk in its range */
    record Chunks(long offset, byte[] bytes, List<Integer> lengths) {}

    boolean isFull(int more) {
        return bytes.size() + more > MOST;
    }

    void add(long position, byte[] buffer, int offset, int length) {
        if (lengths.isEmpty()) {
            start = position;
        }
        bytes.write(buffer, offset, length);
        lengths.add(length);
    }

    /** What was gathered; afterwards there is nothing. */
    Chunks take() {
        Chunks taken = new Chunks(start, bytes.toByteArray(), List.copyOf(lengths));
        bytes.reset();
        lengths.clear();
        return taken;
    }
}
