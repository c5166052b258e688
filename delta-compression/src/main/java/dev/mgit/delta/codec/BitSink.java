package dev.mgit.delta.codec;

/** Bits, lowest first, onto a {@link ByteSink}; {@link #close()} pads the last byte with zeros. For small headers. */
final class BitSink {
    private final ByteSink sink;
    private int pending;
    private int count;

    BitSink(ByteSink sink) {
        this.sink = sink;
    }

    void put(int value, int bits) {
        for (int i = 0; i < bits; i++) {
            pending |= (value >> i & 1) << count++;
            if (count == 8) {
                close();
            }
        }
    }

    void close() {
        if (count > 0) {
            sink.put(pending);
            pending = 0;
            count = 0;
        }
    }
}
