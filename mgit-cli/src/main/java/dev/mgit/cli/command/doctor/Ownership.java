package dev.mgit.cli.command.doctor;

import dev.mgit.lineage.repository.User;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whose the files below {@code .mgit} are, and who may write there; the first of each kind stands for all. */
final class Ownership extends SimpleFileVisitor<Path> {
    private static final String AREA = "permissions";
    private static final int OTHERS_WRITE = 02;
    private static final int STICKY = 01000;

    private final Path mgit;
    private final User user;
    private @Nullable Path foreign;
    private @Nullable Path open;
    private @Nullable Path closed;
    private int count;

    private Ownership(Path mgit, User user) {
        this.mgit = mgit;
        this.user = user;
    }

    static Ownership of(Path mgit, User user) throws IOException {
        var seen = new Ownership(mgit, user);
        Files.walkFileTree(mgit.toRealPath(), seen);
        return seen;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
        closed = closed == null && !Files.isWritable(folder) ? folder : closed;
        look(folder);
        return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
        closed = closed == null && !Files.isReadable(file) ? file : closed;
        look(file);
        return FileVisitResult.CONTINUE;
    }

    /** A writer may be at work. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
        closed = closed == null && Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? file : closed;
        return FileVisitResult.CONTINUE;
    }

    private void look(Path file) throws IOException {
        count++;
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return;
        }
        Map<String, Object> unix;
        try {
            unix = Files.readAttributes(file, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return;
        }
        int mode = Optional.ofNullable((Integer) unix.get("mode")).orElse(0);
        Integer owner = (Integer) unix.get("uid");
        foreign = foreign == null && !user.ids().isEmpty() && !user.ids().contains(owner) ? file : foreign;
        open = open == null && (mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0 ? file : open;
    }

    /** @param shared whether the files of several users are meant to be there */
    void report(Checkup checkup, boolean shared) {
        checkup.fact(AREA, "files", count);
        if (closed != null) {
            checkup.finding(AREA, "you cannot work with " + closed, "have its owner give you the permissions");
        }
        if (open != null) {
            checkup.finding(AREA, "everybody on this machine can write " + open, "run 'chmod -R o-w " + mgit + "'");
        }
        if (foreign != null && !shared) {
            checkup.finding(
                    AREA,
                    foreign + " belongs to another user",
                    "where that is not meant, run 'chown -R " + System.getProperty("user.name") + " " + mgit
                            + "' as root; where others write to it too, see safe.directory in 'mgit help config'");
        }
    }
}
