package dev.mgit.lineage.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.BlockId;
import dev.mgit.delta.TaskPool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SourceMemoryTest {
    private static final long MIB = 1 << 20;

    private final SourceMemory memory = new SourceMemory(8 * MIB);

    @Test
    void noMoreAreHeldThanThereIsRoomFor() throws IOException {
        var held = new AtomicInteger();
        var most = new AtomicInteger();
        List<Callable<Integer>> tasks = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            tasks.add(() -> memory.hold(4 * MIB, () -> {
                most.accumulateAndGet(held.incrementAndGet(), Math::max);
                BlockId.hash(new byte[1 << 20], 0, 1 << 20); // takes a moment
                return held.decrementAndGet();
            }));
        }
        TaskPool.runAll(8, tasks);
        assertThat(most.get()).isBetween(1, 2);
    }

    /** One larger than all there is runs alone, what it is made of does not wait for it, and small ones wait for nobody. */
    @Test
    void nobodyWaitsForWhoWaits() throws IOException {
        var both = new CountDownLatch(2);
        Callable<Integer> small = () -> memory.hold(MIB, () -> {
            both.countDown();
            return 1;
        });
        Callable<Integer> large = () -> memory.hold(
                100 * MIB,
                () -> memory.hold(5 * MIB, () -> {
                    both.countDown();
                    return 2;
                }));
        TaskPool.runAll(2, List.of(large, small));
        assertThat(both.getCount()).isZero();
    }
}
