package dev.mgit.delta.format.flax;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;

/** Reads MessagePack value by value, as its specification numbers them; lengths are big-endian. */
final class MessagePack {
    /** Values read at most: several for each tensor that a layout may have. */
    private static final int MAX_VALUES = 1 << 22;

    private static final int MAX_TEXT = 4096;

    enum Kind {
        MAP,
        ARRAY,
        TEXT,
        BYTES,
        EXTENSION,
        INTEGER,
        OTHER
    }

    /**
     * How a value begins. What follows of a text, of bytes and of an extension is still to be read or passed over.
     *
     * @param length pairs of a map, values of an array, bytes of what has bytes; of an integer its value
     * @param type of an extension
     */
    record Value(Kind kind, long length, int type) {}

    private final Cursor in;
    private int values;

    MessagePack(ByteSource source) throws IOException {
        in = new Cursor(source);
    }

    Cursor in() {
        return in;
    }

    Value next() throws IOException {
        if (++values > MAX_VALUES) {
            throw new UnsupportedFormatException("it has more than " + MAX_VALUES + " values");
        }
        int first = in.u8();
        if (first < 0x80 || first >= 0xe0) {
            return value(Kind.INTEGER, (byte) first);
        }
        if (first < 0xc0) {
            return first < 0x90
                    ? value(Kind.MAP, first & 0xf)
                    : first < 0xa0 ? value(Kind.ARRAY, first & 0xf) : value(Kind.TEXT, first & 0x1f);
        }
        return switch (first) {
            case 0xc0, 0xc2, 0xc3 -> value(Kind.OTHER, 0);
            case 0xc4, 0xc5, 0xc6 -> value(Kind.BYTES, unsigned(1 << (first - 0xc4)));
            case 0xc7, 0xc8, 0xc9 -> extension(unsigned(1 << (first - 0xc7)));
            case 0xca, 0xcb -> {
                in.skip(first == 0xca ? 4 : 8);
                yield value(Kind.OTHER, 0);
            }
            case 0xcc, 0xcd, 0xce, 0xcf -> value(Kind.INTEGER, unsigned(1 << (first - 0xcc)));
            case 0xd0, 0xd1, 0xd2, 0xd3 -> value(Kind.INTEGER, signed(1 << (first - 0xd0)));
            case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> extension(1L << (first - 0xd4));
            case 0xd9, 0xda, 0xdb -> value(Kind.TEXT, unsigned(1 << (first - 0xd9)));
            case 0xdc, 0xdd -> value(Kind.ARRAY, unsigned(first == 0xdc ? 2 : 4));
            case 0xde, 0xdf -> value(Kind.MAP, unsigned(first == 0xde ? 2 : 4));
            default -> throw new FormatException("byte " + (in.position() - 1) + " begins no value of MessagePack");
        };
    }

    /** The next value, which must be a text. */
    String text() throws IOException {
        Value value = next();
        if (value.kind() != Kind.TEXT) {
            throw new FormatException("a text is expected before byte " + in.position());
        }
        return text(value);
    }

    String text(Value value) throws IOException {
        return in.utf8(value.length(), MAX_TEXT);
    }

    /** The next value, which must be of this kind and of no negative length. */
    long expect(Kind kind) throws IOException {
        Value value = next();
        if (value.kind() != kind || value.length() < 0) {
            throw new FormatException("before byte " + in.position() + " is no " + kind);
        }
        return value.length();
    }

    private Value extension(long length) throws IOException {
        return new Value(Kind.EXTENSION, length, (byte) in.u8());
    }

    private static Value value(Kind kind, long length) {
        return new Value(kind, length, 0);
    }

    /** Of eight bytes, values of 2^63 and above come out negative. */
    private long unsigned(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value = value << 8 | in.u8();
        }
        return value;
    }

    private long signed(int bytes) throws IOException {
        int unused = 64 - 8 * bytes;
        return unsigned(bytes) << unused >> unused;
    }
}
