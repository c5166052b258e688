package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import java.io.EOFException;
import java.io.IOException;
import java.util.zip.ZipException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.PackMismatchException;

/** Work with JGit whose many ways of failing become mgit's few. */
final class GitErrors {
    private GitErrors() {}

    interface Work<T> {
        T run() throws IOException;
    }

    /**
     * Reads, and once again if an object is missing: JGit looks into packs first and at loose files then, and a clean-up
     * may have moved the object from the one to the other in between.
     */
    static <T> T reading(Work<T> work) {
        return translateFailures(() -> retryMissing(work));
    }

    /** Retries once if an object is missing; JGit's exceptions reach the caller unchanged. */
    static <T> T retryMissing(Work<T> work) throws IOException {
        try {
            return work.run();
        } catch (MissingObjectException e) {
            return work.run();
        }
    }

    /** Runs work once and turns JGit's exceptions into mgit's, whether it reads or writes. */
    static <T> T translateFailures(Work<T> work) {
        try {
            return work.run();
        } catch (CorruptObjectException
                | MissingObjectException
                | IncorrectObjectTypeException
                | PackMismatchException
                | ZipException
                | EOFException e) {
            ResourceException.throwIfBehind(e);
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the lineage repository is damaged: " + e.getMessage(),
                    "run 'mgit fsck'",
                    e);
        } catch (JGitInternalException e) {
            throw new java.io.UncheckedIOException(
                    e.getCause() instanceof IOException cause ? cause : new IOException(e.getMessage(), e));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
