package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.delta.json.JsonException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.PackInvalidException;
import org.eclipse.jgit.errors.PackMismatchException;
import org.eclipse.jgit.errors.UnsupportedPackIndexVersionException;
import org.eclipse.jgit.errors.UnsupportedPackVersionException;
import org.eclipse.jgit.internal.JGitText;

/** Work with JGit whose many ways of failing become mgit's few. */
final class GitErrors {
    private static final List<Class<? extends IOException>> UNDERSTOOD_NOT = List.of(
            IOException.class,
            EOFException.class,
            CorruptObjectException.class,
            PackInvalidException.class,
            UnsupportedPackIndexVersionException.class,
            UnsupportedPackVersionException.class);

    /** Where JGit says what the system would not do to a file: make a folder, rename, delete. */
    private static final String FILES = "org.eclipse.jgit.util.FileUtils";

    /** JGit's own words for that elsewhere, the file's name to come. */
    private static final List<String> REFUSED = Stream.of(
                    JGitText.get().fileCannotBeDeleted,
                    JGitText.get().cannotDeleteFile,
                    JGitText.get().cannotCreateDirectory,
                    JGitText.get().cannotCreateIndexfile,
                    JGitText.get().cannotCommitWriteTo,
                    JGitText.get().cannotMoveIndexTo,
                    JGitText.get().cannotMovePackTo,
                    JGitText.get().unableToWrite)
            .map(format -> format.substring(0, format.indexOf('{')))
            .toList();

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
            throw damaged(e);
        } catch (JGitInternalException e) {
            throw new java.io.UncheckedIOException(
                    e.getCause() instanceof IOException cause ? cause : new IOException(e.getMessage(), e));
        } catch (IOException e) {
            if (isDamage(e)) {
                throw damaged(e);
            }
            throw new java.io.UncheckedIOException(e);
        } catch (MgitException | java.io.UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            if (isOfStorage(e)) {
                throw damaged(e);
            }
            throw e;
        }
    }

    /** What reading a damaged file came to, unless the machine only ran out of something, or its disk is full or read-only. */
    static MgitException damaged(Exception e) {
        ResourceException.throwIfBehind(e);
        if (e instanceof IOException ofTheDisk && ResourceException.isOfTheMachine(e)) {
            throw new java.io.UncheckedIOException(ofTheDisk);
        }
        return new MgitException(
                MgitException.Kind.INTEGRITY,
                "the lineage repository is damaged: " + reason(e),
                "run 'mgit fsck' for what it touches; 'mgit fsck --repair' mends what can be mended",
                e);
    }

    /** What was said first: JGit hands some failures on from thread to thread, each with the name of the one before. */
    static String reason(Exception e) {
        if (e instanceof MgitException || e instanceof JsonException || e instanceof IllegalArgumentException) {
            return String.valueOf(e.getMessage());
        }
        String reason = "a file of it cannot be read";
        for (Throwable at = e; at != null; at = at.getCause()) {
            reason = at instanceof IOException && at.getMessage() != null ? at.getMessage() : reason;
        }
        return reason;
    }

    /** Whether JGit says that the system would not do something to a file. */
    static boolean isRefused(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            String message = String.valueOf(at.getMessage());
            StackTraceElement[] frames = at.getStackTrace();
            if (at instanceof IOException
                    && (frames.length > 0 && frames[0].getClassName().equals(FILES)
                            || REFUSED.stream().anyMatch(message::startsWith))) {
                return true;
            }
        }
        return false;
    }

    /** What JGit says of a file it does not understand; what the system refuses comes from below it. */
    private static boolean isDamage(IOException e) {
        Throwable at = e;
        while (at.getCause() instanceof Exception cause) {
            at = cause;
        }
        boolean said = UNDERSTOOD_NOT.stream().anyMatch(at.getClass()::equals)
                && at.getStackTrace().length > 0
                && at.getStackTrace()[0].getClassName().startsWith("org.eclipse.jgit.")
                && !isRefused(e);
        return said
                || at instanceof CharacterCodingException
                || String.valueOf(at.getMessage()).contains("Is a directory")
                || at instanceof RuntimeException && isOfStorage(e);
    }

    private static boolean isOfStorage(Throwable thrown) {
        if (thrown.getStackTrace().length == 0) {
            return true; // the JVM leaves out where it threw what it throws often, and all work here is with JGit
        }
        for (StackTraceElement frame : thrown.getStackTrace()) {
            String name = frame.getClassName();
            if (!name.startsWith("java.")) {
                return name.startsWith("org.eclipse.jgit.");
            }
        }
        return false;
    }
}
