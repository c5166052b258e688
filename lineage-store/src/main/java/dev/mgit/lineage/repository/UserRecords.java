package dev.mgit.lineage.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.Set;

/**
 * What a user's mgit keeps of one repository outside it, in the user's own state folder: {@code key} (for all
 * repositories) and {@code repositories/DIGEST/} with {@code trusted} and, of a repository that cannot be written,
 * {@code checkouts}, {@code journal} and {@code index}. Made when there is something to keep.
 */
public final class UserRecords {
    private static final int KEY_BYTES = 32;
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path state;
    private final RepositoryIdentity identity;

    private UserRecords(Path state, RepositoryIdentity identity) {
        this.state = state;
        this.identity = identity;
    }

    /** Empty if the user has no folder for them, or one that neither can be written nor made. */
    static Optional<UserRecords> of(User user, RepositoryFiles files, boolean ours) throws IOException {
        Optional<Path> state = user.state().filter(UserRecords::usableFolder);
        return state.isEmpty()
                ? Optional.empty()
                : Optional.of(new UserRecords(state.get(), RepositoryIdentity.of(files, ours)));
    }

    private static boolean usableFolder(Path state) {
        Path there = state;
        while (there != null && Files.notExists(there)) {
            there = there.getParent();
        }
        return there != null && Files.isDirectory(there) && Files.isWritable(there);
    }

    /** Names the repository to seals. */
    String place() {
        return identity.place();
    }

    private Path folder() {
        return state.resolve("repositories").resolve(identity.digest());
    }

    /** What may run here, by digest. */
    public Path trusted() {
        return folder().resolve("trusted");
    }

    Path journal() {
        return folder().resolve("journal");
    }

    Path checkouts() {
        return folder().resolve("checkouts");
    }

    Path index() {
        return folder().resolve("index");
    }

    /**
     * The key of this user's seals, made if there is none; one that others could have read is replaced. Empty if it can
     * be neither read nor made.
     */
    Optional<byte[]> key() {
        Path file = state.resolve("key");
        try {
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !usable(file)) {
                Files.deleteIfExists(file);
            }
            if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(state);
                createKey(file);
            }
            return Optional.of(Files.readAllBytes(file)).filter(key -> key.length == KEY_BYTES);
        } catch (IOException e) {
            return Optional.empty(); // a home that is read-only, or full
        }
    }

    private static boolean usable(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                || !Files.isReadable(file)
                || Files.size(file) != KEY_BYTES) {
            return false;
        }
        return !posix(file) || OWNER_ONLY.containsAll(Files.getPosixFilePermissions(file));
    }

    private static void createKey(Path file) throws IOException {
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        if (posix(file)) {
            DurableFiles.createOnce(file, key, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } else {
            DurableFiles.createOnce(file, key);
        }
    }

    private static boolean posix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
