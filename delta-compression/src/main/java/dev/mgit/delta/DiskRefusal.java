package dev.mgit.delta;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a disk takes nothing more, as the C library says it and as the user is told. */
public enum DiskRefusal {
    FULL("No space left on device", "no space left on the disk", "no space left on the disk that holds %s"),
    QUOTA("Disk quota exceeded", "the disk quota is used up", "the disk quota is used up where %s is"),
    READ_ONLY("Read-only file system", "a file is on a read-only file system", "%s is on a read-only file system");

    private static final int MOST_CAUSES = 20;

    private final String errno;
    private final String sentence;
    private final String ofFile;

    DiskRefusal(String errno, String sentence, String ofFile) {
        this.errno = errno;
        this.sentence = sentence;
        this.ofFile = ofFile;
    }

    /** What such a failure, or one that led to it, says; empty if it is none of a disk. */
    public static Optional<DiskRefusal> behind(Throwable failure) {
        Throwable at = failure;
        for (int i = 0; at != null && i < MOST_CAUSES; i++) {
            // what mgit says may quote a command that ran out of something itself
            Optional<DiskRefusal> found = at instanceof MgitException ? Optional.empty() : in(at.getMessage());
            if (found.isPresent()) {
                return found;
            }
            at = at.getCause();
        }
        return Optional.empty();
    }

    private static Optional<DiskRefusal> in(@Nullable String message) {
        return Arrays.stream(values())
                .filter(refusal -> message != null && message.contains(refusal.errno))
                .findFirst();
    }

    /** Whether there would be room with less on it. */
    public boolean isFull() {
        return this != READ_ONLY;
    }

    /** @param file what could not be written; empty if that is not known */
    public String sentence(String file) {
        return file.isEmpty() ? sentence : ofFile.formatted(file);
    }

    /** What to do about it. */
    public String hint() {
        return isFull()
                ? "free some space and run the command again; nothing was changed"
                : "mount it for writing, or work on a copy";
    }
}
