package dev.mgit.cli;

import dev.mgit.fixtures.Await;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** A command that has looked at what it works on and waits for its turn, while something is done that it could not foresee. */
final class WaitingCommand {
    private WaitingCommand() {}

    /** Something that is done by whoever holds the lock. */
    interface Work {
        void with(Repository held, WriterLock lock) throws Exception;
    }

    static Cli.Ran run(TestRepository repository, Work work, String... words) throws Exception {
        var command = new FutureTask<>(() -> repository.run(words));
        var thread = new Thread(command, "waits");
        try (Repository held = Repository.open(repository.root());
                WriterLock lock = held.lock("mgit test", Duration.ZERO, notice -> {})) {
            thread.start();
            Await.until(
                    "it waits",
                    () -> Arrays.stream(thread.getStackTrace())
                                    .anyMatch(frame -> frame.getClassName().equals(WriterLock.class.getName()))
                            || command.isDone());
            work.with(held, lock);
        }
        return command.get(5, TimeUnit.MINUTES);
    }
}
