package dev.mgit.cli.console;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.checkpoint.CheckoutState;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Revisions as they are typed on a command line: those the lineage knows, and what depends on where the command runs.
 * {@code @} is the version this folder was checked out from, {@code A..B} what B has and A has not, {@code REV:PATH} a
 * file of a version.
 */
public final class RevisionArguments {
    private static final Pattern HERE = Pattern.compile("(?:@|HEAD)(?:@?(\\{[^{}]*}.*)|([~^].*)?)", Pattern.DOTALL);
    private static final Pattern RANGE = Pattern.compile("(.*?[^./])?\\.\\.([^./].*)?", Pattern.DOTALL);

    private final Repository repository;
    private final Path directory;

    RevisionArguments(Repository repository, Path directory) {
        this.repository = repository;
        this.directory = directory;
    }

    /** Two versions, {@code FROM..TO}. */
    public record Range(String from, String to) {
        /** A range, or nothing if this is one revision or a path; a side left out is {@code @}. */
        public static Optional<Range> parse(String typed) {
            Matcher range = RANGE.matcher(typed);
            return range.matches()
                    ? Optional.of(new Range(orHere(range.group(1)), orHere(range.group(2))))
                    : Optional.empty();
        }

        private static String orHere(String side) {
            return side == null ? "@" : side;
        }
    }

    /** A file of a version, {@code REV:PATH}. */
    public record FileOf(String revision, String path) {
        public static Optional<FileOf> parse(String typed) {
            int colon = typed.indexOf(':');
            return colon < 0 || typed.startsWith(":/")
                    ? Optional.empty()
                    : Optional.of(new FileOf(colon == 0 ? "@" : typed.substring(0, colon), typed.substring(colon + 1)));
        }
    }

    /** @throws MgitException of kind USAGE if there is no such version, with a hint */
    public VersionId resolve(String typed) {
        String revision = inFull(typed);
        try {
            return repository.lineage().resolve(revision);
        } catch (MgitException e) {
            boolean unknown = e.kind() == MgitException.Kind.USAGE
                    && repository.lineage().tryResolve(revision).isEmpty();
            throw (unknown ? RevisionHabits.file(typed, directory) : Optional.<MgitException>empty()).orElse(e);
        }
    }

    /**
     * The revision with what {@code @} stands for in its place.
     *
     * @throws MgitException of kind USAGE for what only Git knows, such as {@code A...B}
     */
    public String inFull(String typed) {
        Optional<MgitException> foreign = RevisionHabits.shape(typed);
        if (foreign.isPresent() && Files.notExists(directory.resolve(typed))) {
            throw foreign.get();
        }
        Matcher here = HERE.matcher(typed);
        if (!here.matches()) {
            return typed;
        }
        CheckoutState state = checkedOut()
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.USAGE,
                        "'" + typed + "' means the version checked out here, but none is in " + directory,
                        "name a model; 'mgit branch' lists them"));
        if (here.group(1) != null) {
            return state.model() + "@" + here.group(1);
        }
        return state.version().hex() + Optional.ofNullable(here.group(2)).orElse("");
    }

    /** What is checked out in the folder the command runs in. */
    public Optional<CheckoutState> checkedOut() {
        try {
            return CheckoutState.find(repository, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
