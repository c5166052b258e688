package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.DidYouMean;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;
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
        String typed = revision.split("[~^@:]", 2)[0];
        throw new MgitException(
                MgitException.Kind.USAGE,
                "unknown revision '" + revision + "'",
                DidYouMean.hint(typed, names(), "'mgit log --all' lists what there is"));
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

    /** Names of all models and tags. */
    private List<String> names() throws IOException {
        return Stream.concat(
                        git.getRefDatabase().getRefsByPrefix(Constants.R_HEADS).stream(),
                        git.getRefDatabase().getRefsByPrefix(Constants.R_TAGS).stream())
                .map(Ref::getName)
                .map(Repository::shortenRefName)
                .toList();
    }
}
