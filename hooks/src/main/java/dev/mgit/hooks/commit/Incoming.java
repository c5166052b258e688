package dev.mgit.hooks.commit;

import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;

/**
 * One or several versions on their way in, as {@link CommitWorkflow} takes them through its steps. Whatever ends the way
 * before {@link #publish()} leaves the models as they were.
 *
 * @param <R> what the one who brings it wants to know in the end
 */
public interface Incoming<R> extends AutoCloseable {
    /**
     * Refuses what cannot be committed. Only reads, and holds no lock.
     *
     * @return what the pre-commit hooks are asked about
     */
    List<Candidate> check() throws IOException;

    /** Takes the writer lock and makes blocks durable, then Git objects. No model shows them yet. */
    void store() throws IOException;

    /** The versions that are stored and wait for the listener's judgement and the policy's. */
    default List<VersionId> pending() {
        return List.of();
    }

    /** @return whether what is stored may be published */
    boolean judge() throws IOException;

    /** Moves the models' references, all or none, if they are still where they were. */
    void publish() throws IOException;

    /** What came of it, once it was judged. */
    R result();

    /** The versions that were published. */
    List<VersionId> published();

    /** Notes beside the versions what the judges found. Holds no lock when called. */
    default void note() {}

    /** Gives the lock back, and lets go of what was stored and not published. */
    @Override
    void close() throws IOException;
}
