package dev.mgit.lineage.parameters;

import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * What the sources of predictions may take together, whatever the number of threads: a prediction waits until there is room for
 * its own. Those that others are made of do not wait again, so that nobody waits for a thread that waits.
 */
final class SourceMemory {
    /** A few blocks that each thread has room for anyway. */
    private static final long LITTLE = 2L << 20;

    private static final int UNIT = 1 << 10;

    /** Whether this thread holds some already, for a prediction that needs others. */
    private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

    private final int units;
    private final Semaphore free;

    /** @param bytes of all sources that are held at a time; one prediction alone may hold more */
    SourceMemory(long bytes) {
        units = (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / UNIT));
        free = new Semaphore(units, true);
    }

    /** Does something that holds so many bytes meanwhile. */
    <T> T hold(long bytes, Supplier<T> work) {
        if (bytes <= LITTLE || INSIDE.get()) {
            return work.get();
        }
        int own = (int) Math.min(units, bytes / UNIT);
        free.acquireUninterruptibly(own);
        INSIDE.set(true);
        try {
            return work.get();
        } finally {
            INSIDE.set(false);
            free.release(own);
        }
    }
}
