package dev.mgit.delta.layout;

import dev.mgit.delta.TaskPool;
import dev.mgit.delta.deflate.DeflateEncoder;
import dev.mgit.delta.deflate.DeflateSettings;
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
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Finds the deflate streams of a zip archive that can be made again to the bit, by doing so: only these count. What an
 * archive claims of itself is bounded before it is unpacked, and checked when it is.
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

    private final ByteSource file;
    /** Mostly one archive is of one make: the settings found last come first. */
    private List<DeflateSettings> candidates = DeflateSettings.all();

    private PackingSearch(ByteSource file) {
        this.file = file;
    }

    /** The packing of any file: {@link Packing#NONE} where nothing is packed or nothing can be made again. */
    public static Packing of(ByteSource file) throws IOException {
        List<ZipDirectory.Entry> entries;
        try {
            entries = ZipDirectory.read(file).orElse(List.of());
        } catch (FormatException e) {
            return Packing.NONE; // whoever reads the archive says what is wrong with it
        }
        List<ZipDirectory.Entry> deflated = entries.stream()
                .filter(entry -> entry.deflated().isPresent())
                .sorted(Comparator.comparingLong(ZipDirectory.Entry::offset))
                .toList();
        return deflated.isEmpty() ? Packing.NONE : new PackingSearch(file).search(possible(deflated, file.size()));
    }

    /** Those that do not overlap, and together do not unpack to more than is allowed. */
    private static List<ZipDirectory.Entry> possible(List<ZipDirectory.Entry> entries, long fileSize) {
        List<ZipDirectory.Entry> possible = new ArrayList<>();
        long left = Math.max(ALWAYS_ALLOWED, MOST_EXPANSION * fileSize);
        long end = 0;
        for (ZipDirectory.Entry entry : entries) {
            long length = entry.deflated().orElseThrow().length();
            if (entry.offset() >= end && length >= 0 && length <= left) {
                possible.add(entry);
                left -= length;
                end = entry.offset() + entry.length();
            }
        }
        return possible;
    }

    private Packing search(List<ZipDirectory.Entry> entries) throws IOException {
        List<PackedStream> streams = new ArrayList<>();
        long grown = 0;
        int count;
        for (int from = 0; from < entries.size(); from += count) {
            count = Math.min(from == 0 ? FIRST_BATCH : BATCH, entries.size() - from);
            List<ZipDirectory.Entry> batch = entries.subList(from, from + count);
            List<Optional<DeflateSettings>> found = settings(batch);
            Optional<DeflateSettings> first =
                    found.stream().flatMap(Optional::stream).findFirst();
            if (first.isEmpty()) {
                break;
            }
            for (int i = 0; i < count; i++) {
                if (found.get(i).isPresent()) {
                    ZipDirectory.Entry entry = batch.get(i);
                    long length = entry.deflated().orElseThrow().length();
                    streams.add(new PackedStream(
                            entry.offset() + grown,
                            length,
                            entry.length(),
                            found.get(i).get()));
                    grown += length - entry.length();
                }
            }
            candidates = Stream.concat(first.stream(), DeflateSettings.all().stream())
                    .distinct()
                    .toList();
        }
        return streams.isEmpty() ? Packing.NONE : new Packing(streams);
    }

    private List<Optional<DeflateSettings>> settings(List<ZipDirectory.Entry> batch) throws IOException {
        List<Callable<Optional<DeflateSettings>>> tasks = batch.stream()
                .<Callable<Optional<DeflateSettings>>>map(entry -> () -> settings(entry))
                .toList();
        long packed = batch.stream().mapToLong(ZipDirectory.Entry::length).sum();
        return TaskPool.runAll(packed < ONE_THREAD ? 1 : Runtime.getRuntime().availableProcessors(), tasks);
    }

    private Optional<DeflateSettings> settings(ZipDirectory.Entry entry) throws IOException {
        int late = 0;
        for (DeflateSettings settings : candidates) {
            boolean promising = makes(settings, entry, TRIAL);
            if (promising && (entry.length() <= TRIAL || makes(settings, entry, Long.MAX_VALUE))) {
                return Optional.of(settings);
            }
            late += promising ? 1 : 0;
            if (late == MOST_LATE) {
                break;
            }
        }
        return Optional.empty();
    }

    /** Whether some settings make a stream, as far as the first {@code most} bytes of it tell. */
    private boolean makes(DeflateSettings settings, ZipDirectory.Entry entry, long most) throws IOException {
        ZipDirectory.Deflated promised = entry.deflated().orElseThrow();
        var comparison = new Comparison(new SourceInputStream(file, entry.offset(), entry.length()));
        var encoder = new DeflateEncoder(settings, comparison);
        var crc = new CRC32();
        byte[] chunk = new byte[1 << 15];
        InflateDecoder decoder;
        try {
            decoder =
                    new InflateDecoder(new SourceInputStream(file, entry.offset(), entry.length()), Restart.BEGINNING);
            for (int count = decoder.read(chunk, 0, chunk.length);
                    count >= 0;
                    count = decoder.read(chunk, 0, chunk.length)) {
                if (decoder.position() > promised.length()) {
                    return false;
                }
                crc.update(chunk, 0, count);
                encoder.write(chunk, 0, count);
                if (comparison.differs || comparison.same > most) {
                    return !comparison.differs;
                }
            }
        } catch (IOException e) {
            return false; // no deflate stream, or one that is cut off
        }
        encoder.finish();
        return !comparison.differs
                && comparison.same == entry.length()
                && decoder.position() == promised.length()
                && crc.getValue() == promised.crc32();
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
