package dev.mgit.hooks.commit;

import dev.mgit.hooks.modeltest.LossyGate;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.Lossy;
import dev.mgit.lineage.checkpoint.PendingCommit;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file or folder of the user's, on its way to be a version. The lock is held from storing to publishing. */
public final class IncomingCheckpoint implements Incoming<CommitResult> {
    private final Commits commits;
    private final CommitRequest request;
    private final Locking locking;
    private final Runnable stillAsPlanned;
    private final Optional<Double> bound;
    private final Optional<LossyGate> lossyGate;

    private @Nullable PendingCommit commit;
    private @Nullable WriterLock lock;
    private @Nullable CommitResult result;

    /** How the writer lock is taken. */
    @FunctionalInterface
    public interface Locking {
        WriterLock lock() throws IOException;
    }

    /** @param stillAsPlanned called under the lock; throws if the commit makes no sense any more */
    public IncomingCheckpoint(Commits commits, CommitRequest request, Locking locking, Runnable stillAsPlanned) {
        this(commits, request, locking, stillAsPlanned, Optional.empty(), Optional.empty());
    }

    /**
     * One whose tensors may be replaced by others within a bound.
     *
     * @param bound empty to keep every bit
     * @param lossyGate judges what a bound has cost
     */
    public IncomingCheckpoint(
            Commits commits,
            CommitRequest request,
            Locking locking,
            Optional<Double> bound,
            Optional<LossyGate> lossyGate) {
        this(commits, request, locking, () -> {}, bound, lossyGate);
    }

    private IncomingCheckpoint(
            Commits commits,
            CommitRequest request,
            Locking locking,
            Runnable stillAsPlanned,
            Optional<Double> bound,
            Optional<LossyGate> lossyGate) {
        this.commits = commits;
        this.request = request;
        this.locking = locking;
        this.stillAsPlanned = stillAsPlanned;
        this.bound = bound;
        this.lossyGate = lossyGate;
    }

    @Override
    public List<Candidate> check() throws IOException {
        PendingCommit checked = commits.check(request);
        commit = checked;
        return List.of(new Candidate(checked.target().model(), checked.origins(), folder -> copy(checked, folder)));
    }

    private static void copy(PendingCommit checked, Path folder) {
        try {
            checked.copyTo(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void store() throws IOException {
        WriterLock held = locking.lock();
        lock = held;
        stillAsPlanned.run();
        commit().store(bound.map(this::lossy), held);
    }

    private Lossy lossy(double within) {
        return lossyGate.map(gate -> new Lossy(within, gate)).orElseGet(() -> Lossy.within(within));
    }

    @Override
    public List<VersionId> pending() {
        return List.of(commit().version());
    }

    @Override
    public boolean judge() throws IOException {
        commit().judge();
        return true;
    }

    @Override
    public void publish() throws IOException {
        result = commit().publish();
    }

    @Override
    public CommitResult result() {
        return Objects.requireNonNull(result, "nothing is published yet");
    }

    @Override
    public List<VersionId> published() {
        return List.of(result().version());
    }

    @Override
    public void note() {
        lossyGate.ifPresent(LossyGate::note);
    }

    @Override
    public void close() throws IOException {
        if (lock != null) {
            lock.close();
        }
    }

    private PendingCommit commit() {
        return Objects.requireNonNull(commit, "nothing is checked yet");
    }
}
