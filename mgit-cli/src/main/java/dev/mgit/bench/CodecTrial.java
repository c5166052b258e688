package dev.mgit.bench;

import dev.mgit.delta.MgitException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One codec's figures on one pair: its ratio over all blocks it was given, each decoded and compared, and its speed on
 * a few whole ones.
 */
final class CodecTrial {
    private static final int TIMED_BLOCKS = 8;
    private static final int ROOM = 2 * CodedBlocks.BLOCK + 1024;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    @SuppressWarnings("ArrayRecordComponent") // handed to the codec again, never compared
    private record Kept(byte[] raw, byte @Nullable [] predicted, byte[] coded, int size) {}

    private final ReferenceCodec codec;
    /** Blocks are coded until this many bytes were; slow codecs get a sample. */
    private final long limit;

    private final List<Kept> kept = new ArrayList<>();
    private final byte[] out = new byte[ROOM];
    private final byte[] back = new byte[CodedBlocks.BLOCK];
    private long bytes;
    private long stored;

    CodecTrial(ReferenceCodec codec, long limit) {
        this.codec = codec;
        this.limit = limit;
    }

    String name() {
        return codec.name();
    }

    /** @throws MgitException of kind INTEGRITY if the codec does not give the block back as it was */
    void add(byte[] raw, byte @Nullable [] predicted) {
        if (bytes >= limit) {
            return;
        }
        int size = codec.encode(raw, predicted, out);
        byte[] target = raw.length == back.length ? back : new byte[raw.length];
        codec.decode(out, size, predicted, target);
        if (!Arrays.equals(raw, target)) {
            throw MgitException.integrity(codec.name() + ": round trip failed");
        }
        bytes += raw.length;
        stored += size;
        if (raw.length == CodedBlocks.BLOCK && kept.size() < TIMED_BLOCKS) {
            kept.add(new Kept(raw, predicted, Arrays.copyOf(out, size + 16), size));
        }
    }

    /** Whether the ratio is of a part only. */
    boolean sampled() {
        return bytes >= limit;
    }

    double ratio() {
        return stored == 0 ? 0 : (double) bytes / stored;
    }

    double encodeGigabytes(double seconds) {
        return rate(seconds, i -> codec.encode(kept.get(i).raw(), kept.get(i).predicted(), out));
    }

    double decodeGigabytes(double seconds) {
        return rate(
                seconds,
                i -> codec.decode(
                        kept.get(i).coded(), kept.get(i).size(), kept.get(i).predicted(), back));
    }

    /**
     * GB/s of processor time, from the least time each block took: other work that shares the machine can only slow a
     * pass down. Half of the time given warms up.
     */
    private double rate(double seconds, IntConsumer work) {
        if (kept.isEmpty()) {
            return 0;
        }
        long[] least = new long[kept.size()];
        for (int half = 0; half < 2; half++) {
            Arrays.fill(least, Long.MAX_VALUE);
            long end = System.nanoTime() + (long) (seconds / 2 * 1e9);
            do {
                for (int i = 0; i < least.length; i++) {
                    long start = THREADS.getCurrentThreadCpuTime();
                    work.accept(i);
                    least[i] = Math.min(least[i], THREADS.getCurrentThreadCpuTime() - start);
                }
            } while (System.nanoTime() < end);
        }
        return (double) kept.size() * CodedBlocks.BLOCK / Arrays.stream(least).sum();
    }
}
