package dev.mgit.delta.codec;

import java.util.Arrays;

/**
 * Words of few distinct values, as quantized tensors in a wide container have them: the sorted values, and a stream of
 * their numbers.
 *
 * <pre>
 * body := log2Bytes(byte) byte(values - 1) word*values stream of indices
 * </pre>
 */
final class PaletteCoder {
    private static final int MOST = 256;
    private static final int CHUNK = 512;
    private static final int SLOTS = 1 << 12;

    private final StreamCoder streams;
    private final long[] words = new long[CHUNK];
    private final long[] keys = new long[SLOTS];
    private final short[] index = new short[SLOTS];
    private final long[] values = new long[MOST];
    private byte[] indices = new byte[0];

    PaletteCoder(StreamCoder streams) {
        this.streams = streams;
    }

    /** Codes the words, or writes nothing and returns false where there are too many values. */
    boolean encode(byte[] raw, int count, WordForm form, Effort effort, ByteSink sink) {
        int log = form.log2Bytes();
        Arrays.fill(index, (short) -1);
        int size = 0;
        for (int first = 0; first < count; first += CHUNK) {
            int length = Math.min(CHUNK, count - first);
            LittleEndianWords.load(raw, log, first, length, words);
            for (int i = 0; i < length; i++) {
                int slot = slot(words[i]);
                if (index[slot] < 0) {
                    if (size == MOST) {
                        return false;
                    }
                    index[slot] = 0;
                    keys[slot] = words[i];
                    values[size++] = words[i];
                }
            }
        }
        Arrays.sort(values, 0, size);
        for (int i = 0; i < size; i++) {
            index[slot(values[i])] = (short) i;
        }
        writeValues(size, log, sink);
        reserve(count);
        for (int first = 0; first < count; first += CHUNK) {
            int length = Math.min(CHUNK, count - first);
            LittleEndianWords.load(raw, log, first, length, words);
            for (int i = 0; i < length; i++) {
                indices[first + i] = (byte) index[slot(words[i])];
            }
        }
        streams.encode(indices, 0, count, effort, sink);
        return true;
    }

    /** Where a value is, or would be, in the open hash table. */
    private int slot(long value) {
        int slot = (int) ((value * 0x9E3779B97F4A7C15L) >>> 52);
        while (index[slot] >= 0 && keys[slot] != value) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        return slot;
    }

    private void writeValues(int size, int log, ByteSink sink) {
        sink.put(log);
        sink.put(size - 1);
        byte[] bytes = new byte[size << log];
        LittleEndianWords.store(values, size, bytes, log, 0);
        sink.put(bytes, 0, bytes.length);
    }

    private void reserve(int count) {
        if (indices.length < count) {
            indices = new byte[count];
        }
    }

    /** Fills the whole words of the target and returns their form. */
    WordForm decode(ByteInput input, byte[] target, int length) {
        int log = input.get();
        if (log > 3) {
            throw ByteInput.damaged("a parameter is out of range");
        }
        int size = input.get() + 1;
        byte[] bytes = new byte[size << log];
        input.get(bytes, 0, bytes.length);
        Arrays.fill(values, 0);
        LittleEndianWords.load(bytes, log, 0, size, values);
        int count = length >> log;
        reserve(count);
        streams.decode(input, indices, 0, count);
        for (int first = 0; first < count; first += CHUNK) {
            int run = Math.min(CHUNK, count - first);
            for (int i = 0; i < run; i++) {
                words[i] = values[indices[first + i] & 0xff];
            }
            LittleEndianWords.store(words, run, target, log, first);
        }
        return new WordForm(log, 0);
    }
}
