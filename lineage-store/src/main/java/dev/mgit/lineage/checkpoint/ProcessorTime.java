package dev.mgit.lineage.checkpoint;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Processor time that one kind of work takes, summed over threads: wall time would count waiting for a core as well. */
final class ProcessorTime {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final LongAdder nanos = new LongAdder();

    <T> T of(Supplier<T> work) {
        long start = THREADS.getCurrentThreadCpuTime();
        T result = work.get();
        nanos.add(THREADS.getCurrentThreadCpuTime() - start);
        return result;
    }

    void of(Runnable work) {
        long start = THREADS.getCurrentThreadCpuTime();
        work.run();
        nanos.add(THREADS.getCurrentThreadCpuTime() - start);
    }

    Duration sum() {
        return Duration.ofNanos(nanos.sum());
    }
}
