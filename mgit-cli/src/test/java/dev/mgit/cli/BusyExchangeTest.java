package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.Session;
import dev.mgit.cli.console.WaitOption;
import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Await;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.remote.Fetch;
import dev.mgit.lineage.remote.Push;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A fetch or push with {@code --wait 0}, where another command takes the lock after it has changed something and before its second
 * turn. The weights are made.
 */
class BusyExchangeTest {
    @TempDir
    private Path folder;

    private Team team;
    private Context context;
    private Session session;
    private Exchange exchange;
    private Remote origin;
    private final AtomicInteger waits = new AtomicInteger();

    @BeforeEach
    void whoWaitsForNobody() throws IOException {
        team = Team.make(folder.resolve("team"));
        context = Cli.context(team.ada().root());
        session = Session.open(context);
        WaitOption wait = CommandLine.populateCommand(new WaitOption(), "--wait", "0");
        Exchange calm = Exchanges.of(context, session, wait);
        exchange = new Exchange(
                calm.repository(),
                calm.environment(),
                calm.author(),
                new Busy(calm.locks()),
                calm.notice(),
                calm.mergers(),
                calm.progress());
        origin = Exchanges.remotes(session).get("origin");
    }

    @AfterEach
    void close() {
        session.close();
    }

    /** Locks that somebody else has whenever a command that has changed something asks for them, until it waits. */
    private final class Busy implements Exchange.Locks {
        private final Exchange.Locks locks;

        Busy(Exchange.Locks locks) {
            this.locks = locks;
        }

        @Override
        public WriterLock take(String what) throws IOException {
            return locks.take(what);
        }

        @Override
        public WriterLock takeToGoOn(String what) throws IOException {
            try (Repository other = Repository.open(team.ada().root(), Cli.user())) {
                WriterLock held = other.lock("mgit tag", Duration.ZERO, notice -> {});
                assertThatThrownBy(() -> take(what)).isInstanceOf(MgitException.class);
                Thread waiting = Thread.currentThread();
                var given = CompletableFuture.runAsync(() -> {
                    try (held) {
                        Await.until("it waits", () -> isInLock(waiting));
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
                WriterLock mine = locks.takeToGoOn(what);
                assertThat(given).succeedsWithin(Duration.ofMinutes(5));
                waits.incrementAndGet();
                return mine;
            }
        }
    }

    private static boolean isInLock(Thread thread) {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(WriterLock.class.getName()));
    }

    @Test
    void aFetchThatMovedReferencesBringsTheirParameters() throws IOException {
        new Fetch(exchange).run(origin, false);

        assertThat(waits).hasPositiveValue();
        assertThat(team.ada().ok("fsck")).contains("no damage").doesNotContain("Not here: ");
        team.ada().ok("checkout", "origin/two", "out");
    }

    @Test
    void aPushThatArrivedIsRemembered() throws IOException {
        new Push(exchange).run(origin, new Push.Request(List.of(), List.of(), false, false, false, false));

        assertThat(waits).hasPositiveValue();
        assertThat(team.ada().id("origin/one")).isEqualTo(team.ada().id("one"));
        team.requireSound("a push beside others");
    }
}
