package dev.mgit.lineage.repository;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Who is said to hold a repository's writer lock.
 *
 * @param name as the lock says it: process and command
 * @param works whether they do hold it; one that does not died within a change
 */
public record LockHolder(String name, boolean works) {
    private static final int LONGEST = 1000;

    /**
     * Looks at a lock that a writer wrote its name to; empty if it is free. Nobody has to wait for this: the lock is tried
     * only where somebody's name is in it.
     */
    public static Optional<LockHolder> of(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) == 0) {
            return Optional.empty();
        }
        Optional<String> here = ExclusiveFile.heldFor(file);
        if (here.isPresent()) {
            return Optional.of(new LockHolder("this process (" + here.get() + ")", true));
        }
        String name = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        String shown = name.substring(0, Math.min(name.length(), LONGEST));
        return Optional.of(new LockHolder(shown, isHeld(file)));
    }

    private static boolean isHeld(Path file) throws IOException {
        try {
            Optional<ExclusiveFile> free = ExclusiveFile.tryAcquire(file, "a look at who holds it");
            if (free.isPresent()) {
                free.get().close();
            }
            return free.isEmpty();
        } catch (AccessDeniedException e) {
            return true; // not ours to try
        }
    }
}
