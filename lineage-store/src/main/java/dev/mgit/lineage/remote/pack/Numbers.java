package dev.mgit.lineage.remote.pack;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.IntFunction;

/** A growing array. */
public final class Numbers {
    private int[] numbers = new int[16];
    private int size;

    public void add(int number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, size + size / 2);
        }
        numbers[size++] = number;
    }

    public int size() {
        return size;
    }

    int[] toArray() {
        return Arrays.copyOf(numbers, size);
    }

    /** What the numbers stand for, made whenever it is asked for. */
    public <T> List<T> as(IntFunction<T> what) {
        return new View<>(what);
    }

    private final class View<T> extends AbstractList<T> implements RandomAccess {
        private final IntFunction<T> what;

        View(IntFunction<T> what) {
            this.what = what;
        }

        @Override
        public T get(int index) {
            return what.apply(numbers[Objects.checkIndex(index, size)]);
        }

        @Override
        public int size() {
            return size;
        }
    }
}
