package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevWalk;

/** Turns what a user types into a version, and a slip of the finger into a suggestion. */
final class Revisions {
    private final Repository git;

    Revisions(Repository git) {
        this.git = git;
    }

    VersionId resolve(String revision) throws IOException {
        Optional<VersionId> found = tryResolve(revision);
        if (found.isPresent()) {
            return found.get();
        }
        Optional<String> close = closest(revision);
        throw new MgitException(
                MgitException.Kind.USAGE,
                "unknown revision '" + revision + "'",
                close.map(name -> "did you mean '" + name + "'?").orElse("'mgit log --all' lists what there is"));
    }

    /** @throws MgitException of kind USAGE if an abbreviated id fits several versions */
    Optional<VersionId> tryResolve(String revision) throws IOException {
        AnyObjectId id;
        try {
            id = revision.isBlank() ? null : git.resolve(revision + "^{commit}");
        } catch (AmbiguousObjectException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "'" + revision + "' fits several versions", "give more digits", e);
        } catch (IncorrectObjectTypeException | MissingObjectException | IllegalArgumentException e) {
            return Optional.empty();
        }
        if (id == null) {
            return Optional.empty();
        }
        try (var walk = new RevWalk(git)) {
            return Optional.of(new VersionId(walk.parseCommit(id).name()));
        } catch (IncorrectObjectTypeException | MissingObjectException e) {
            return Optional.empty();
        }
    }

    /** The model or tag whose name is nearest, within a third of its letters. */
    private Optional<String> closest(String revision) throws IOException {
        String typed = revision.split("[~^@:]", 2)[0].toLowerCase(Locale.ROOT);
        return Stream.concat(
                        git.getRefDatabase().getRefsByPrefix(Constants.R_HEADS).stream(),
                        git.getRefDatabase().getRefsByPrefix(Constants.R_TAGS).stream())
                .map(Ref::getName)
                .map(Repository::shortenRefName)
                .filter(name -> distance(typed, name.toLowerCase(Locale.ROOT)) <= Math.max(1, name.length() / 3))
                .min(Comparator.comparingInt(name -> distance(typed, name.toLowerCase(Locale.ROOT))));
    }

    /** Levenshtein distance. */
    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int swap = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(swap, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
