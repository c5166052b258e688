package dev.mgit.delta.layout;

import java.io.IOException;
import java.util.Optional;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/**
 * What a file begins and ends with that is one deflate stream: gzip (RFC 1952), of one member, or zlib (RFC 1950).
 *
 * @param header bytes before the stream
 * @param trailer bytes behind it, which begin or end with the checksum of what it unpacks to
 */
public record DeflateWrapper(Kind kind, long header, int trailer) {
    /** By the checksum they end with. */
    public enum Kind {
        GZIP,
        ZLIB;

        Checksum checksum() {
            return this == GZIP ? new CRC32() : new Adler32();
        }
    }

    private static final int GZIP_MAGIC = 0x8b1f;
    private static final int DEFLATE = 8;
    private static final int WINDOW_32K = 0x78;
    private static final int PRESET_DICTIONARY = 0x20;
    private static final int GZIP_TRAILER = 8;
    private static final int ZLIB_TRAILER = 4;
    private static final int SHORTEST = 8;

    private static final int HEADER_CHECKSUM = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;
    private static final int RESERVED = 0xe0;

    /** How a file is wrapped, by its first bytes: nothing says yet that the rest is what they promise. */
    public static Optional<DeflateWrapper> of(ByteSource source) throws IOException {
        long size = source.size();
        if (size < SHORTEST) {
            return Optional.empty();
        }
        var in = new Cursor(source);
        int start = in.u16();
        Optional<DeflateWrapper> found = Optional.empty();
        if (start == GZIP_MAGIC) {
            found = gzip(in);
        } else if ((start & 0xff) == WINDOW_32K
                && (start >> Byte.SIZE & PRESET_DICTIONARY) == 0
                && ((start & 0xff) << Byte.SIZE | start >> Byte.SIZE) % 31 == 0) {
            found = Optional.of(new DeflateWrapper(Kind.ZLIB, in.position(), ZLIB_TRAILER));
        }
        return found.filter(wrapper -> wrapper.header() + wrapper.trailer() < size);
    }

    private static Optional<DeflateWrapper> gzip(Cursor in) throws IOException {
        try {
            int method = in.u8();
            int flags = in.u8();
            in.skip(6);
            if (method != DEFLATE || (flags & RESERVED) != 0) {
                return Optional.empty();
            }
            in.skip((flags & EXTRA) != 0 ? in.u16() : 0);
            passText(in, flags & NAME);
            passText(in, flags & COMMENT);
            in.skip((flags & HEADER_CHECKSUM) != 0 ? 2 : 0);
            return Optional.of(new DeflateWrapper(Kind.GZIP, in.position(), GZIP_TRAILER));
        } catch (FormatException e) {
            return Optional.empty(); // it ends in its header
        }
    }

    private static void passText(Cursor in, int flag) throws IOException {
        while (flag != 0 && in.u8() != 0) {
            // up to its zero
        }
    }

    /** What the content of a packed file has between header and trailer; empty where nothing was unpacked. */
    public Optional<ByteSource> within(ByteSource content) throws IOException {
        return content instanceof UnpackedFile
                ? Optional.of(new SliceByteSource(content, header, content.size() - header - trailer))
                : Optional.empty();
    }

    /** The checksum that the file ends with. */
    long checksum(ByteSource file) throws IOException {
        var in = new Cursor(file);
        in.seek(file.size() - trailer);
        long stored = in.u32();
        return kind == Kind.GZIP ? stored : Integer.toUnsignedLong(Integer.reverseBytes((int) stored));
    }
}
