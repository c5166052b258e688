package dev.mgit.lineage.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Who works with a repository. Whatever lies below {@code .mgit} may have been written by anybody; what only this user
 * may say lies in folders of their own.
 *
 * @param ids numbers of the operating system's users whose files are this user's own; empty where files have no owners
 * @param state folder for keys, trust and journals, made when needed; empty if the user has none
 * @param config the user's own settings, in Git's syntax; the file need not exist
 * @param notice told in one sentence what the user should know
 */
public record User(Set<Integer> ids, Optional<Path> state, Optional<Path> config, Consumer<String> notice) {
    public User {
        ids = Set.copyOf(ids);
    }

    /** Nobody in particular: all files count as their own, and nothing is kept of them. */
    public static User unknown() {
        return new User(Set.of(), Optional.empty(), Optional.empty(), sentence -> {});
    }

    /** Somebody who has a folder of their own; all files count as theirs. */
    public static User withState(Path state) {
        return new User(Set.of(), Optional.of(state), Optional.empty(), sentence -> {});
    }

    /** Whether a file or folder is this user's own, a link being what it leads to. */
    boolean owns(Path file) throws IOException {
        return ids.isEmpty() || ids.contains(ownerOf(file));
    }

    private static int ownerOf(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:uid");
    }

    /**
     * Whether the user said that a repository of somebody else may be worked with: {@code safe.directory} as Git has
     * it. A path, a path and {@code /*} for all below it, or {@code *}; an empty value takes back those before it.
     *
     * @param root the folder that holds {@code .mgit}
     */
    boolean consentsTo(Path root, List<String> safe) throws IOException {
        Path real = root.toRealPath();
        boolean consents = false;
        for (String value : safe) {
            consents = !value.isEmpty() && (consents || covers(value, real));
        }
        return consents;
    }

    private static boolean covers(String value, Path real) {
        if (value.equals("*")) {
            return true;
        }
        boolean below = value.endsWith("/*");
        Path named = Path.of(below ? value.substring(0, value.length() - 2) : value);
        try {
            named = Files.exists(named, LinkOption.NOFOLLOW_LINKS) ? named.toRealPath() : named.normalize();
        } catch (IOException e) {
            named = named.normalize();
        }
        return below ? real.startsWith(named) && !real.equals(named) : real.equals(named);
    }
}
