package dev.mgit.lineage.remote.store;

/**
 * Which bytes of an object to read.
 *
 * @param offset of the first byte; negative: counted from the end
 * @param length most bytes to read
 */
public record ByteRange(long offset, int length) {
    public ByteRange {
        if (length <= 0 || (offset < 0 && offset != -length)) {
            throw new IllegalArgumentException("no range: " + length + " bytes from " + offset);
        }
    }

    public static ByteRange of(long offset, int length) {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        return new ByteRange(offset, length);
    }

    /** The last bytes of an object, all of it if it is shorter. */
    public static ByteRange last(int length) {
        return new ByteRange(-length, length);
    }

    /** The first bytes of an object, all of it if it is shorter. */
    public static ByteRange first(int length) {
        return new ByteRange(0, length);
    }

    /** Where the range begins in an object of {@code size} bytes. */
    long start(long size) {
        return offset < 0 ? Math.max(0, size - length) : Math.min(offset, size);
    }

    /** How many bytes of an object of {@code size} bytes it covers. */
    int within(long size) {
        return (int) Math.min(length, size - start(size));
    }

    /** As the header {@code Range} says it. */
    String header() {
        return offset < 0 ? "bytes=-" + length : "bytes=" + offset + "-" + (offset + length - 1);
    }
}
