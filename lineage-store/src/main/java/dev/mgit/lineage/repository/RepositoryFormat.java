package dev.mgit.lineage.repository;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of the layout below {@code .mgit}, as the file {@code format} says it. */
final class RepositoryFormat {
    static final int CURRENT = 1;

    private static final Pattern TEXT = Pattern.compile("mgit repository (\\d{1,9})");

    private RepositoryFormat() {}

    /** Empty if the file is missing or damaged. */
    static Optional<Integer> read(RepositoryFiles files) throws IOException {
        Path file = files.formatFile();
        Matcher text = TEXT.matcher(
                Files.isRegularFile(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip() : "");
        return text.matches() ? Optional.of(Integer.valueOf(text.group(1))) : Optional.empty();
    }

    /**
     * Refuses a repository that this mgit does not understand.
     *
     * @throws MgitException of kind INTEGRITY if the file is missing or damaged, FAILED if a newer mgit wrote it
     */
    static void require(RepositoryFiles files) throws IOException {
        if (Files.notExists(files.formatFile())) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    files.mgit() + " is not a repository: it has no file 'format'",
                    "if it was one, run 'mgit fsck --repair'");
        }
        int format = read(files)
                .orElseThrow(() -> new MgitException(
                        MgitException.Kind.INTEGRITY, files.formatFile() + " is damaged", "run 'mgit fsck --repair'"));
        if (format > CURRENT) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the repository in " + files.root() + " has format " + format + ", this mgit reads up to "
                            + CURRENT,
                    "use a newer mgit");
        }
    }

    static void write(RepositoryFiles files) throws IOException {
        DurableFiles.replace(
                files.formatFile(), ("mgit repository " + CURRENT + "\n").getBytes(StandardCharsets.US_ASCII));
    }
}
