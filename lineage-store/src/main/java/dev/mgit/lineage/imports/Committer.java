package dev.mgit.lineage.imports;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import java.io.IOException;

/** How an import commits a checkpoint: whoever imports brings the gates that every commit passes. */
@FunctionalInterface
public interface Committer {
    /**
     * Commits one checkpoint. The caller holds no lock.
     *
     * @param stillAsPlanned called under the lock, before anything is stored; throws if the plan no longer holds
     * @throws MgitException of kind GATE if a gate refuses it; the store is then as it was
     */
    CommitResult commit(CommitRequest request, Runnable stillAsPlanned) throws IOException;
}
