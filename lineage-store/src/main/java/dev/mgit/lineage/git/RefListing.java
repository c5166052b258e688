package dev.mgit.lineage.git;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;

/**
 * Lists references. JGit takes a folder of them that the system does not list, as where a process has too many files open, for
 * an empty one, and passes over what a damaged {@code packed-refs} hides; here both are errors, since what is not there would be
 * taken for garbage, or for pushed already.
 */
final class RefListing {
    /** A listing that somebody's new reference got in the way of is made again, but not for ever. */
    private static final int MOST_ATTEMPTS = 100;

    private RefListing() {}

    /** Lists the references below a prefix, or some of them. */
    interface Lister {
        List<Ref> below(String prefix) throws IOException;
    }

    /** All there are, HEAD and the like included. */
    static List<Ref> all(Repository git) throws IOException {
        return below(git, "");
    }

    /** Those whose full name begins so. */
    static List<Ref> below(Repository git, String prefix) throws IOException {
        return below(git, prefix, git.getRefDatabase()::getRefsByPrefix);
    }

    static List<Ref> below(Repository git, String prefix, Lister lister) throws IOException {
        String folder = prefix.startsWith(Constants.R_REFS)
                ? prefix.substring(0, prefix.lastIndexOf('/'))
                : Constants.R_REFS.substring(0, Constants.R_REFS.length() - 1);
        for (int attempt = 1; ; attempt++) {
            List<Ref> found = lister.below(prefix);
            Set<String> names = new HashSet<>();
            found.forEach(ref -> names.add(ref.getName()));
            Optional<String> missed = missed(git, folder, prefix, names);
            if (missed.isEmpty()) {
                return found;
            }
            if (attempt == MOST_ATTEMPTS) {
                throw GitErrors.damaged(new IOException("packed-refs hides " + missed.get() + ", which is there"));
            }
        }
    }

    /** The first reference in a file of its own that was not listed. */
    private static Optional<String> missed(Repository git, String folder, String prefix, Set<String> names)
            throws IOException {
        Path top = git.getDirectory().toPath();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(top.resolve(folder))) {
            for (Path entry : entries) {
                String name = folder + "/" + entry.getFileName();
                if (names.contains(name)) {
                    continue;
                }
                Optional<String> inside = Files.isDirectory(entry)
                        ? missed(git, name, prefix, names)
                        : Optional.of(name).filter(file -> file.startsWith(prefix) && isThere(git, file));
                if (inside.isPresent()) {
                    return inside;
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            // no such references
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return Optional.empty();
    }

    /** Whether a file is a reference, and neither what a crash left nor damage that is named elsewhere. */
    private static boolean isThere(Repository git, String name) {
        try {
            Ref ref = Repository.isValidRefName(name) ? git.exactRef(name) : null;
            return ref != null && ref.getObjectId() != null;
        } catch (IOException e) {
            return false;
        }
    }
}
