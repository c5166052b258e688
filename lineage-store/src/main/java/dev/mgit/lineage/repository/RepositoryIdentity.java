package dev.mgit.lineage.repository;

import dev.mgit.delta.Hashes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What tells one repository from all others on this machine, its own copies included. Three things, since each alone
 * can come true of another: the real path (something else may be unpacked there later), the number of the folder
 * {@code .mgit} on its file system (numbers are given out again), and a random id in it (which travels with a copy). The
 * device is left out: network file systems and containers have another one after each mount.
 */
record RepositoryIdentity(Path path, long inode, String id) {
    private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");
    private static final int DIGEST_BYTES = 16;

    /** @param ours whether a repository made before there were ids may be given one */
    static RepositoryIdentity of(RepositoryFiles files, boolean ours) throws IOException {
        if (ours && Files.notExists(files.id(), LinkOption.NOFOLLOW_LINKS) && Files.isWritable(files.mgit())) {
            DurableFiles.createOnce(files.id(), newId());
        }
        Path real = files.mgit().toRealPath();
        return new RepositoryIdentity(real, inode(real), id(files));
    }

    private static long inode(Path folder) throws IOException {
        try {
            return ((Number) Files.getAttribute(folder, "unix:ino")).longValue();
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return 0; // a file system without such numbers
        }
    }

    private static String id(RepositoryFiles files) throws IOException {
        if (!Files.isRegularFile(files.id(), LinkOption.NOFOLLOW_LINKS) || Files.size(files.id()) > 100) {
            return "";
        }
        String text = Files.readString(files.id(), StandardCharsets.ISO_8859_1).strip();
        return ID.matcher(text).matches() ? text : "";
    }

    static byte[] newId() {
        return (UUID.randomUUID() + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** Names this repository among the user's records: 32 hexadecimal digits. */
    String digest() {
        return digest(path + "\n" + inode + "\n" + id);
    }

    /** The same for what stays true of a repository that was put back from a copy: all but the number. */
    String place() {
        return digest(path + "\n" + id);
    }

    private static String digest(String text) {
        byte[] hash = Hashes.sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, DIGEST_BYTES);
    }
}
