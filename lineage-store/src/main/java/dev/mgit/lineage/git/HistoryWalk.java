package dev.mgit.lineage.git;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Newest first, children before parents, read only as far as it is asked for. Commit times never decrease from parent
 * to child (the writer sees to that), so order by time is right except within one second; the commits of one second
 * are sorted by their edges.
 */
final class HistoryWalk<C> implements Iterator<C> {
    /** What the walk needs to know of a commit. */
    interface Source<C> {
        long seconds(C commit);

        List<C> parents(C commit);
    }

    /** The newest first, of one second in the order they were found. */
    private record Queued<C>(C commit, long seconds, long order) implements Comparable<Queued<C>> {
        @Override
        public int compareTo(Queued<C> other) {
            int newest = Long.compare(other.seconds, seconds);
            return newest != 0 ? newest : Long.compare(order, other.order);
        }
    }

    private final Source<C> source;
    private final PriorityQueue<Queued<C>> queue = new PriorityQueue<>();
    private final Set<C> seen = new HashSet<>();
    private final Deque<C> ready = new ArrayDeque<>();
    private long order;

    HistoryWalk(Source<C> source, Collection<C> from) {
        this.source = source;
        from.forEach(this::enqueue);
    }

    private void enqueue(C commit) {
        if (seen.add(commit)) {
            queue.add(new Queued<>(commit, source.seconds(commit), order++));
        }
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty() || !queue.isEmpty();
    }

    @Override
    public C next() {
        if (ready.isEmpty()) {
            fill();
        }
        return ready.removeFirst();
    }

    /** Takes every commit of the newest second left, those found through each other included. */
    private void fill() {
        if (queue.isEmpty()) {
            throw new NoSuchElementException();
        }
        long seconds = queue.element().seconds();
        Set<C> group = new LinkedHashSet<>();
        while (!queue.isEmpty() && queue.element().seconds() >= seconds) {
            C commit = queue.remove().commit();
            group.add(commit);
            source.parents(commit).forEach(this::enqueue);
        }
        sort(group);
    }

    private void sort(Set<C> group) {
        Map<C, Integer> children = new HashMap<>();
        for (C commit : group) {
            for (C parent : source.parents(commit)) {
                if (group.contains(parent)) {
                    count(children, parent, 1);
                }
            }
        }
        List<C> open = new ArrayList<>();
        for (C commit : group) {
            if (!children.containsKey(commit)) {
                open.add(commit);
            }
        }
        for (int i = 0; i < open.size(); i++) {
            for (C parent : source.parents(open.get(i))) {
                if (group.contains(parent) && count(children, parent, -1) == 0) {
                    open.add(parent);
                }
            }
        }
        ready.addAll(open);
    }

    private static <C> int count(Map<C, Integer> children, C parent, int more) {
        int counted = children.getOrDefault(parent, 0) + more;
        children.put(parent, counted);
        return counted;
    }
}
