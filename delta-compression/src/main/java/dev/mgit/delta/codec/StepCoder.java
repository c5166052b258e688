package dev.mgit.delta.codec;

import dev.mgit.delta.Dtype;
import java.util.Arrays;

/**
 * Numbers of steps from a prediction, each as a token in the context of how large those before it let expect it. Contexts are
 * joined to classes as exponents are for tokens, and each class is a stream of its own. Rows of nothing but zeros are
 * left out where the length of rows is known.
 *
 * <pre>
 * body := dtype(byte) step(8 bytes) varint(columns) alphabet classes stream*classes bits
 *       | dtype(byte) step(8 bytes) varint(columns) alphabet stream classes stream*classes bits    (by rows)
 * </pre>
 */
final class StepCoder {
    private static final int BITS = 24;
    /** Of sizes; signs are as good as random and go with the extra bits. */
    private static final Tokens ALPHABET = new Tokens(5, 2);
    /** Finding contexts takes most of the time, so what follows may as well be thorough. */
    private static final Effort EFFORT = Effort.SMALL;

    private final StreamCoder streams;
    private final RunningMeans runningMeans = new RunningMeans();
    private final RowsTimesColumns rowsTimesColumns = new RowsTimesColumns();
    private final ContextClasses classes = new ContextClasses();
    private final int[] keyCounts = new int[ContextClasses.KEYS];
    private final int[] tokenCounts = new int[ContextClasses.MOST * 256];
    private final int[] next = new int[ContextClasses.MOST];
    private final int[] start = new int[ContextClasses.MOST + 1];
    private int[] quanta = new int[0];
    private byte[] keys = new byte[0];
    private byte[] tokens = new byte[0];
    /** Of each row, 1 if some element is not 0. */
    private byte[] moved = new byte[1];

    StepCoder(StreamCoder streams) {
        this.streams = streams;
    }

    /**
     * Codes the steps that lead from the prediction to a block as nearly as steps can; without columns all is one row.
     *
     * @param near receives where they lead, for the rest to be coded against
     */
    void encode(
            byte[] raw,
            byte[] predicted,
            int count,
            Dtype dtype,
            QuantizationStep quantum,
            byte[] near,
            ByteSink sink) {
        reserve(count);
        var steps = new Steps(dtype, quantum.step());
        steps.between(predicted, raw, 0, count, quanta);
        steps.walk(predicted, quanta, 0, count, near);
        sink.put(dtype.code());
        putLong(Double.doubleToRawLongBits(quantum.step()), sink);
        int columns = quantum.columns() == 0 ? count : Math.min(quantum.columns(), count);
        sink.putVarint(columns);
        ALPHABET.write(sink);
        streams.encode(moved, 0, findRows(count, columns), EFFORT, sink);
        int coded = chooseKeys(count, columns);
        chooseClasses(coded);
        split(coded);
        classes.write(0, sink);
        for (int c = 0; c + 1 < classes.size(); c++) {
            sink.putVarint(start[c + 1] - start[c]);
        }
        for (int c = 0; c < classes.size(); c++) {
            streams.encode(tokens, start[c], start[c + 1] - start[c], EFFORT, sink);
        }
        BitSink bits = new BitSink(sink);
        for (int i = 0; i < coded; i++) {
            int size = Math.abs(quanta[i]);
            bits.put(size, ALPHABET.extraBits(size));
            if (size != 0) {
                bits.put(quanta[i] >>> 31, 1);
            }
        }
        bits.close();
    }

    private void reserve(int count) {
        if (quanta.length < count) {
            quanta = new int[count];
            keys = new byte[count];
            tokens = new byte[count];
            moved = new byte[count + 1];
        }
    }

    /** Finds out which rows move, and returns how many rows there are. */
    private int findRows(int count, int columns) {
        int row = 0;
        for (int from = 0; from < count; from += columns, row++) {
            int at = from;
            int end = Math.min(count, from + columns);
            while (at < end && quanta[at] == 0) {
                at++;
            }
            moved[row] = (byte) (at < end ? 1 : 0);
        }
        return row;
    }

    /** Fills in the key of each element of a row that moves, gathers their quanta, and returns how many they are. */
    private int chooseKeys(int count, int columns) {
        Arrays.fill(keyCounts, 0);
        rowsTimesColumns.begin(columns);
        int coded = 0;
        for (int from = 0, row = 0; from < count; from += columns, row++) {
            if (moved[row] == 0) {
                continue;
            }
            rowsTimesColumns.beginRow();
            int some = Math.min(columns, count - from);
            for (int column = 0; column < some; column++) {
                int quantum = quanta[from + column];
                int key = rowsTimesColumns.key(column);
                rowsTimesColumns.learn(column, quantum);
                keyCounts[key]++;
                keys[coded] = (byte) key;
                quanta[coded++] = quantum;
            }
        }
        return coded;
    }

    private void chooseClasses(int count) {
        classes.cut(keyCounts, count);
        Arrays.fill(tokenCounts, 0, classes.size() * 256, 0);
        byte[] ofKey = classes.ofKey();
        for (int i = 0; i < count; i++) {
            tokenCounts[(ofKey[keys[i]] << 8) + ALPHABET.token(Math.abs(quanta[i]))]++;
        }
        classes.join(tokenCounts, 1);
    }

    /** Sorts the tokens by class, in element order within each. */
    private void split(int count) {
        Arrays.fill(start, 0);
        byte[] ofKey = classes.ofKey();
        for (int key = 0; key < RowsTimesColumns.KEYS; key++) {
            start[ofKey[key] + 1] += keyCounts[key];
        }
        for (int c = 0; c < classes.size(); c++) {
            start[c + 1] += start[c];
            next[c] = start[c];
        }
        for (int i = 0; i < count; i++) {
            tokens[next[ofKey[keys[i]]]++] = (byte) ALPHABET.token(Math.abs(quanta[i]));
        }
    }

    /**
     * Fills in where the steps lead.
     *
     * @param byRows whether rows that do not move are left out, and sizes are those of rows times those of columns
     */
    void decode(ByteInput input, boolean byRows, byte[] predicted, byte[] target, int length) {
        Dtype dtype = Dtype.byCode(input.get())
                .filter(QuantizationStep::suits)
                .orElseThrow(() -> ByteInput.damaged("unknown number format"));
        double step = Double.longBitsToDouble(getLong(input));
        if (!(step > 0) || step > Double.MAX_VALUE) {
            throw ByteInput.damaged("a parameter is out of range");
        }
        int count = length / dtype.bytes();
        int columns = input.getVarint(count);
        Tokens alphabet = Tokens.read(input);
        reserve(count);
        int coded = byRows ? readRows(input, count, columns) : count;
        classes.read(input, 0);
        int size = classes.size();
        start[0] = 0;
        for (int c = 0; c + 1 < size; c++) {
            start[c + 1] = start[c] + input.getVarint(coded - start[c]);
        }
        start[size] = coded;
        for (int c = 0; c < size; c++) {
            streams.decode(input, tokens, start[c], start[c + 1] - start[c]);
        }
        System.arraycopy(start, 0, next, 0, size);
        if (byRows) {
            joinRows(input, count, columns, alphabet);
        } else {
            joinAll(input, count, columns, alphabet);
        }
        new Steps(dtype, step).walk(predicted, quanta, 0, count, target);
    }

    /** Reads which rows move, and returns how many elements those have. */
    private int readRows(ByteInput input, int count, int columns) {
        if (columns == 0 && count > 0) {
            throw ByteInput.damaged("its rows have no elements");
        }
        int coded = 0;
        int rows = count == 0 ? 0 : (int) (((long) count + columns - 1) / columns);
        streams.decode(input, moved, 0, rows);
        for (int row = 0; row < rows; row++) {
            coded += moved[row] == 0 ? 0 : Math.min(columns, count - row * columns);
        }
        return coded;
    }

    private void joinRows(ByteInput input, int count, int columns, Tokens alphabet) {
        BitInput bits = new BitInput(input);
        rowsTimesColumns.begin(columns);
        for (int from = 0, row = 0; from < count; from += columns, row++) {
            int some = Math.min(columns, count - from);
            if (moved[row] == 0) {
                Arrays.fill(quanta, from, from + some, 0);
                continue;
            }
            rowsTimesColumns.beginRow();
            for (int column = 0; column < some; column++) {
                int size = next(rowsTimesColumns.key(column), alphabet, bits);
                int quantum = size != 0 && bits.get(1) == 1 ? -size : size;
                rowsTimesColumns.learn(column, quantum);
                quanta[from + column] = quantum;
            }
        }
    }

    private void joinAll(ByteInput input, int count, int columns, Tokens alphabet) {
        BitInput bits = new BitInput(input);
        runningMeans.begin(columns);
        for (int i = 0, column = 0; i < count; i++) {
            int zigzag = next(runningMeans.key(column), alphabet, bits);
            int quantum = zigzag >>> 1 ^ -(zigzag & 1);
            runningMeans.learn(column, quantum);
            quanta[i] = quantum;
            column = column + 1 >= columns ? 0 : column + 1;
        }
    }

    /** The next of the class that a key is in. */
    private int next(int key, Tokens alphabet, BitInput bits) {
        int c = classes.ofKey()[key];
        if (next[c] == start[c + 1]) {
            throw ByteInput.damaged("a class has the wrong number of words");
        }
        int token = tokens[next[c]++] & 0xff;
        int extra = alphabet.extraBitsOf(token);
        if (extra >= BITS) {
            throw ByteInput.damaged("a number of steps is out of range");
        }
        return (int) alphabet.base(token) + bits.get(extra);
    }

    /** The step and columns of a body that was checked before. */
    static QuantizationStep quantum(ByteInput input) {
        input.skip(1);
        double step = Double.longBitsToDouble(getLong(input));
        return new QuantizationStep(step, input.getVarint(Integer.MAX_VALUE));
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
