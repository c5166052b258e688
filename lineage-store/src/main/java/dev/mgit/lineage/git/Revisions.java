package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.DidYouMean;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.AmbiguousObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.AnyObjectId;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;

/**
 * Turns what a user types into a version, and a slip of the finger into a suggestion. As in Git, with two differences:
 * of a model and a tag of one name the model is meant, and {@code ~N} goes back over version edges only, so that it
 * never leaves the model; {@code ^N} is the N-th parent of any kind.
 */
final class Revisions {
    /** A name, where in its log, and the steps back from there. */
    private static final Pattern REVISION = Pattern.compile("([^~^:]+?)(@\\{[^{}]*\\})?((?:[~^]\\d{0,9})*)");

    private static final Pattern STEP = Pattern.compile("([~^])(\\d*)");

    private final GitLineage lineage;
    private final Repository git;
    private final Consumer<String> warnings;

    /** @param warnings told in one sentence where a name has two meanings */
    Revisions(GitLineage lineage, Consumer<String> warnings) {
        this.lineage = lineage;
        this.git = lineage.git();
        this.warnings = warnings;
    }

    /** A walk back that goes further than the model's first version. */
    private static final class BeforeTheFirst extends Exception {
        private static final long serialVersionUID = 1;
        final transient RevCommit first;
        final String spelling;

        BeforeTheFirst(RevCommit first, String spelling) {
            this.first = first;
            this.spelling = spelling;
        }
    }

    VersionId resolve(String revision) throws IOException {
        Optional<VersionId> found;
        try {
            found = find(revision);
        } catch (BeforeTheFirst e) {
            throw beforeTheFirst(revision, e);
        }
        if (found.isPresent()) {
            return found.get();
        }
        Optional<String> damage = new LostObjects(lineage).behind(revision);
        if (damage.isPresent()) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY, "cannot find '" + revision + "': " + damage.get(), LostObjects.HINT);
        }
        String typed = revision.split("[~^@:]", 2)[0];
        throw new MgitException(
                MgitException.Kind.USAGE,
                "unknown revision '" + revision + "'",
                DidYouMean.hint(typed, names(), "'mgit log --all' lists what there is"));
    }

    /** @throws MgitException of kind USAGE if an abbreviated id fits several versions */
    Optional<VersionId> tryResolve(String revision) throws IOException {
        try {
            return find(revision);
        } catch (BeforeTheFirst e) {
            return Optional.empty();
        }
    }

    private Optional<VersionId> find(String revision) throws IOException, BeforeTheFirst {
        Matcher parts = REVISION.matcher(revision);
        boolean simple = parts.matches();
        String start = simple
                ? meant(parts.group(1)) + Optional.ofNullable(parts.group(2)).orElse("")
                : revision;
        AnyObjectId id;
        try {
            id = revision.isBlank() ? null : git.resolve(start + "^{commit}");
        } catch (AmbiguousObjectException e) {
            throw new MgitException(MgitException.Kind.USAGE, "'" + revision + "' is ambiguous", "give more digits", e);
        } catch (IncorrectObjectTypeException | MissingObjectException | IllegalArgumentException e) {
            return Optional.empty();
        }
        if (id == null) {
            return Optional.empty();
        }
        try (var walk = new RevWalk(git)) {
            RevCommit commit = walk.parseCommit(id);
            return (simple
                            ? back(walk, commit, revision.substring(0, parts.start(3)), parts.group(3))
                            : Optional.of(commit))
                    .map(GitLineage::id);
        } catch (IncorrectObjectTypeException | MissingObjectException e) {
            return Optional.empty();
        }
    }

    /** The reference a bare name means; whatever else was typed, as it is. */
    private String meant(String name) throws IOException {
        String model = Constants.R_HEADS + name;
        boolean possible = Repository.isValidRefName(model) && !ObjectId.isId(name);
        boolean isModel = possible && git.exactRef(model) != null;
        boolean isTag = possible && git.exactRef(Constants.R_TAGS + name) != null;
        if (isModel && isTag) {
            warnings.accept("'" + name + "' is both a model and a tag; using the model. Write " + model + " or "
                    + Constants.R_TAGS + name + ", or rename one of them");
        } else if ((isModel || isTag) && ReferenceNames.beginsId(git, name)) {
            String what = isModel ? "model" : "tag";
            warnings.accept("'" + name + "' is both a " + what + " and the beginning of a version's id; using the "
                    + what + ". Give more digits for the version");
        }
        return isModel ? model : name;
    }

    private static Optional<RevCommit> back(RevWalk walk, RevCommit from, String start, String steps)
            throws IOException, BeforeTheFirst {
        RevCommit at = from;
        Matcher step = STEP.matcher(steps);
        while (step.find()) {
            int number = step.group(2).isEmpty() ? 1 : Integer.parseInt(step.group(2));
            if (step.group(1).equals("^")) {
                if (number > at.getParentCount()) {
                    return Optional.empty();
                }
                at = number == 0 ? at : walk.parseCommit(at.getParent(number - 1));
            } else {
                for (int i = 0; i < number; i++) {
                    Optional<ObjectId> previous = previous(at);
                    if (previous.isEmpty()) {
                        throw new BeforeTheFirst(
                                at, start + steps.substring(0, step.start()) + (i == 0 ? "" : "~" + i));
                    }
                    at = walk.parseCommit(previous.get());
                }
            }
        }
        return Optional.of(at);
    }

    /** The version before, over a version edge; a commit made with plain Git continues its first parent. */
    private static Optional<ObjectId> previous(RevCommit commit) {
        CommitText text = CommitText.parse(commit.getFullMessage());
        if (text.model().isEmpty() && commit.getParentCount() > 0) {
            return Optional.of(commit.getParent(0));
        }
        return text.previous().map(id -> ObjectId.fromString(id.hex()));
    }

    private static MgitException beforeTheFirst(String revision, BeforeTheFirst end) {
        CommitText text = CommitText.parse(end.first.getFullMessage());
        String sentence = "'" + revision + "' goes back past the first version of " + text.model() + ", "
                + GitLineage.id(end.first).abbreviated();
        if (text.origins().isEmpty()) {
            return new MgitException(MgitException.Kind.USAGE, sentence, "that one is '" + end.spelling + "'");
        }
        ProvenanceEdge origin = text.origins().get(0);
        return new MgitException(
                MgitException.Kind.USAGE,
                sentence,
                "that one was derived from " + origin.model() + "@"
                        + origin.parent().abbreviated() + " (" + origin.kind().word() + "): write '" + end.spelling
                        + "^' or '" + origin.parent().abbreviated() + "'");
    }

    /** Names of all models and tags. */
    private List<String> names() {
        return GitErrors.reading(() -> Stream.concat(
                        RefListing.below(git, Constants.R_HEADS).stream(),
                        RefListing.below(git, Constants.R_TAGS).stream())
                .map(Ref::getName)
                .map(Repository::shortenRefName)
                .toList());
    }
}
