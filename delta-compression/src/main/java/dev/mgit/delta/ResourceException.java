package dev.mgit.delta;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The machine ran out of something that reading takes. It says nothing about what was to be read, which may well be
 * sound: whoever looks for damage asks {@link #throwIfBehind} first.
 */
public final class ResourceException extends MgitException {
    private static final int MOST_CAUSES = 20;

    /** As the C library says it; "Too many open files in system" begins alike. */
    private static final String NO_DESCRIPTOR = "Too many open files";

    private static final String NO_MEMORY = "Cannot allocate memory";

    ResourceException(String message, String hint, Throwable cause) {
        super(Kind.FAILED, message, hint, cause);
    }

    /** What a failure comes down to, if it or anything that led to it is that the machine ran out of something. */
    public static Optional<ResourceException> behind(Throwable failure) {
        Throwable at = failure;
        for (int i = 0; at != null && i < MOST_CAUSES; i++) {
            if (at instanceof ResourceException known) {
                return Optional.of(known);
            }
            // what mgit says may quote a command that ran out of something itself
            String message = at instanceof MgitException ? "" : String.valueOf(at.getMessage());
            if (message.contains(NO_DESCRIPTOR)) {
                return Optional.of(noDescriptor(failure));
            } else if (message.contains(NO_MEMORY)) {
                return Optional.of(new ResourceException(
                        "the machine is out of memory", "end other programs, or lower store.threads", failure));
            }
            at = at.getCause();
        }
        return Optional.empty();
    }

    /**
     * Whether a failure is the machine's, which is out of something or whose disk is full or read-only: it would meet the next
     * file or model, too.
     */
    public static boolean isOfTheMachine(Throwable failure) {
        return DiskRefusal.behind(failure).isPresent() || behind(failure).isPresent();
    }

    /**
     * Throws what a failure comes down to, if the machine ran out of something. Libraries also take a file that cannot
     * be opened for one that is not there, so this tries to open something itself.
     */
    public static void throwIfBehind(Throwable failure) {
        Optional<ResourceException> known = behind(failure);
        if (known.isPresent()) {
            throw known.get();
        }
        throwIfExhausted();
    }

    /** Throws if no file can be opened right now. */
    public static void throwIfExhausted() {
        Path root = FileSystems.getDefault().getRootDirectories().iterator().next();
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(root)) {
            var unused = opened.iterator();
        } catch (IOException e) {
            Optional<ResourceException> exhausted = behind(e);
            if (exhausted.isPresent()) {
                throw exhausted.get();
            }
        }
    }

    private static ResourceException noDescriptor(Throwable failure) {
        return new ResourceException(
                "too many open files", "raise the limit, for instance with 'ulimit -n 4096'", failure);
    }
}
