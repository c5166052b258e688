package dev.mgit.lineage.parameters;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Whether so many threads can be started as RocksDB starts when it opens a store. It ends the process where it cannot, in words of
 * its own; so mgit tries first.
 */
final class SpareThreads {
    /** For opening up to 16 tables at once, flushing, compacting and statistics. */
    private static final int NEEDED = 24;

    private SpareThreads() {}

    /** @throws OutOfMemoryError as the JVM throws it, if they cannot */
    static void require() {
        var enough = new CountDownLatch(1);
        List<Thread> tried = new ArrayList<>();
        try {
            for (int i = 0; i < NEEDED; i++) {
                var thread = new Thread(null, () -> await(enough), "mgit-spare", 1 << 17);
                thread.start();
                tried.add(thread);
            }
        } finally {
            enough.countDown();
            tried.forEach(SpareThreads::join);
        }
    }

    private static void await(CountDownLatch enough) {
        try {
            enough.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
