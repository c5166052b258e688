package dev.mgit.lineage.repository;

import dev.mgit.delta.json.JsonException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What a file looks like to the file system: enough to tell later, without reading it, that nobody has touched it.
 * Size and modification time can be put back ({@code rsync -t}, {@code cp -p}, {@code touch -r}); the inode and the time
 * of its last change cannot. After Git's {@code Documentation/technical/racy-git.txt}.
 *
 * @param modified nanoseconds since 1970
 * @param changed when anything about it last changed, in nanoseconds since 1970; −1 where the system does not say
 * @param mode type and permissions as {@code stat(2)} has them
 */
public record FileStat(long size, long modified, long changed, long inode, long mode) {
    /** What is seen where there is nothing. */
    public static final FileStat ABSENT = new FileStat(-1, 0, -1, 0, 0);

    private static final long UNKNOWN = -1;
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int OWNER_EXECUTES = 0100;

    /** No kernel's clock for file times ticks slower. */
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(12);

    /** Whole seconds everywhere are a file system that keeps no more, or two of them. */
    private static final long COARSE_TICK = TimeUnit.SECONDS.toNanos(2);

    /** File systems that show a bit for all files which they keep for none. */
    private static final Set<String> WITHOUT_MODES =
            Set.of("vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "9p", "drvfs", "cifs", "smb2", "smb3");

    /** Looks at a file, or at a link itself; {@link #ABSENT} if there is none. */
    public static FileStat of(Path file) throws IOException {
        try {
            return look(file, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return ABSENT;
        }
    }

    /** Looks at the file that a link names. */
    public static FileStat following(Path file) throws IOException {
        return look(file);
    }

    private static FileStat look(Path file, LinkOption... options) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            BasicFileAttributes basic = Files.readAttributes(file, BasicFileAttributes.class, options);
            return new FileStat(
                    basic.size(), nanos(basic.lastModifiedTime()), UNKNOWN, 0, basic.isRegularFile() ? REGULAR : 0);
        }
        Map<String, Object> unix = Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino,mode", options);
        return new FileStat(
                ((Number) get(unix, "size")).longValue(),
                nanos(get(unix, "lastModifiedTime")),
                nanos(get(unix, "ctime")),
                ((Number) get(unix, "ino")).longValue(),
                ((Number) get(unix, "mode")).longValue());
    }

    private static Object get(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }

    private static long nanos(Object time) {
        return ((FileTime) time).to(TimeUnit.NANOSECONDS);
    }

    public boolean exists() {
        return !equals(ABSENT);
    }

    public boolean regular() {
        return (mode & TYPE) == REGULAR;
    }

    /** True if the owner may execute it, which is what Git keeps of permissions. */
    public boolean executable() {
        return (mode & OWNER_EXECUTES) != 0;
    }

    /** True if the file that a path names is to be kept as executable. */
    public static boolean isExecutable(Path file) throws IOException {
        return following(file).executable() && keepsExecutable(file);
    }

    /** True if a file system keeps that bit, so that it says something about the file. */
    public static boolean keepsExecutable(Path file) throws IOException {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                && !WITHOUT_MODES.contains(Files.getFileStore(file).type());
    }

    /** The same but for the time of the last change: what a rename leaves of it. */
    public FileStat renamed(long now) {
        return new FileStat(size, modified, now, inode, mode);
    }

    /**
     * True if any change from now on must show: if the clock has ticked since the last. The time comes first, so that
     * nothing can happen between the two.
     *
     * @param now by this machine's clock, in nanoseconds since 1970, taken before the file was looked at
     */
    public boolean settled(long now) {
        long tick = Math.floorMod(changed, TimeUnit.SECONDS.toNanos(1)) == 0 ? COARSE_TICK : TICK;
        return changed != UNKNOWN && now - changed > tick;
    }

    /** This machine's clock, in nanoseconds since 1970. */
    public static long now() {
        return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    }

    /** Waits the few milliseconds after which a file changed just now is {@linkplain #settled settled}. */
    public static void awaitTick() throws IOException {
        try {
            TimeUnit.NANOSECONDS.sleep(TICK + TimeUnit.MILLISECONDS.toNanos(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the file system's clock");
        }
    }

    /** For a file of mgit's own. */
    public List<Long> numbers() {
        return List.of(size, modified, changed, inode, mode);
    }

    /** @throws JsonException if they are not what {@link #numbers} gives */
    public static FileStat of(List<Long> numbers) {
        if (numbers.size() != 5) {
            throw new JsonException("a file's state has " + numbers.size() + " numbers instead of 5");
        }
        return new FileStat(numbers.get(0), numbers.get(1), numbers.get(2), numbers.get(3), numbers.get(4));
    }
}
