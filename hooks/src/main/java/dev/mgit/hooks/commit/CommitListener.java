package dev.mgit.hooks.commit;

import dev.mgit.lineage.version.VersionId;
import java.util.List;

/** Hears what a commit does beside its result, and has the last word before it is published. */
public interface CommitListener {
    CommitListener NONE = new CommitListener() {
        @Override
        public void notAsked(HookRegistration hook) {}

        @Override
        public void announce(VersionId version) {}

        @Override
        public void failedAfterwards(RuntimeException failure) {}
    };

    /** A pre-commit hook is registered, but not accepted here, so it decides nothing. */
    void notAsked(HookRegistration hook);

    /**
     * Versions stored together are about to be published.
     *
     * @throws dev.mgit.delta.MgitException of kind GATE to refuse them
     */
    default void judge(List<VersionId> versions) {}

    /** Sees to what follows a published version: hooks, tests, what is stale. */
    void announce(VersionId version);

    /** Something that should follow went wrong. The versions are there all the same. */
    void failedAfterwards(RuntimeException failure);
}
