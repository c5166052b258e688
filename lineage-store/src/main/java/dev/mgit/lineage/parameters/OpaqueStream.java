package dev.mgit.lineage.parameters;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.ContentDefinedChunks;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes of one file that are no tensor's, one range after the other, cut where their content says so. Chunks are
 * handed on in runs, to be coded together: alone they are too short to learn from.
 */
final class OpaqueStream {
    /** Bytes of the longest run. What is searched for matches in it and before it takes eight times its length. */
    private static final int RUN = 1 << 23;

    private final Sink sink;
    private final byte[] buffer = new byte[4 * ContentDefinedChunks.MAX];
    private byte[] run = new byte[0];
    private int filled;
    private final List<Integer> lengths = new ArrayList<>();
    private int from;
    private int held;
    private long total;

    /** Takes one run; may wait, so that there are never many of them. */
    @FunctionalInterface
    interface Sink {
        void accept(Run run) throws IOException;
    }

    /** Consecutive chunks from the beginning of one array. */
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
        if (filled + length > RUN) {
            handOn();
        }
        if (run.length < filled + length) {
            run = Arrays.copyOf(run, Math.min(RUN, Math.max(buffer.length, 2 * (filled + length))));
        }
        System.arraycopy(buffer, from, run, filled, length);
        filled += length;
        lengths.add(length);
        from += length;
        held -= length;
    }

    private void handOn() throws IOException {
        if (!lengths.isEmpty()) {
            sink.accept(new Run(run, List.copyOf(lengths)));
            run = new byte[0];
            filled = 0;
            lengths.clear();
        }
    }
}
