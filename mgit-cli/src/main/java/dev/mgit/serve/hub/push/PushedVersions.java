package dev.mgit.serve.hub.push;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.commit.IncomingCheckpoint;
import dev.mgit.lineage.checkpoint.Changes;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.hub.HubModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Changes the repository for clients, one change after the other and by one thread, since a lineage is for one. A client
 * hears of its version once that is published; tests and updates that follow are not waited for.
 */
final class PushedVersions implements AutoCloseable {
    private static final int GRACE_SECONDS = 30;

    private final PushTarget target;
    private final PushOrigins origins;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        var pushing = new Thread(task, "mgit-push");
        pushing.setDaemon(true);
        return pushing;
    });

    PushedVersions(PushTarget target, HubModels models) {
        this.target = target;
        this.origins = new PushOrigins(target, models);
    }

    /**
     * Who pushes, and what they say.
     *
     * @param agent what they push with
     */
    record Pushed(CommitBody.Header header, String by, String agent) {
        Person author() {
            return new Person(by, by + "@localhost");
        }

        String message() {
            return header.description().isEmpty() ? header.summary() : header.summary() + "\n\n" + header.description();
        }
    }

    /** Does something in its turn; what it completes the future with is returned, or thrown. */
    private interface Change<T> {
        void run(CompletableFuture<T> done) throws IOException;
    }

    private <T> T inTurn(Change<T> change) throws IOException {
        var done = new CompletableFuture<T>();
        thread.execute(() -> {
            try {
                change.run(done);
            } catch (IOException | RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        });
        try {
            return done.join();
        } catch (CompletionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        }
    }

    private static RuntimeException failure(Throwable cause) throws IOException {
        if (cause instanceof HttpError known) {
            return known;
        }
        if (cause instanceof MgitException known) {
            return Refusals.of(known);
        }
        Optional<HttpError> full = Refusals.diskFull(cause);
        if (full.isPresent()) {
            return full.get();
        }
        if (cause instanceof UncheckedIOException unchecked) {
            throw unchecked.getCause();
        }
        if (cause instanceof IOException io) {
            throw io;
        }
        return new IllegalStateException(cause);
    }

    /**
     * Makes a version of what was pushed.
     *
     * @throws HttpError if the branch has moved on, or a gate says no
     */
    VersionId commit(Branches.Branch branch, PushedFiles files, Pushed pushed) throws IOException {
        return inTurn(done -> {
            Repository repository = target.repository();
            files.gather(repository);
            Changes changes = branch.head()
                    .map(base -> Changes.to(repository, base, files::stays))
                    .orElseGet(Changes::toNothing);
            changes.completeIn(repository, files.folder());
            CommitRequest request = request(branch, files, pushed, changes);
            var incoming = new IncomingCheckpoint(
                    new Commits(repository, CopyProgress.none()),
                    request,
                    target.locking(),
                    () -> requireHead(repository, branch));
            target.workflow().run(incoming, result -> {
                CommitResult made = result;
                files.forgetUploads();
                done.complete(made.version());
            });
        });
    }

    private CommitRequest request(Branches.Branch branch, PushedFiles files, Pushed pushed, Changes changes)
            throws IOException {
        PushOrigins.Found found = origins.find(files.folder(), branch);
        Map<String, String> trailers = new LinkedHashMap<>();
        trailers.put("Pushed-By", pushed.by());
        trailers.put("Pushed-With", pushed.agent());
        trailers.putAll(found.trailers());
        return new CommitRequest(
                files.folder(),
                Optional.of(branch.model()),
                Optional.of(pushed.message()),
                found.origins(),
                trailers,
                pushed.author(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS),
                Map.of(),
                false,
                false,
                Optional.of(changes));
    }

    private static void requireHead(Repository repository, Branches.Branch branch) {
        Optional<VersionId> head = repository.lineage().model(branch.model()).map(Model::head);
        if (!head.equals(branch.head())) {
            throw Refusals.moved(moved(branch, head));
        }
    }

    static String moved(Branches.Branch branch, Optional<VersionId> head) {
        return "'" + branch.model() + "' has moved on to "
                + head.map(VersionId::abbreviated).orElse("nothing") + " meanwhile; fetch it and push again";
    }

    /** Moves models or tags. */
    void change(String description, String by, Consumer<Transaction> change) throws IOException {
        inTurn(done -> {
            try (var lock = target.locking().lock()) {
                lock.requireHeld();
                Transaction transaction =
                        target.repository().lineage().begin(description, new Person(by, by + "@localhost"));
                change.accept(transaction);
                transaction.apply();
            }
            done.complete(true);
        });
    }

    /** Lets the change that is under way end. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
