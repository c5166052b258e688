package dev.mgit.delta.codec;

/** Reads what {@link BitSink} wrote. */
final class BitInput {
    private final ByteInput input;
    private int pending;
    private int count;

    BitInput(ByteInput input) {
        this.input = input;
    }

    int get(int bits) {
        int value = 0;
        for (int i = 0; i < bits; i++) {
            if (count == 0) {
                pending = input.get();
                count = 8;
            }
            value |= (pending & 1) << i;
            pending >>= 1;
            count--;
        }
        return value;
    }
}
