package dev.mgit.lineage.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Tells a name that nobody ever gave from one that cannot be found any more: references that are gone, objects that are, and
 * packs without their index. Looked into only where something was not found.
 */
final class LostObjects {
    static final String HINT =
            "run 'mgit fsck' for what else is damaged; 'mgit fsck --repair' mends what can be mended";

    /** What means a version by its id or its place in a history, which no reference shows to be missing. */
    private static final Pattern IN_HISTORY = Pattern.compile(".*[~^].*|[0-9a-f]{4,40}");

    private final GitLineage lineage;

    LostObjects(GitLineage lineage) {
        this.lineage = lineage;
    }

    /** Why a revision may not have been found, in one clause; empty if nothing is wrong. */
    Optional<String> behind(String revision) throws IOException {
        Map<String, String> references = ReferenceCheck.now(lineage);
        for (ReferenceCheck.Unexplained reference : new ReferenceCheck(lineage).quickly(references)) {
            if (Repository.shortenRefName(reference.ref()).equals(revision.split("[~^@:]", 2)[0])) {
                return Optional.of("the reference " + reference.ref() + " is damaged: " + reference.why());
            }
        }
        for (Map.Entry<String, String> reference : references.entrySet()) {
            try {
                lineage.git().open(ObjectId.fromString(reference.getValue()));
            } catch (IOException e) {
                return Optional.of("the lineage repository is damaged: " + reference.getKey() + " leads to "
                        + reference.getValue() + ": " + GitErrors.reason(e));
            }
        }
        Optional<String> pack = pack();
        return pack.isEmpty() && IN_HISTORY.matcher(revision).matches() ? histories(references) : pack;
    }

    private Optional<String> pack() throws IOException {
        Path folder = lineage.git().getObjectsDirectory().toPath().resolve("pack");
        for (Path index : GitFiles.ending(folder, ".idx")) {
            Path pack = index.resolveSibling(String.valueOf(index.getFileName()).replaceFirst("idx$", "pack"));
            if (!Files.isRegularFile(pack, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of("the lineage repository is damaged: " + pack + " is missing");
            } else if (!PackIndexes.isSound(index, pack)) {
                return Optional.of("the lineage repository is damaged: " + index + " cannot be read");
            }
        }
        for (Path pack : GitFiles.ending(folder, ".pack")) {
            Path index = pack.resolveSibling(String.valueOf(pack.getFileName()).replaceFirst("pack$", "idx"));
            if (Files.notExists(index)) {
                return Optional.of("the lineage repository is damaged: " + index + " is missing");
            }
        }
        return Optional.empty();
    }

    private Optional<String> histories(Map<String, String> references) throws IOException {
        try (var walk = new RevWalk(lineage.git())) {
            for (String id : List.copyOf(references.values())) {
                RevObject start = walk.peel(walk.parseAny(ObjectId.fromString(id)));
                if (start instanceof org.eclipse.jgit.revwalk.RevCommit commit) {
                    walk.markStart(commit);
                }
            }
            while (walk.next() != null) {
                // what cannot be read throws
            }
            return Optional.empty();
        } catch (MissingObjectException | CorruptObjectException | IncorrectObjectTypeException e) {
            return Optional.of("the lineage repository is damaged: " + e.getMessage());
        }
    }
}
