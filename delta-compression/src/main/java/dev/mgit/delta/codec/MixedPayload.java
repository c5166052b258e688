package dev.mgit.delta.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Arrays of words amid other bytes: each is coded by itself, and what is left of the block, joined, as another.
 *
 * <pre>
 * body := varint(size) payload                               what is left, with the block's prediction
 *         varint(arrays) (varint(gap) varint(length) varint(size))*arrays payload*arrays
 * </pre>
 *
 * A gap counts from the end of the array before. Arrays have no prediction, and no payload within is another mixture.
 */
final class MixedPayload {
    private static final int MOST_ARRAYS = 1 << 16;

    /** One array's place in the block and its payload. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Part(int from, int length, byte[] payload) {}

    private MixedPayload() {}

    static void write(byte[] rest, List<Part> arrays, ByteSink sink) {
        sink.put(Method.MIXED);
        sink.putVarint(rest.length);
        sink.put(rest, 0, rest.length);
        sink.putVarint(arrays.size());
        int end = 0;
        for (Part array : arrays) {
            sink.putVarint(array.from() - end);
            sink.putVarint(array.length());
            sink.putVarint(array.payload().length);
            end = array.from() + array.length();
        }
        for (Part array : arrays) {
            sink.put(array.payload(), 0, array.payload().length);
        }
    }

    /** The method that what is left is coded by. */
    static int restMethod(byte[] payload) {
        int at = 1;
        while (payload[at] < 0) {
            at++;
        }
        return payload[at + 1];
    }

    /** The block without some parts of it. */
    static byte[] rest(byte[] raw, int length, List<Part> arrays) {
        byte[] rest = new byte[length - arrays.stream().mapToInt(Part::length).sum()];
        int from = 0;
        int to = 0;
        for (Part array : arrays) {
            System.arraycopy(raw, from, rest, to, array.from() - from);
            to += array.from() - from;
            from = array.from() + array.length();
        }
        System.arraycopy(raw, from, rest, to, length - from);
        return rest;
    }

    /** Takes a body apart and puts the block together. */
    static void decode(ByteInput input, byte @Nullable [] prediction, byte[] target, int length, Inner inner) {
        byte[] rest = inner(input, input.getVarint(input.remaining()));
        int[][] places = places(input, length);
        int left = length;
        for (int[] place : places) {
            left -= place[1];
        }
        byte[] other = new byte[left];
        inner.decode(rest, prediction, other, left);
        int taken = 0;
        int at = 0;
        for (int[] place : places) {
            System.arraycopy(other, taken, target, at, place[0]);
            taken += place[0];
            at += place[0];
            byte[] array = new byte[place[1]];
            inner.decode(inner(input, place[2]), null, array, array.length);
            System.arraycopy(array, 0, target, at, array.length);
            at += array.length;
        }
        System.arraycopy(other, taken, target, at, left - taken);
    }

    /** Decodes a payload within. */
    @FunctionalInterface
    interface Inner {
        void decode(byte[] payload, byte @Nullable [] prediction, byte[] target, int length);
    }

    /** Gap, length and size of each array, which together lie within the block. */
    private static int[][] places(ByteInput input, int length) {
        int count = input.getVarint(Math.min(MOST_ARRAYS, input.remaining()));
        List<int[]> places = new ArrayList<>(count);
        int left = length;
        for (int i = 0; i < count; i++) {
            int gap = input.getVarint(left);
            int size = input.getVarint(left - gap);
            places.add(new int[] {gap, size, input.getVarint(input.remaining())});
            left -= gap + size;
        }
        return places.toArray(new int[0][]);
    }

    private static byte[] inner(ByteInput input, int size) {
        byte[] payload = new byte[size];
        input.get(payload, 0, size);
        if (size == 0 || payload[0] == Method.MIXED) {
            throw ByteInput.damaged("it is mixed of what may not be");
        }
        return payload;
    }
}
