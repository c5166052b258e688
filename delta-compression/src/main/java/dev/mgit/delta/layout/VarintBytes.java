package dev.mgit.delta.layout;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.LogicalTensor.Varints;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Integers written as varints, as an array of little-endian elements. Where every {@value #MARK}th begins is noted as
 * far as was read, so that reading on, or again, does not begin at the front.
 */
public final class VarintBytes implements ByteSource {
    private static final int MARK = 1 << 12;

    private final SliceByteSource varints;
    private final int width;
    private final long size;
    /** Where the varints that are a multiple of {@value #MARK} begin. */
    private final List<Long> marks = new ArrayList<>(List.of(0L));

    public VarintBytes(ByteSource file, Varints place, TensorSpec spec) {
        this.varints = new SliceByteSource(file, place.offset(), place.length());
        this.width = width(spec);
        this.size = spec.byteLength();
    }

    /** Bytes of an element that a varint holds: its own, or one byte of packed elements. */
    public static int width(TensorSpec spec) {
        return spec.dtype().isPacked() ? 1 : spec.dtype().bytes();
    }

    /** How many varints there are in a byte range; they end with a byte below 128. */
    public static long count(ByteSource source, long offset, long length) throws IOException {
        byte[] buffer = new byte[(int) Math.min(1 << 16, length)];
        long count = 0;
        for (long at = 0; at < length; at += buffer.length) {
            int some = (int) Math.min(buffer.length, length - at);
            source.read(offset + at, buffer, 0, some);
            for (int i = 0; i < some; i++) {
                count += buffer[i] >= 0 ? 1 : 0;
            }
        }
        return count;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long position, byte[] target, int at, int length) throws IOException {
        if (position < 0 || length < 0 || position > size - length) {
            throw new EOFException("bytes " + position + " to " + (position + length) + " of " + size);
        }
        if (length == 0) {
            return;
        }
        Cursor in = new Cursor(varints);
        long index = seek(in, position / width);
        long value = 0;
        for (long byteAt = index * width; byteAt < position + length; byteAt++) {
            if (byteAt % width == 0) {
                value = in.varint();
                mark(byteAt / width + 1, in.position());
            }
            if (byteAt >= position) {
                target[at + (int) (byteAt - position)] = (byte) (value >>> (8 * (byteAt % width)));
            }
        }
    }

    /** Goes to the nearest mark before an element, and returns the element it is at. */
    private synchronized long seek(Cursor in, long element) {
        int mark = (int) Math.min(marks.size() - 1, element / MARK);
        in.seek(marks.get(mark));
        return (long) mark * MARK;
    }

    private synchronized void mark(long element, long position) {
        if (element % MARK == 0 && element / MARK == marks.size()) {
            marks.add(position);
        }
    }
}
