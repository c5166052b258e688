package dev.mgit.lineage.parameters;

import dev.mgit.delta.format.ByteSource;
import dev.mgit.delta.format.ContentDefinedChunks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of one file that are no tensor's, one range after the other, cut where their content says so. Chunks are
 * handed on in runs, to be coded together: alone they are too short to learn from.
 */
final class OpaqueStream {
    /** Bytes of the longest run. */
    private static final int RUN = 1 << 23;

    /** Takes runs as they become complete. */
    @FunctionalInterface
    interface Sink {
        void accept(Run run) throws IOException;
    }

    private final Sink sink;
    private final byte[] buffer = new byte[4 * ContentDefinedChunks.MAX];
    private final ByteArrayOutputStream run = new ByteArrayOutputStream();
    private final List<Integer> lengths = new ArrayList<>();
    private int from;
    private int held;
    private long total;

    /** Consecutive chunks, all in one array. */
    @SuppressWarnings("ArrayRecordComponent") // handed from one to the other, never compared
    record Run(byte[] bytes, List<Integer> lengths) {}

    OpaqueStream(Sink sink) {
        this.sink = sink;
    }

    /** Bytes added so far. */
    long total() {
        return total;
    }

    void add(ByteSource source, long offset, long length, MessageDigest digest) throws IOException {
        long position = offset;
        while (position < offset + length) {
            if (buffer.length - from - held == 0) {
                System.arraycopy(buffer, from, buffer, 0, held);
                from = 0;
            }
            int at = from + held;
            int more = (int) Math.min(buffer.length - at, offset + length - position);
            source.read(position, buffer, at, more);
            digest.update(buffer, at, more);
            held += more;
            position += more;
            while (held >= ContentDefinedChunks.MAX) {
                cut();
            }
        }
        total += length;
    }

    void finish() throws IOException {
        while (held > 0) {
            cut();
        }
        handOn();
    }

    private void cut() throws IOException {
        int length = ContentDefinedChunks.cut(buffer, from, held);
        if (run.size() + length > RUN) {
            handOn();
        }
        run.write(buffer, from, length);
        lengths.add(length);
        from += length;
        held -= length;
    }

    private void handOn() throws IOException {
        if (!lengths.isEmpty()) {
            sink.accept(new Run(run.toByteArray(), List.copyOf(lengths)));
            run.reset();
            lengths.clear();
        }
    }
}
