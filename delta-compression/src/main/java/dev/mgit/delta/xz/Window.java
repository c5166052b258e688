package dev.mgit.delta.xz;

import dev.mgit.delta.layout.FormatException;

/** The last bytes that were decoded, which later ones repeat. */
final class Window {
    private final byte[] bytes;
    private int at;
    private long total;

    Window(int size) {
        this.bytes = new byte[size];
    }

    int size() {
        return bytes.length;
    }

    void reset() {
        total = 0;
    }

    /** How many bytes came since the last reset. */
    long total() {
        return total;
    }

    byte put(byte one) {
        bytes[at] = one;
        at = at + 1 == bytes.length ? 0 : at + 1;
        total++;
        return one;
    }

    /** The byte so many before the last one. */
    byte get(int distance) {
        if (distance < 0 || distance >= Math.min(total, bytes.length)) {
            throw new FormatException("what xz compressed is damaged: it repeats what was never there");
        }
        int from = at - 1 - distance;
        return bytes[from < 0 ? from + bytes.length : from];
    }
}
