package dev.mgit.delta.layout;

import dev.mgit.delta.TaskPool;
import dev.mgit.delta.deflate.InflateDecoder;
import dev.mgit.delta.deflate.InflateDecoder.Restart;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/**
 * Finds the deflate streams of a file that can be made again to the bit, by doing so: only these count. They are the
 * entries of a zip archive, or one that is the whole file ({@link DeflateWrapper}). What a file claims of itself is bounded
 * before it is unpacked, and checked when it is.
 */
public final class PackingSearch {
    /** Times its size a file may unpack to: several times what weights that are mostly zero do. */
    private static final long MOST_EXPANSION = 128;

    private static final long ALWAYS_ALLOWED = 1 << 26;
    /** Packed bytes that tell settings apart before all of a stream is made. */
    private static final long TRIAL = 1 << 16;
    /** Streams looked at at once. If none of them can be made again, the rest is taken to be of the same compressor. */
    private static final int FIRST_BATCH = 8;

    private static final int BATCH = 64;
    /** Packed bytes for which a second thread is not worth its start. */
    private static final long ONE_THREAD = 1 << 18;
    /** Settings that may turn out wrong late in a stream. */
    private static final int MOST_LATE = 3;

    private static final long UNSAID = -1;
    private static final long FAILED = -1;

    private final ByteSource file;
    /** Mostly one archive is of one make: the settings found last come first. */
    private List<DeflateCoder> candidates = DeflateCoder.all();

    private PackingSearch(ByteSource file) {
        this.file = file;
    }

    /**
     * Bytes that should be a deflate stream.
     *
     * @param most bytes that they may unpack to
     * @param length bytes that they should unpack to; negative where that is not said
     * @param sum checksum of these, of the kind {@code checksum} makes
     */
    private record Candidate(
            long offset, long packedLength, long most, long length, Supplier<Checksum> checksum, long sum) {}

    /** What makes a stream again, and what it unpacks to. */
    private record Found(DeflateCoder coder, long length) {}

    /** The packing of any file: {@link Packing#NONE} where nothing is packed or nothing can be made again. */
    public static Packing of(ByteSource file) throws IOException {
        Optional<DeflateWrapper> wrapper = DeflateWrapper.of(file);
        List<Candidate> streams = wrapper.isPresent() ? List.of(wrapped(wrapper.get(), file)) : archived(file);
        return streams.isEmpty() ? Packing.NONE : new PackingSearch(file).search(streams);
    }

    private static long mostUnpacked(ByteSource file) throws IOException {
        return Math.max(ALWAYS_ALLOWED, MOST_EXPANSION * file.size());
    }

    private static Candidate wrapped(DeflateWrapper wrapper, ByteSource file) throws IOException {
        long length = file.size() - wrapper.header() - wrapper.trailer();
        return new Candidate(
                wrapper.header(), length, mostUnpacked(file), UNSAID, wrapper.kind()::checksum, wrapper.checksum(file));
    }

    /** Entries that do not overlap, and together do not unpack to more than is allowed. */
    private static List<Candidate> archived(ByteSource file) throws IOException {
        List<ZipDirectory.Entry> entries;
        try {
            entries = ZipDirectory.read(file).orElse(List.of());
        } catch (FormatException e) {
            return List.of(); // whoever reads the archive says what is wrong with it
        }
        List<ZipDirectory.Entry> deflated = entries.stream()
                .filter(entry -> entry.deflated().isPresent())
                .sorted(Comparator.comparingLong(ZipDirectory.Entry::offset))
                .toList();
        List<Candidate> possible = new ArrayList<>();
        long left = mostUnpacked(file);
        long end = 0;
        for (ZipDirectory.Entry entry : deflated) {
            ZipDirectory.Deflated promised = entry.deflated().orElseThrow();
            long length = promised.length();
            if (entry.offset() >= end && length >= 0 && length <= left) {
                possible.add(
                        new Candidate(entry.offset(), entry.length(), length, length, CRC32::new, promised.crc32()));
                left -= length;
                end = entry.offset() + entry.length();
            }
        }
        return possible;
    }

    private Packing search(List<Candidate> all) throws IOException {
        List<PackedStream> streams = new ArrayList<>();
        long grown = 0;
        int count;
        for (int from = 0; from < all.size(); from += count) {
            count = Math.min(from == 0 ? FIRST_BATCH : BATCH, all.size() - from);
            List<Candidate> batch = all.subList(from, from + count);
            List<Optional<Found>> found = find(batch);
            Optional<Found> first = found.stream().flatMap(Optional::stream).findFirst();
            if (first.isEmpty()) {
                break;
            }
            for (int i = 0; i < count; i++) {
                if (found.get(i).isPresent()) {
                    Candidate stream = batch.get(i);
                    Found made = found.get(i).get();
                    streams.add(new PackedStream(
                            stream.offset() + grown, made.length(), stream.packedLength(), made.coder()));
                    grown += made.length() - stream.packedLength();
                }
            }
            candidates = Stream.concat(Stream.of(first.get().coder()), DeflateCoder.all().stream())
                    .distinct()
                    .toList();
        }
        return streams.isEmpty() ? Packing.NONE : new Packing(streams);
    }

    private List<Optional<Found>> find(List<Candidate> batch) throws IOException {
        List<Callable<Optional<Found>>> tasks = batch.stream()
                .<Callable<Optional<Found>>>map(stream -> () -> find(stream))
                .toList();
        long packed = batch.stream().mapToLong(Candidate::packedLength).sum();
        return TaskPool.runAll(packed < ONE_THREAD ? 1 : TaskPool.usualThreads(), tasks);
    }

    private Optional<Found> find(Candidate stream) throws IOException {
        int late = 0;
        for (DeflateCoder coder : candidates) {
            long length = make(coder, stream, TRIAL);
            boolean promising = length != FAILED;
            if (promising && stream.packedLength() > TRIAL) {
                length = make(coder, stream, Long.MAX_VALUE);
            }
            if (length != FAILED) {
                return Optional.of(new Found(coder, length));
            }
            late += promising ? 1 : 0;
            if (late == MOST_LATE) {
                break;
            }
        }
        return Optional.empty();
    }

    /**
     * Makes a stream with some settings.
     *
     * @param most bytes of it that are enough to tell
     * @return bytes that were unpacked for it, {@link #FAILED} if it comes out otherwise
     */
    private long make(DeflateCoder coder, Candidate stream, long most) throws IOException {
        var comparison = new Comparison(new SourceInputStream(file, stream.offset(), stream.packedLength()));
        StreamCoder.Encoder encoder = coder.encoder(comparison);
        Checksum checksum = stream.checksum().get();
        byte[] chunk = new byte[1 << 15];
        InflateDecoder decoder;
        try {
            decoder = new InflateDecoder(
                    new SourceInputStream(file, stream.offset(), stream.packedLength()), Restart.BEGINNING);
            for (int count = decoder.read(chunk, 0, chunk.length);
                    count >= 0;
                    count = decoder.read(chunk, 0, chunk.length)) {
                if (decoder.position() > stream.most()) {
                    return FAILED;
                }
                checksum.update(chunk, 0, count);
                encoder.write(chunk, 0, count);
                if (comparison.differs || comparison.same > most) {
                    return comparison.differs ? FAILED : decoder.position();
                }
            }
        } catch (IOException e) {
            return FAILED; // no deflate stream, or one that is cut off
        }
        encoder.finish();
        boolean same = !comparison.differs
                && comparison.same == stream.packedLength()
                && (stream.length() == UNSAID || stream.length() == decoder.position())
                && checksum.getValue() == stream.sum();
        return same ? decoder.position() : FAILED;
    }

    /** Compares what is written with what is there. */
    private static final class Comparison extends OutputStream {
        private final InputStream expected;
        private byte[] buffer = new byte[1 << 14];
        private long same;
        private boolean differs;

        Comparison(InputStream expected) {
            this.expected = expected;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (differs) {
                return;
            }
            if (buffer.length < length) {
                buffer = new byte[length];
            }
            int count = expected.readNBytes(buffer, 0, length);
            differs = count < length || !Arrays.equals(buffer, 0, length, bytes, offset, offset + length);
            same += length;
        }
    }
}
