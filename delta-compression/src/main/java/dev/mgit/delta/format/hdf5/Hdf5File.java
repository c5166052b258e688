package dev.mgit.delta.format.hdf5;

import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.Cursor;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The superblock (sections II.A and II.B), and how the file's numbers are read. Addresses are those of the file once they
 * have been read; {@link #NOWHERE} if undefined. All structures of a file together may take {@link #MAX_STEPS} steps.
 */
final class Hdf5File {
    static final long NOWHERE = -1;
    /** The limit of a dimension that has none. */
    static final long UNLIMITED = -1;

    private static final byte[] SIGNATURE = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final int FIRST_USER_BLOCK = 512;
    private static final int MAX_STEPS = 1 << 21;

    /** Reads on from where it was left. */
    final Cursor in;

    private final long start;
    private final long size;
    private int addressBytes;
    private int lengthBytes;
    private long base;
    private long root;
    private int steps;

    private Hdf5File(ByteSource source, long start) throws IOException {
        this.in = new Cursor(source);
        this.start = start;
        this.size = source.size();
    }

    /**
     * Opens a file that begins with HDF5's signature, or has it behind a block of the user's.
     *
     * @return empty if it has none
     * @throws FormatException if it is cut off
     */
    static Optional<Hdf5File> open(ByteSource source) throws IOException {
        byte[] found = new byte[SIGNATURE.length];
        for (long at = 0; at <= source.size() - found.length; at = at == 0 ? FIRST_USER_BLOCK : 2 * at) {
            source.read(at, found, 0, found.length);
            if (Arrays.equals(found, SIGNATURE)) {
                var file = new Hdf5File(source, at);
                file.superblock();
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    private void superblock() throws IOException {
        in.seek(start + SIGNATURE.length);
        int version = in.u8();
        if (version > 3) {
            throw new UnsupportedFormatException("its superblock has version " + version);
        }
        in.skip(version < 2 ? 4 : 0);
        addressBytes = width(in.u8());
        lengthBytes = width(in.u8());
        in.skip(version == 0 ? 9 : version == 1 ? 13 : 1);
        long stored = unsigned(addressBytes);
        base = stored == NOWHERE ? start : stored;
        in.skip(addressBytes);
        long end = unsigned(addressBytes);
        if (end < 0 || end > size) {
            throw new FormatException("its superblock says that it has " + Long.toUnsignedString(end)
                    + " bytes, but it ends at byte " + size);
        }
        in.skip(version < 2 ? 2L * addressBytes : 0);
        root = address();
    }

    private static int width(int bytes) {
        if (bytes != 2 && bytes != 4 && bytes != 8) {
            throw new UnsupportedFormatException("its addresses or lengths have " + bytes + " bytes");
        }
        return bytes;
    }

    /** Where the root group's header is. */
    long root() {
        return root;
    }

    int addressBytes() {
        return addressBytes;
    }

    /** A place in the file, or {@link #NOWHERE}. */
    long address() throws IOException {
        long stored = unsigned(addressBytes);
        return stored == NOWHERE ? NOWHERE : at(stored);
    }

    private long at(long stored) {
        if (base < 0 || base > size || stored < 0 || stored > size - base) {
            throw new FormatException("byte " + Long.toUnsignedString(stored) + " from byte "
                    + Long.toUnsignedString(base) + " on is referenced, but only " + size + " bytes are there");
        }
        return base + stored;
    }

    /** A length or size; all ones come out as -1. */
    long length() throws IOException {
        return unsigned(lengthBytes);
    }

    void skipLengths(int count) {
        in.skip((long) count * lengthBytes);
    }

    /** A little-endian number of up to eight bytes; all ones come out as -1. */
    long unsigned(int bytes) throws IOException {
        long value = number(bytes);
        return bytes > 0 && value == -1L >>> (Long.SIZE - Byte.SIZE * bytes) ? -1 : value;
    }

    /** A little-endian number of up to eight bytes for which all ones mean nothing else. */
    long number(int bytes) throws IOException {
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            value |= (long) in.u8() << (8 * i);
        }
        return value;
    }

    /** Goes to a structure and passes over the four letters it must begin with. */
    void enter(long address, String signature) throws IOException {
        if (!isAt(address, signature)) {
            throw new FormatException("byte " + address + " should begin with " + signature);
        }
    }

    /** Goes to a structure; behind its four letters if it begins with these. */
    boolean isAt(long address, String signature) throws IOException {
        step();
        in.seek(address);
        if (address < 0 || in.remaining() < signature.length()) {
            return false;
        }
        boolean same = new String(in.bytes(signature.length()), StandardCharsets.ISO_8859_1).equals(signature);
        in.seek(same ? address + signature.length() : address);
        return same;
    }

    /** Counts something that was read, so that structures that share their parts come to an end. */
    void step() {
        if (++steps > MAX_STEPS) {
            throw new UnsupportedFormatException("it has more than " + MAX_STEPS + " groups, links and chunks");
        }
    }
}
