package dev.mgit.lineage.graph;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Predicate;

/** The elements of an iterator that fulfil a condition. */
final class FilteredIterator<T> implements Iterator<T> {
    private final Iterator<T> from;
    private final Predicate<T> wanted;
    private Optional<T> next = Optional.empty();

    FilteredIterator(Iterator<T> from, Predicate<T> wanted) {
        this.from = from;
        this.wanted = wanted;
    }

    @Override
    public boolean hasNext() {
        while (next.isEmpty() && from.hasNext()) {
            next = Optional.of(from.next()).filter(wanted);
        }
        return next.isPresent();
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        T found = next.orElseThrow();
        next = Optional.empty();
        return found;
    }
}
