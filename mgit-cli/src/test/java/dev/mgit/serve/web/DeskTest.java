package dev.mgit.serve.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.serve.http.HttpError;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Long answers: made once, told how far they are, bounded in time and in number. */
class DeskTest {
    private static final Duration LONG = Duration.ofMinutes(5);

    private final AtomicInteger made = new AtomicInteger();

    @Test
    void anAnswerIsMadeOnceAndKept() throws IOException {
        try (var desk = new Desk<String, String>((key, effort) -> key + made.incrementAndGet(), LONG)) {
            assertThat(desk.ask("a", LONG).value()).hasValue("a1");
            assertThat(desk.ask("a", LONG).value()).hasValue("a1");
            desk.forget("a");
            assertThat(desk.ask("a", LONG).value()).hasValue("a2");
        }
    }

    @Test
    void whoHasNoPatienceIsToldHowFarItIs() throws IOException {
        var half = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        try (var desk = new Desk<String, String>(
                (key, effort) -> {
                    effort.start("work", 100);
                    effort.advance(50);
                    half.countDown();
                    await(release);
                    return "done";
                },
                LONG)) {
            Desk.Answer<String> early = desk.ask("a", Duration.ZERO);
            assertThat(early.value()).isEmpty();
            await(half);
            assertThat(desk.ask("a", Duration.ZERO).share()).isEqualTo(0.5);
            release.countDown();
            assertThat(desk.ask("a", LONG).value()).hasValue("done");
        }
    }

    @Test
    void workEndsWhenItsTimeIsUp() {
        try (var desk = new Desk<String, String>(
                (key, effort) -> {
                    while (true) {
                        effort.advance(1);
                    }
                },
                Duration.ZERO)) {
            assertThatThrownBy(() -> desk.ask("a", LONG)).isInstanceOf(Desk.TimeUp.class);
        }
    }

    @Test
    void onlySoManyWait() throws IOException {
        var release = new CountDownLatch(1);
        try (var desk = new Desk<Integer, String>(
                (key, effort) -> {
                    await(release);
                    return "done";
                },
                LONG)) {
            for (int i = 0; i < 4; i++) {
                assertThat(desk.ask(i, Duration.ZERO).value()).isEmpty();
            }
            assertThatThrownBy(() -> desk.ask(4, Duration.ZERO))
                    .isInstanceOfSatisfying(
                            HttpError.class, e -> assertThat(e.status()).isEqualTo(503));
            release.countDown();
            assertThat(desk.ask(3, LONG).value()).hasValue("done");
        }
    }

    @Test
    void aFailureIsToldAndTriedAgain() throws IOException {
        try (var desk = new Desk<String, String>(
                (key, effort) -> {
                    if (made.incrementAndGet() == 1) {
                        throw MgitException.integrity("damaged");
                    }
                    return "mended";
                },
                LONG)) {
            assertThatThrownBy(() -> desk.ask("a", LONG)).hasMessage("damaged");
            assertThat(desk.ask("a", LONG).value()).hasValue("mended");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
