package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;
import java.util.Arrays;

/**
 * Numbers of steps from a guess, each as a token in the context of how large its neighbours are: a running mean along
 * the row and, where the length of rows is known, one along each column. Contexts are joined to classes as exponents
 * are for tokens, and each class is a stream of its own.
 *
 * <pre>
 * body := dtype(byte) step(8 bytes) varint(columns) alphabet classes stream*classes bits
 * </pre>
 */
final class QuantumCoder {
    /** Running means are in units of a 64th, and no single element counts for more than this. */
    private static final int UNIT = 64;

    private static final int LARGEST = 1 << 12;
    private static final int ROW_SHIFT = 4;
    private static final int COLUMN_SHIFT = 4;
    private static final int KEYS = 4 * 20;
    private static final int BITS = 24;

    private final StreamCoder streams;
    private final Classes classes = new Classes();
    private final int[] keyCounts = new int[Classes.KEYS];
    private final int[] tokenCounts = new int[Classes.MOST * 256];
    private final int[] next = new int[Classes.MOST];
    private final int[] start = new int[Classes.MOST + 1];
    private int[] quanta = new int[0];
    private int[] means = new int[0];
    private byte[] keys = new byte[0];
    private byte[] tokens = new byte[0];
    private int row;

    QuantumCoder(StreamCoder streams) {
        this.streams = streams;
    }

    /**
     * Codes the steps that lead from the guess to a block as nearly as steps can.
     *
     * @param near receives where they lead, for the rest to be coded against
     */
    void encode(
            byte[] raw,
            byte[] guess,
            int count,
            Dtype dtype,
            Quantum quantum,
            Effort effort,
            byte[] near,
            ByteSink sink) {
        reserve(count);
        var steps = new Steps(dtype, quantum.step());
        steps.between(guess, raw, 0, count, quanta);
        steps.walk(guess, quanta, 0, count, near);
        sink.put(dtype.code());
        putLong(Double.doubleToRawLongBits(quantum.step()), sink);
        int columns = Math.min(quantum.columns(), count);
        sink.putVarint(columns);
        Tokens alphabet = Tokens.choose(BITS, count);
        alphabet.write(sink);
        chooseClasses(count, columns, alphabet);
        split(count, alphabet);
        classes.write(0, sink);
        for (int c = 0; c + 1 < classes.size(); c++) {
            sink.putVarint(start[c + 1] - start[c]);
        }
        for (int c = 0; c < classes.size(); c++) {
            streams.encode(tokens, start[c], start[c + 1] - start[c], effort, sink);
        }
        BitSink bits = new BitSink(sink);
        for (int i = 0; i < count; i++) {
            int value = zigzag(quanta[i]);
            bits.put(value, alphabet.extraBits(value));
        }
        bits.close();
    }

    private void reserve(int count) {
        if (quanta.length < count) {
            quanta = new int[count];
            keys = new byte[count];
            tokens = new byte[count];
        }
    }

    private void chooseClasses(int count, int columns, Tokens alphabet) {
        Arrays.fill(keyCounts, 0);
        begin(columns);
        for (int i = 0, column = 0; i < count; i++) {
            keys[i] = (byte) key(columns, column);
            keyCounts[keys[i]]++;
            column = learn(quanta[i], columns, column);
        }
        classes.cut(keyCounts, count);
        Arrays.fill(tokenCounts, 0, classes.size() * 256, 0);
        byte[] ofKey = classes.ofKey();
        for (int i = 0; i < count; i++) {
            tokenCounts[(ofKey[keys[i]] << 8) + alphabet.token(zigzag(quanta[i]))]++;
        }
        classes.join(tokenCounts, 1);
    }

    /** Sorts the tokens by class, in element order within each. */
    private void split(int count, Tokens alphabet) {
        Arrays.fill(start, 0);
        byte[] ofKey = classes.ofKey();
        for (int key = 0; key < KEYS; key++) {
            start[ofKey[key] + 1] += keyCounts[key];
        }
        for (int c = 0; c < classes.size(); c++) {
            start[c + 1] += start[c];
            next[c] = start[c];
        }
        for (int i = 0; i < count; i++) {
            tokens[next[ofKey[keys[i]]]++] = (byte) alphabet.token(zigzag(quanta[i]));
        }
    }

    private void begin(int columns) {
        row = 0;
        if (means.length < columns) {
            means = new int[columns];
        }
        Arrays.fill(means, 0, columns, 0);
    }

    /** Quarter octaves of the size to be expected. */
    private int key(int columns, int column) {
        int mean = columns == 0 ? 2 * row : row + means[column];
        if (mean < 4) {
            return mean;
        }
        int octave = 31 - Integer.numberOfLeadingZeros(mean);
        return Math.min(KEYS - 1, 4 * octave - 4 + (mean >>> (octave - 2) & 3));
    }

    /** Takes an element into the running means, and returns the next one's column. */
    private int learn(int quantum, int columns, int column) {
        int size = Math.min(LARGEST, Math.abs(quantum)) * UNIT;
        row += (size - row) >> ROW_SHIFT;
        if (columns == 0) {
            return 0;
        }
        means[column] += (size - means[column]) >> COLUMN_SHIFT;
        return column + 1 == columns ? 0 : column + 1;
    }

    private static int zigzag(int value) {
        return value << 1 ^ value >> 31;
    }

    /** Fills in where the steps lead. */
    void decode(ByteInput input, byte[] guess, byte[] target, int length) {
        Dtype dtype = Dtype.byCode(input.get())
                .filter(Quantum::suits)
                .orElseThrow(() -> ByteInput.damaged("it names an unknown number format"));
        double step = Double.longBitsToDouble(getLong(input));
        if (!(step > 0) || step > Double.MAX_VALUE) {
            throw ByteInput.damaged("a parameter is out of range");
        }
        int count = length / dtype.bytes();
        int columns = input.getVarint(count);
        Tokens alphabet = Tokens.read(input);
        reserve(count);
        classes.read(input, 0);
        int size = classes.size();
        start[0] = 0;
        for (int c = 0; c + 1 < size; c++) {
            start[c + 1] = start[c] + input.getVarint(count - start[c]);
        }
        start[size] = count;
        for (int c = 0; c < size; c++) {
            streams.decode(input, tokens, start[c], start[c + 1] - start[c]);
        }
        join(input, count, columns, alphabet);
        new Steps(dtype, step).walk(guess, quanta, 0, count, target);
    }

    private void join(ByteInput input, int count, int columns, Tokens alphabet) {
        int size = classes.size();
        byte[] ofKey = classes.ofKey();
        System.arraycopy(start, 0, next, 0, size);
        begin(columns);
        BitInput bits = new BitInput(input);
        for (int i = 0, column = 0; i < count; i++) {
            int c = ofKey[key(columns, column)];
            if (next[c] == start[c + 1]) {
                throw ByteInput.damaged("a class has the wrong number of words");
            }
            int token = tokens[next[c]++] & 0xff;
            int extra = alphabet.extraBitsOf(token);
            if (extra >= BITS) {
                throw ByteInput.damaged("a number of steps is out of range");
            }
            int value = (int) alphabet.base(token) + bits.get(extra);
            quanta[i] = value >>> 1 ^ -(value & 1);
            column = learn(quanta[i], columns, column);
        }
    }

    /** The step and columns of a body that was checked before. */
    static Quantum quantum(ByteInput input) {
        input.skip(1);
        double step = Double.longBitsToDouble(getLong(input));
        return new Quantum(step, input.getVarint(Integer.MAX_VALUE));
    }

    private static void putLong(long value, ByteSink sink) {
        for (int shift = 0; shift < 64; shift += 8) {
            sink.put((int) (value >>> shift));
        }
    }

    private static long getLong(ByteInput input) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 8) {
            value |= (long) input.get() << shift;
        }
        return value;
    }
}
