package dev.mgit.cli.command.doctor;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Exchanges;
import dev.mgit.cli.console.Session;
import dev.mgit.delta.MgitException;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.git.GitRemote;
import dev.mgit.lineage.remote.Remote;
import dev.mgit.lineage.remote.store.RemoteStore;
import dev.mgit.lineage.remote.store.RemoteStores;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks each remote whether it is there: its lineage for its references, its store for one object. */
final class RemoteCheck {
    private static final String AREA = "remotes";
    private static final int SECONDS = 30;

    private final Checkup checkup;
    private final Context context;
    private final Session session;

    RemoteCheck(Checkup checkup, Context context, Session session) {
        this.checkup = checkup;
        this.context = context;
        this.session = session;
    }

    void run() {
        checkup.attempt(AREA, () -> Exchanges.remotes(session).list().forEach(this::ask));
    }

    private void ask(Remote remote) {
        ask(remote.name() + ", lineage", () -> {
            try (GitExchange here = session.repository().exchange();
                    GitRemote there =
                            here.remote(remote.address(), context.terminal().environment(), line -> {})) {
                return there.references().size() + " references";
            }
        });
        Optional<String> url = remote.store();
        if (url.isPresent()) {
            ask(remote.name() + ", store", () -> {
                try (RemoteStore store = RemoteStores.open(url.get())) {
                    return store.head("format").isPresent() ? "there" : "empty";
                }
            });
        }
    }

    /** In a thread that is left behind where no answer comes: the command ends all the same. */
    private void ask(String whom, Callable<String> question) {
        var asked = new FutureTask<>(question);
        var thread = new Thread(asked, "mgit-doctor-remote");
        thread.setDaemon(true);
        thread.start();
        try {
            checkup.fact(AREA, whom, asked.get(SECONDS, TimeUnit.SECONDS));
        } catch (TimeoutException e) {
            checkup.finding(
                    AREA,
                    whom + ": no answer within " + SECONDS + " s",
                    "check the address with 'mgit remote -v', and the network");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String hint = cause instanceof MgitException known ? known.hint() : null;
            checkup.finding(
                    AREA,
                    whom + ": " + cause.getMessage(),
                    hint == null ? "check the address with 'mgit remote -v', and your access" : hint);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
