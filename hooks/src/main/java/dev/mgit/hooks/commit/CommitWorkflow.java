package dev.mgit.hooks.commit;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.CommandContract;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.Workspace;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * How versions come in, whoever brings them: {@code commit}, {@code import}, {@code run}, {@code merge}. An update
 * spreads the same steps over its journal and asks the same {@link #gate}.
 */
public final class CommitWorkflow {
    private final Workspace workspace;
    private final Hooks hooks;
    private final JobProgress progress;
    private final CommitListener listener;

    /** @param executor runs the pre-commit hooks */
    public CommitWorkflow(Workspace workspace, Executor executor, JobProgress progress, CommitListener listener) {
        this.workspace = workspace;
        this.hooks = new Hooks(workspace, executor);
        this.progress = progress;
        this.listener = listener;
    }

    /** Hears of what was published before anything that follows from it runs. */
    @FunctionalInterface
    public interface Published<R> {
        void hear(R result) throws IOException;
    }

    /**
     * Takes something in.
     *
     * @param published not called if the judges held it back
     * @throws MgitException of kind GATE if a pre-commit hook refuses it, and as the steps of {@code incoming} do; models
     *     and store are then as they were
     */
    public <R> R run(Incoming<R> incoming, Published<R> published) throws IOException {
        CommandContract.requireOutside(workspace.environment(), workspace.root());
        gate(incoming.check());
        try (incoming) {
            incoming.store();
            if (!incoming.judge()) {
                return incoming.result();
            }
            listener.judge(incoming.pending());
            incoming.publish();
        }
        published.hear(incoming.result());
        announce(incoming);
        return incoming.result();
    }

    /**
     * Lets the pre-commit hooks decide. The caller holds no lock: a hook may take its time.
     *
     * @throws MgitException of kind GATE naming the first hook that says no
     */
    public void gate(List<Candidate> candidates) {
        hooks.inert(HookEvent.PRE_COMMIT).forEach(listener::notAsked);
        candidates.forEach(candidate -> hooks.requirePreCommit(candidate, progress));
    }

    /** Nothing that follows a commit can fail it. */
    private void announce(Incoming<?> incoming) {
        try {
            incoming.note();
            for (VersionId version : incoming.published()) {
                listener.announce(version);
            }
        } catch (MgitException | UncheckedIOException e) {
            listener.failedAfterwards(e);
        }
    }
}
