package dev.mgit.lineage.repository;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What mgit keeps for one user outside every repository. A repository may have been made by anybody; what lies here was
 * written by this user's own mgit, and only that may tell mgit to change files outside {@code .mgit}.
 */
public final class UserState {
    private static final Set<PosixFilePermission> OTHERS_WRITE =
            Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

    private final List<Path> candidates;

    private UserState(List<Path> candidates) {
        this.candidates = List.copyOf(candidates);
    }

    /** @param candidates folders, of which the first that can be used is */
    public static UserState in(List<Path> candidates) {
        return new UserState(candidates);
    }

    /** For a caller that is no user's program: an interrupted checkout stays as it is. */
    public static UserState none() {
        return new UserState(List.of());
    }

    /** Folders that hold entries of switches in a repository, as far as there are any. */
    List<Path> journals(RepositoryFiles repository) throws IOException {
        String key = key(repository);
        return candidates.stream()
                .map(folder -> folder.resolve("journal").resolve(key))
                .filter(Files::isDirectory)
                .filter(UserState::isPrivate)
                .toList();
    }

    /** Makes the folder for them; empty if there is no user. */
    Optional<Path> makeJournal(RepositoryFiles repository) throws IOException {
        String key = key(repository);
        IOException first = null;
        for (Path folder : candidates) {
            try {
                Path made = makePrivate(folder.resolve("journal").resolve(key));
                if (isPrivate(made)) {
                    return Optional.of(made);
                }
            } catch (IOException e) {
                first = first == null ? e : first;
            }
        }
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        throw new MgitException(
                MgitException.Kind.FAILED,
                "there is no folder for mgit's own state: " + candidates.get(0) + " cannot be written"
                        + (first == null ? " or belongs to another user" : ""),
                "make it writable, or set XDG_STATE_HOME to another folder",
                first);
    }

    private static Path makePrivate(Path folder) throws IOException {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                : Files.createDirectories(folder);
    }

    /** Nobody else can have written there: this user owns it, which a file made in it shows. */
    private static boolean isPrivate(Path folder) {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return true;
        }
        try {
            Path probe = Files.createTempFile(folder, "owner", ".tmp");
            try {
                return Files.getOwner(probe).equals(Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS))
                        && Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS).stream()
                                .noneMatch(OTHERS_WRITE::contains);
            } finally {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            return false;
        }
    }

    private static String key(RepositoryFiles repository) throws IOException {
        String path = repository.mgit().toRealPath().toString();
        return HexFormat.of().formatHex(Hashes.sha256().digest(path.getBytes(StandardCharsets.UTF_8)), 0, 12);
    }
}
