package dev.mgit.hooks.executor;

import dev.mgit.delta.MgitException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Things of which each can be held by one job at a time: GPUs, processors. Safe for use by several threads. */
final class ResourceSlots {
    private final int count;
    private final List<String> free;
    private final Map<Path, List<String>> held = new HashMap<>();

    ResourceSlots(List<String> names) {
        this.count = names.size();
        this.free = new ArrayList<>(names);
    }

    int count() {
        return count;
    }

    /** Waits until so many are free and takes them for a job; no more than {@link #count} can be had. */
    synchronized List<String> take(Path job, int wanted) {
        try {
            while (free.size() < wanted) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted while waiting for a free slot");
        }
        List<String> taken = List.copyOf(free.subList(0, wanted));
        free.removeAll(taken);
        held.put(job, taken);
        return taken;
    }

    /** Gives back what a job holds, if it does. */
    synchronized void release(Path job) {
        List<String> taken = held.remove(job);
        if (taken != null) {
            free.addAll(taken);
            notifyAll();
        }
    }
}
