package dev.mgit.serve.hub.push;

import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.commit.IncomingCheckpoint;
import dev.mgit.lineage.repository.Repository;

/**
 * Where pushes go.
 *
 * @param repository used by pushes alone, one after the other
 * @param workflow the way in, with its gates and what follows a commit
 * @param locking takes the repository's writer lock
 */
public record PushTarget(Repository repository, CommitWorkflow workflow, IncomingCheckpoint.Locking locking) {}
