package dev.mgit.delta.format.gguf;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;

/**
 * Values of a GGUF header. Version 1 has lengths and counts of four bytes, later versions of eight; in files for
 * big-endian machines all but the magic is the other way round.
 */
public final class GgufInput {
    private static final long MAGIC = 0x46554747L;
    private static final int NEWEST = 3;

    private final Cursor in;
    private final boolean bigEndian;
    private final int version;

    private GgufInput(Cursor in, int version) {
        this.in = in;
        this.bigEndian = (version & 0xffff) == 0;
        this.version = bigEndian ? Integer.reverseBytes(version) : version;
    }

    /** Whether a file begins as GGUF files do. */
    public static boolean isGguf(ByteSource source) throws IOException {
        return source.size() >= 4 && new Cursor(source).u32() == MAGIC;
    }

    /**
     * Opens a GGUF file behind its version.
     *
     * @throws UnsupportedFormatException if the version is not known
     */
    public static GgufInput open(ByteSource source) throws IOException {
        var in = new Cursor(source);
        in.skip(4);
        var input = new GgufInput(in, in.i32());
        if (input.version < 1 || input.version > NEWEST) {
            throw new UnsupportedFormatException(
                    "it has version " + Integer.toUnsignedString(input.version) + " of the GGUF format");
        }
        return input;
    }

    /** Whether the data are big-endian, as the header is. */
    public boolean isBigEndian() {
        return bigEndian;
    }

    public int i32() throws IOException {
        int value = in.i32();
        return bigEndian ? Integer.reverseBytes(value) : value;
    }

    public long u32() throws IOException {
        return i32() & 0xffff_ffffL;
    }

    /** Eight bytes; values of 2^63 and above come out negative. */
    public long i64() throws IOException {
        long value = in.i64();
        return bigEndian ? Long.reverseBytes(value) : value;
    }

    /** A length, count or dimension. */
    public long count() throws IOException {
        return version == 1 ? u32() : i64();
    }

    public String text(int most) throws IOException {
        return in.utf8(count(), most);
    }

    public void skip(long length) {
        in.skip(length);
    }

    public long position() {
        return in.position();
    }

    public long remaining() {
        return in.remaining();
    }
}
