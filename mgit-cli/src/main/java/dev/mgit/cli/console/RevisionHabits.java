package dev.mgit.cli.console;

import dev.mgit.delta.MgitException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What is typed in the place of a revision out of habit with Git, and the sentence that names the way there is. */
final class RevisionHabits {
    private static final Map<Pattern, String> SHAPES = Map.of(
            Pattern.compile(".*[^.]\\.\\.\\.[^.].*"),
            "write 'A..B': 'mgit log' shows what B has and A has not, 'mgit diff' compares the two",
            Pattern.compile(".*@\\{(?:u|upstream|push)}.*"),
            "models have no upstream; what was fetched is REMOTE/MODEL",
            Pattern.compile(".*@\\{(?!-?\\d+})[^}]*}.*"),
            "MODEL@{N} counts changes of a model, MODEL~N its versions; 'mgit op' lists when each was made",
            Pattern.compile("\\^.+"),
            "write 'A..B' for what B has and A has not",
            Pattern.compile(":/.*|.*\\^\\{/.*"),
            "'mgit log --oneline' lists messages with their ids",
            Pattern.compile("-"),
            "name the model; 'mgit status' says what is checked out here");

    private RevisionHabits() {}

    /** The failure to say for what no revision of mgit looks like. */
    static Optional<MgitException> shape(String typed) {
        return SHAPES.entrySet().stream()
                .filter(shape -> shape.getKey().matcher(typed).matches())
                .findFirst()
                .map(shape -> refused("'" + typed + "' is not a revision of mgit", shape.getValue()));
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
