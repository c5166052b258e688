package dev.mgit.delta.layout;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The streams of a file that stand for other bytes, in order. What they unpack to, in place of them, and every other byte of the file make
 * its <i>content</i>: this is what is read, predicted and stored. From it the file is made again to the bit.
 */
public final class Packing {
    /** Of a file that is its own content. */
    public static final Packing NONE = new Packing(List.of());

    private final List<PackedStream> streams;
    /** By stream: bytes by which the file is longer than its content up to its beginning; one more for the end. */
    private final long[] grown;

    /** Opens content from a position on. */
    @FunctionalInterface
    public interface Opening {
        InputStream from(long position) throws IOException;
    }

    /** @throws IllegalArgumentException if streams overlap, or their lengths are none */
    public Packing(List<PackedStream> streams) {
        this.streams = List.copyOf(streams);
        this.grown = new long[streams.size() + 1];
        long end = 0;
        for (int i = 0; i < streams.size(); i++) {
            PackedStream stream = streams.get(i);
            if (stream.offset() < end || stream.length() < 0 || stream.packedLength() < 1) {
                throw new IllegalArgumentException("packed bytes at " + stream.offset() + " of length "
                        + stream.length() + " and " + stream.packedLength());
            }
            end = Math.addExact(stream.offset(), stream.length());
            grown[i + 1] = Math.addExact(grown[i], stream.packedLength() - stream.length());
        }
    }

    public List<PackedStream> streams() {
        return streams;
    }

    public boolean isEmpty() {
        return streams.isEmpty();
    }

    /** Whether streams are bytes escaped as text. */
    public boolean isEscaped() {
        return streams.stream().anyMatch(stream -> stream.coder() instanceof ByteEscapes);
    }

    /** Bytes of the file. */
    public long fileSize(long contentSize) {
        if (!isEmpty() && streams.get(streams.size() - 1).end() > contentSize) {
            throw new IllegalArgumentException("packed bytes beyond the end");
        }
        return contentSize + grown[streams.size()];
    }

    /** Bytes of the content. */
    public long contentSize(long fileSize) {
        return fileSize - grown[streams.size()];
    }

    /** Where in the file a stream begins. */
    long fileOffset(int stream) {
        return streams.get(stream).offset() + grown[stream];
    }

    /** Where in the content a byte of the file is; of one that is packed, where its stream begins. */
    public long contentPosition(long filePosition) {
        int next = streamAt(filePosition);
        boolean packed = next < streams.size() && fileOffset(next) <= filePosition;
        return packed ? streams.get(next).offset() : filePosition - grown[next];
    }

    /** Up to where content is needed to make the file up to one of its bytes. */
    public long contentEnd(long fileEnd) {
        int last = streamAt(Math.max(0, fileEnd - 1));
        boolean packed = last < streams.size() && fileOffset(last) < fileEnd;
        return packed ? streams.get(last).end() : fileEnd - grown[last];
    }

    /** The number of the first stream that ends after a byte of the file. */
    int streamAt(long filePosition) {
        int low = 0;
        int high = streams.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (fileOffset(middle) + streams.get(middle).packedLength() <= filePosition) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The stream that begins at a byte of the file. */
    public Optional<PackedStream> streamFrom(long filePosition) {
        int next = streamAt(filePosition);
        return next < streams.size() && fileOffset(next) == filePosition
                ? Optional.of(streams.get(next))
                : Optional.empty();
    }

    /** The content of a file on its way in. */
    public ByteSource unpack(ByteSource file) throws IOException {
        return isEmpty() ? file : new UnpackedFile(file, this);
    }

    /**
     * A file made again from its content, from a byte of the file on.
     *
     * @param content opened where it is needed from
     */
    public InputStream pack(long from, Opening content) throws IOException {
        return isEmpty() ? content.from(from) : new PackedInputStream(this, from, content);
    }

    /** Places of the file at which making it may begin as well as at its first byte: it can be made in parts. */
    public List<Long> parts() {
        List<Long> parts = new ArrayList<>();
        parts.add(0L);
        for (int i = 0; i < streams.size(); i++) {
            parts.add(fileOffset(i));
        }
        return parts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Packing packing && packing.streams.equals(streams);
    }

    @Override
    public String toString() {
        return streams.toString();
    }

    @Override
    public int hashCode() {
        return streams.hashCode();
    }
}
