package dev.mgit.delta.codec;

/**
 * Symbol frequencies of one rANS table, summing to 2^{@value #LOG2_TOTAL}.
 *
 * <p>On the wire a frequency is a bit length and its next {@value #KEPT_BITS} bits: four significant bits cost under
 * 0.001 bits a symbol, and neighbouring symbols have near bit lengths, so these go as differences in unary. Both sides
 * then scale the rounded weights to the exact total with the same integer arithmetic.
 */
final class Frequencies {
    static final int LOG2_TOTAL = 12;
    static final int TOTAL = 1 << LOG2_TOTAL;
    private static final int KEPT_BITS = 3;

    private final int[] frequency = new int[256];
    private int symbols;

    int of(int symbol) {
        return frequency[symbol];
    }

    /** One more than the greatest symbol that occurs. */
    int symbols() {
        return symbols;
    }

    /** Fits the table to counts, of which at least one is not 0, and writes it. */
    void fit(int[] counts, int from, ByteSink sink) {
        long total = 0;
        symbols = 0;
        for (int i = 0; i < 256; i++) {
            total += counts[from + i];
            symbols = counts[from + i] != 0 ? i + 1 : symbols;
        }
        sink.put(symbols - 1);
        BitSink bits = new BitSink(sink);
        int before = 0;
        for (int i = 0; i < symbols; i++) {
            int count = counts[from + i];
            int weight = count == 0 ? 0 : Math.max(1, (int) ((count * (long) TOTAL + total / 2) / total));
            int length = 32 - Integer.numberOfLeadingZeros(weight);
            int kept = Math.min(KEPT_BITS, Math.max(0, length - 1));
            int dropped = Math.max(0, length - 1 - kept);
            int step = length - before;
            int unary = step > 0 ? 2 * step - 1 : -2 * step;
            bits.put((1 << unary) - 1, unary);
            bits.put(0, 1);
            bits.put(weight >> dropped, kept);
            frequency[i] = weight >> dropped << dropped;
            before = length;
        }
        bits.close();
        scale();
    }

    void read(ByteInput input) {
        symbols = input.get() + 1;
        BitInput bits = new BitInput(input);
        int length = 0;
        for (int i = 0; i < symbols; i++) {
            int unary = 0;
            while (bits.get(1) == 1) {
                unary++;
            }
            length += (unary & 1) == 1 ? (unary + 1) >> 1 : -(unary >> 1);
            if (length < 0 || length > LOG2_TOTAL + 1) {
                throw ByteInput.damaged("a frequency is out of range");
            }
            int kept = Math.min(KEPT_BITS, Math.max(0, length - 1));
            frequency[i] = length == 0 ? 0 : ((1 << kept) | bits.get(kept)) << (length - 1 - kept);
        }
        if (frequency[symbols - 1] == 0) {
            throw ByteInput.damaged("a frequency table has no last symbol");
        }
        scale();
    }

    /** Scales weights to the exact total; what rounding leaves over is taken from or given to the greatest. */
    private void scale() {
        long sum = 0;
        for (int i = 0; i < symbols; i++) {
            sum += frequency[i];
        }
        int rest = TOTAL;
        for (int i = 0; i < symbols; i++) {
            if (frequency[i] != 0) {
                frequency[i] = Math.max(1, (int) ((long) frequency[i] * TOTAL / sum));
                rest -= frequency[i];
            }
        }
        while (rest != 0) {
            int greatest = 0;
            for (int i = 1; i < symbols; i++) {
                greatest = frequency[i] > frequency[greatest] ? i : greatest;
            }
            int step = Math.max(1, frequency[greatest] / 32);
            int change = rest > 0 ? Math.min(rest, step) : -Math.min(-rest, Math.min(step, frequency[greatest] - 1));
            frequency[greatest] += change;
            rest -= change;
        }
    }
}
