package dev.mgit.serve.hub.push;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decodes an LZ4 frame (lz4, {@code doc/lz4_Frame_format.md} and {@code lz4_Block_format.md}) whose length is known.
 * Checksums are passed over: what is decoded is part of a file whose SHA-256 is checked.
 */
final class Lz4Frame {
    private static final int MAGIC = 0x184D2204;
    private static final int VERSION_MASK = 0xC0;
    private static final int VERSION = 0x40;
    private static final int BLOCK_CHECKSUM = 0x10;
    private static final int CONTENT_SIZE = 0x08;
    private static final int CONTENT_CHECKSUM = 0x04;
    private static final int DICTIONARY = 0x01;
    private static final int SHORTEST_MATCH = 4;
    private static final int MORE = 15;
    private static final int FULL = 255;

    private final ByteBuffer in;
    private final byte[] out;
    private int at;

    private Lz4Frame(byte[] frame, int rawLength) {
        this.in = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        this.out = new byte[rawLength];
    }

    /** @throws dev.mgit.serve.http.HttpError if the frame is malformed, or holds more or less than that */
    static byte[] decode(byte[] frame, int rawLength) {
        var decoding = new Lz4Frame(frame, rawLength);
        try {
            decoding.frame();
        } catch (IndexOutOfBoundsException | java.nio.BufferUnderflowException e) {
            throw malformed();
        }
        if (decoding.at != rawLength) {
            throw malformed();
        }
        return decoding.out;
    }

    private static RuntimeException malformed() {
        return Refusals.malformed("a chunk is not the LZ4 frame it should be");
    }

    private void frame() {
        if (in.getInt() != MAGIC) {
            throw malformed();
        }
        int flags = in.get() & 0xff;
        if ((flags & VERSION_MASK) != VERSION || (flags & DICTIONARY) != 0) {
            throw malformed();
        }
        skip(1 + ((flags & CONTENT_SIZE) != 0 ? Long.BYTES : 0) + 1);
        for (int size = in.getInt(); size != 0; size = in.getInt()) {
            int length = size & Integer.MAX_VALUE;
            if (length > in.remaining()) {
                throw malformed();
            }
            if (size < 0) {
                in.get(out, at, length);
                at += length;
            } else {
                block(in.position() + length);
            }
            skip((flags & BLOCK_CHECKSUM) != 0 ? Integer.BYTES : 0);
        }
        skip((flags & CONTENT_CHECKSUM) != 0 ? Integer.BYTES : 0);
    }

    private void skip(int bytes) {
        if (bytes > in.remaining()) {
            throw malformed();
        }
        in.position(in.position() + bytes);
    }

    /** Literals and matches in turn; the last are literals alone. */
    private void block(int end) {
        while (in.position() < end) {
            int token = in.get() & 0xff;
            int literals = length(token >> 4);
            in.get(out, at, literals);
            at += literals;
            if (in.position() >= end) {
                break;
            }
            int distance = in.getShort() & 0xffff;
            int match = length(token & 0xf) + SHORTEST_MATCH;
            if (distance == 0 || distance > at || match > out.length - at) {
                throw malformed();
            }
            copy(distance, match);
        }
        if (in.position() != end) {
            throw malformed();
        }
    }

    /** Where a match reaches into itself, what it has just written is repeated. */
    private void copy(int distance, int length) {
        if (distance >= length) {
            System.arraycopy(out, at - distance, out, at, length);
            at += length;
        } else {
            for (int end = at + length; at < end; at++) {
                out[at] = out[at - distance];
            }
        }
    }

    private int length(int first) {
        int length = first;
        if (first == MORE) {
            int next;
            do {
                next = in.get() & 0xff;
                length += next;
                if (length > out.length) {
                    throw malformed();
                }
            } while (next == FULL);
        }
        return length;
    }
}
