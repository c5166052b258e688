package dev.mgit.delta.layout;

import dev.mgit.delta.layout.StreamCoder.Decoder;
import dev.mgit.delta.layout.StreamCoder.Place;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The content of a file whose streams are unpacked as they are read. On the way places are noted from which
 * reading may begin again, so that no byte is far from one; their windows take 8 MiB at most, whatever the file's size.
 */
public final class UnpackedFile implements ByteSource {
    private static final long LEAST_SPACING = 1 << 20;
    private static final int MOST_WINDOWS = 256;
    private static final int MOST_IDLE = 4;

    private final ByteSource file;
    private final Packing packing;
    private final long size;
    private final long spacing;
    private final List<NavigableMap<Long, Place>> restarts = new ArrayList<>();
    private final List<Cursor> idle = new ArrayList<>();

    /** Somebody's place in a stream. */
    private record Cursor(int stream, Decoder decoder) {}

    UnpackedFile(ByteSource file, Packing packing) throws IOException {
        this.file = file;
        this.packing = packing;
        this.size = packing.contentSize(file.size());
        this.spacing = Math.max(LEAST_SPACING, size / MOST_WINDOWS);
        for (PackedStream stream : packing.streams()) {
            var begin = new TreeMap<Long, Place>();
            begin.put(0L, stream.coder().beginning());
            restarts.add(begin);
        }
    }

    /** The file itself. */
    public ByteSource file() {
        return file;
    }

    /** How it is made of its content. */
    public Packing packing() {
        return packing;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) throws IOException {
        if (position < 0 || position > size - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size);
        }
        int stream = streamAt(position);
        for (long at = position, end = position + length; at < end; ) {
            int to = offset + (int) (at - position);
            boolean none = stream == packing.streams().size();
            long next = none ? size : packing.streams().get(stream).offset();
            if (at < next) {
                int some = (int) (Math.min(end, next) - at);
                long before = none
                        ? file.size() - size
                        : packing.fileOffset(stream)
                                - packing.streams().get(stream).offset();
                file.read(at + before, target, to, some);
                at += some;
            } else {
                PackedStream packed = packing.streams().get(stream);
                int some = (int) (Math.min(end, packed.end()) - at);
                unpack(stream, at - packed.offset(), target, to, some);
                at += some;
                stream++;
            }
        }
    }

    /** The number of the first stream that ends after a position. */
    private int streamAt(long position) {
        int low = 0;
        int high = packing.streams().size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (packing.streams().get(middle).end() <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private void unpack(int stream, long position, byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        Cursor cursor = cursor(stream, position);
        Decoder decoder = cursor.decoder();
        byte[] passed = new byte[decoder.position() < position ? 1 << 14 : 0];
        while (decoder.position() < position) {
            note(stream, decoder);
            requireMore(decoder.read(passed, 0, (int) Math.min(passed.length, position - decoder.position())));
        }
        for (int done = 0; done < length; ) {
            note(stream, decoder);
            done += requireMore(decoder.read(target, offset + done, length - done));
        }
        giveBack(cursor);
    }

    private static int requireMore(int count) throws EOFException {
        if (count < 0) {
            throw new EOFException("the file changed while it was read: a packed part is shorter than it was");
        }
        return count;
    }

    private synchronized void note(int stream, Decoder decoder) {
        NavigableMap<Long, Place> known = restarts.get(stream);
        if (decoder.position() - known.lastKey() >= spacing) {
            decoder.place().ifPresent(place -> known.put(place.position(), place));
        }
    }

    /** The nearest place before a position: where somebody stopped, or one that was noted. */
    private Cursor cursor(int stream, long position) throws IOException {
        Place place;
        synchronized (this) {
            place = Objects.requireNonNull(restarts.get(stream).floorEntry(position))
                    .getValue();
            int nearest = -1;
            long best = place.position();
            for (int i = 0; i < idle.size(); i++) {
                long at = idle.get(i).decoder().position();
                if (idle.get(i).stream() == stream && at <= position && at >= best) {
                    nearest = i;
                    best = at;
                }
            }
            if (nearest >= 0) {
                return idle.remove(nearest);
            }
        }
        var packed = new SourceInputStream(
                file,
                packing.fileOffset(stream) + place.packed(),
                packing.streams().get(stream).packedLength() - place.packed());
        return new Cursor(stream, place.open(packed));
    }

    private synchronized void giveBack(Cursor cursor) {
        if (idle.size() == MOST_IDLE) {
            idle.remove(0);
        }
        idle.add(cursor);
    }
}
