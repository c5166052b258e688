package dev.mgit.cli.console;

import dev.mgit.hooks.CommandContract;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Transaction;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** {@code --wait}, mixed into every command that changes the repository. */
public final class WaitOption {
    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "Seconds to wait for another command to finish (default: ${DEFAULT-VALUE}).")
    private long seconds = 600;

    /** What has begun waits so long at least. */
    private static final Duration TO_GO_ON = Duration.ofSeconds(60);

    /** The writer lock, for what is exchanged with remotes. */
    record Locks(WaitOption option, Context context, Repository repository) implements Exchange.Locks {
        @Override
        public WriterLock take(String what) throws IOException {
            return option.lock(context, repository, what);
        }

        @Override
        public WriterLock takeToGoOn(String what) throws IOException {
            Duration time = option.time().compareTo(TO_GO_ON) < 0 ? TO_GO_ON : option.time();
            return repository.lock(what, time, context.output()::note);
        }
    }

    /** How long to wait. */
    public Duration time() {
        return Duration.ofSeconds(Math.max(0, seconds));
    }

    /**
     * Makes one change of models, tags or notes, waiting for the writer lock first. What it depends on is to be read in it:
     * what was read before may be another command's past.
     *
     * @param description what the user did, for the operation log and for those who wait
     */
    public void change(Context context, Session session, String description, Consumer<Transaction> change)
            throws IOException {
        var unused = changeTo(context, session, description, transaction -> {
            change.accept(transaction);
            return true;
        });
    }

    /** The same for a change that says what came of it, as long as that is sure to be there. */
    public <R> R changeTo(Context context, Session session, String description, Function<Transaction, R> change)
            throws IOException {
        WriterLock lock = lock(context, session.repository(), "mgit " + description);
        try (lock) {
            Transaction transaction = session.repository().lineage().begin(description, session.author());
            R result = change.apply(transaction);
            transaction.apply();
            return result;
        }
    }

    /** Takes the writer lock, saying so if there is somebody to wait for. */
    public WriterLock lock(Context context, Repository repository, String what) throws IOException {
        CommandContract.requireOutside(context.terminal().environment(), repository.root());
        return repository.lock(what, time(), context.output()::note);
    }
}
