package dev.mgit.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskPoolTest {
    private static final class Checked extends Exception {
        private static final long serialVersionUID = 1;
    }

    private static Throwable thrownFor(Throwable failure) {
        return catchThrowable(() -> {
            try (var pool = new TaskPool(1)) {
                Future<String> result = pool.submit(() -> {
                    if (failure instanceof Error error) {
                        throw error;
                    }
                    throw (Exception) failure;
                });
                TaskPool.get(result);
            }
        });
    }

    @Test
    void aFailureIsThrownAsWhatItWas() {
        for (Throwable failure : List.of(
                new OutOfMemoryError("Java heap space"),
                new StackOverflowError(),
                new FileNotFoundException("gone"),
                MgitException.integrity("damaged"),
                new ArrayIndexOutOfBoundsException(3))) {
            assertThat(thrownFor(failure)).isSameAs(failure);
        }
        var io = new IOException("disk");
        assertThat(thrownFor(new UncheckedIOException(io))).isSameAs(io);
        assertThat(thrownFor(new Checked()))
                .isInstanceOf(IllegalStateException.class)
                .hasCauseInstanceOf(Checked.class);
    }

    @Test
    void theFirstFailureWinsAndNothingIsBegunAfterIt() throws Exception {
        var begun = new AtomicInteger();
        var mayFail = new CountDownLatch(1);
        var first = MgitException.failed("first");
        try (var pool = new TaskPool(1)) {
            Future<Integer> failing = pool.submit(() -> {
                mayFail.await();
                throw first;
            });
            Future<Integer> waiting = pool.submit(begun::incrementAndGet);
            mayFail.countDown();
            assertThatThrownBy(() -> TaskPool.get(waiting)).isSameAs(first);
            assertThatThrownBy(() -> TaskPool.get(failing)).isSameAs(first);
            assertThatThrownBy(() -> pool.submit(begun::incrementAndGet)).isSameAs(first);
        }
        assertThat(begun).hasValue(0);
    }

    @Test
    void aFailureThatComesLaterGivesWayToTheFirst() throws Exception {
        var running = new CountDownLatch(1);
        var failed = new CountDownLatch(1);
        var first = new IOException("first");
        try (var pool = new TaskPool(2)) {
            Future<Integer> late = pool.submit(() -> {
                running.countDown();
                failed.await();
                throw new IOException("second");
            });
            running.await();
            Future<Integer> early = pool.submit(() -> {
                throw first;
            });
            assertThatThrownBy(() -> TaskPool.get(early)).isSameAs(first);
            failed.countDown();
            assertThatThrownBy(() -> TaskPool.get(late)).isSameAs(first);
        }
    }

    @Test
    void whoSubmitsMoreThanFitsWorksToo() throws Exception {
        var release = new CountDownLatch(1);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        try (var pool = new TaskPool(1)) {
            List<Future<Boolean>> results = new ArrayList<>();
            results.add(pool.submit(() -> {
                release.await();
                return true;
            }));
            for (int i = 0; i < 100; i++) {
                results.add(pool.submit(() -> threads.add(Thread.currentThread())));
            }
            assertThat(threads).containsExactly(Thread.currentThread());
            release.countDown();
            assertThat(TaskPool.getAll(results)).hasSize(101);
        }
        assertThat(threads).hasSize(2);
    }

    @Test
    void closingInterruptsWhatRunsAndWaitsForIt() throws Exception {
        var running = new CountDownLatch(1);
        var ended = new AtomicBoolean();
        try (var pool = new TaskPool(1)) {
            var unused = pool.submit(() -> {
                running.countDown();
                try {
                    new CountDownLatch(1).await();
                } finally {
                    ended.set(true);
                }
                return true;
            });
            running.await();
        }
        assertThat(ended).isTrue();
    }

    @Test
    void anInterruptEndsTheWaitAndIsKept() throws Exception {
        var release = new CountDownLatch(1);
        try (var pool = new TaskPool(1)) {
            Future<Boolean> result = pool.submit(() -> {
                release.await();
                return true;
            });
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> TaskPool.get(result))
                    .isInstanceOf(MgitException.class)
                    .hasMessage("interrupted");
            assertThat(Thread.interrupted()).isTrue();
            release.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50})
    void eachNumberIsRunOnce(int threads) throws IOException {
        var runs = new AtomicInteger[40];
        IntStream.range(0, runs.length).forEach(i -> runs[i] = new AtomicInteger());
        TaskPool.forEach(threads, runs.length, number -> runs[number].incrementAndGet());
        assertThat(runs).allMatch(count -> count.get() == 1);
        TaskPool.forEach(threads, 0, number -> {
            throw new AssertionError("there is nothing to run");
        });
    }

    @Test
    void afterAFailureNoFurtherNumberIsRun() {
        var runs = new AtomicInteger();
        assertThatThrownBy(() -> TaskPool.forEach(1, 1000, number -> {
                    if (runs.incrementAndGet() == 3) {
                        throw new OutOfMemoryError("here");
                    }
                }))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("here");
        assertThat(runs).hasValue(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 8})
    void tasksOfNoConcernToEachOtherAllRunThoughOneFails(int threads) throws IOException {
        var runs = new AtomicInteger();
        List<Callable<Integer>> sound = List.of(runs::incrementAndGet, runs::incrementAndGet, runs::incrementAndGet);
        assertThat(TaskPool.runAll(threads, sound)).containsExactlyInAnyOrder(1, 2, 3);
        List<Callable<Integer>> tasks = new ArrayList<>(sound);
        tasks.add(1, () -> {
            throw MgitException.failed("the second");
        });
        tasks.add(2, () -> {
            throw new IOException("the third");
        });
        assertThatThrownBy(() -> TaskPool.runAll(threads, tasks)).hasMessage("the second");
        assertThat(runs).hasValue(6);
        assertThat(TaskPool.runAll(threads, List.<Callable<Integer>>of())).isEmpty();
    }

    /** What Java says of heaps of 64, 320, 448 and 1216 MB: the collector keeps a survivor space empty. */
    @ParameterizedTest
    @CsvSource({"61, 1", "304, 8", "426, 16", "1155, 64"})
    void aHeapHasRoomForSoManyThreads(long mebibytes, int threads) {
        assertThat(TaskPool.threadsFor(mebibytes << 20)).isGreaterThanOrEqualTo(threads);
        assertThat(TaskPool.threadsFor(mebibytes << 20)).isLessThanOrEqualTo(threads + 1);
    }
}
