package dev.mgit.cli.console;

import dev.mgit.delta.MgitException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is typed in the place of a revision out of habit with Git, and the sentence that names the way there is. */
final class RevisionHabits {
    private record Shape(Pattern looks, String way) {
        Shape(String looks, String way) {
            this(Pattern.compile(looks), way);
        }
    }

    private static final List<Shape> SHAPES = List.of(
            new Shape(
                    ".*[^.]\\.\\.\\.[^.].*",
                    "write 'A..B': 'mgit log' shows what B has and A has not, 'mgit diff' compares the two"),
            new Shape(".*@\\{(?:u|upstream|push)}.*", "models have no upstream; what was fetched is REMOTE/MODEL"),
            new Shape(
                    ".*@\\{(?!-?\\d+}|u}|upstream}|push})[^}]*}.*",
                    "MODEL@{N} counts changes of a model, MODEL~N its versions; 'mgit op' lists when each was made"),
            new Shape("\\^.+", "write 'A..B' for what B has and A has not"),
            new Shape(":/.*|.*\\^\\{/.*", "'mgit log --oneline' lists messages with their ids"),
            new Shape("-", "name the model; 'mgit status' says what is checked out here"));

    private RevisionHabits() {}

    /** The failure to say for what no revision of mgit looks like. */
    static Optional<MgitException> shape(String typed) {
        return SHAPES.stream()
                .filter(shape -> shape.looks().matcher(typed).matches())
                .findFirst()
                .map(shape -> refused("'" + typed + "' is not a revision of mgit", shape.way()));
    }

    /** The failure to say instead of "unknown revision" for files, of a version or on disk. */
    static Optional<MgitException> file(String typed, Path directory) {
        int colon = typed.indexOf(':');
        if (colon > 0) {
            return Optional.of(refused(
                    "'" + typed + "' names a file of a version, but a version is needed",
                    "'mgit show REV:FILE' prints a file, 'mgit checkout REV DIR --files FILE' writes it"));
        }
        try {
            if (typed.isEmpty() || !Files.exists(directory.resolve(typed))) {
                return Optional.empty();
            }
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
        return Optional.of(refused(
                "'" + typed + "' is a file or folder here, but a version is needed",
                "'mgit show REV:FILE' prints a file of a version, 'mgit checkout REV DIR --files GLOB' writes it, "
                        + "with '--force' over an edited one"));
    }

    private static MgitException refused(String message, String way) {
        return new MgitException(MgitException.Kind.USAGE, message, way);
    }
}
