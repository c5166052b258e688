package dev.mgit.cli.command.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The file system that a folder lies on, by {@code /proc/self/mountinfo} (proc(5)), or by what Java knows where there is no
 * such file.
 *
 * @param point where it is mounted
 * @param type as the kernel names it, such as {@code ext4} or {@code nfs4}
 * @param options of the mount and of the file system
 */
record Mount(Path point, String type, Set<String> options) {
    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final int FIXED_FIELDS = 6;

    private static final Set<String> NETWORK = Set.of(
            "nfs",
            "nfs4",
            "cifs",
            "smb2",
            "smb3",
            "smbfs",
            "afs",
            "afpfs",
            "webdav",
            "davfs",
            "ceph",
            "lustre",
            "gpfs",
            "beegfs",
            "glusterfs",
            "ocfs2",
            "gfs2",
            "orangefs",
            "pvfs2",
            "9p",
            "virtiofs",
            "fuse.sshfs",
            "fuse.glusterfs",
            "fuse.ceph",
            "fuse.lustre",
            "fuse.juicefs",
            "fuse.davfs");

    /** Object stores that are shown as folders: a rename is a copy there, and locks are none. */
    private static final Set<String> OBJECT_STORES = Set.of(
            "fuse.s3fs",
            "fuse.gcsfuse",
            "gcsfuse",
            "fuse.goofys",
            "fuse.rclone",
            "rclone",
            "fuse.blobfuse",
            "fuse.blobfuse2",
            "fuse.mountpoint-s3",
            "mountpoint-s3",
            "fuse.geesefs");

    static Mount of(Path folder) throws IOException {
        Path real = folder.toRealPath();
        List<String> lines =
                Files.isReadable(TABLE) ? Files.readAllLines(TABLE, StandardCharsets.ISO_8859_1) : List.of();
        Optional<Mount> found = among(lines, real);
        return found.isPresent()
                ? found.get()
                : new Mount(real, Files.getFileStore(real).type(), Set.of());
    }

    /** The last of the mounts that cover a path most closely, since later ones hide earlier ones. */
    static Optional<Mount> among(List<String> table, Path real) {
        return table.stream()
                .flatMap(line -> parse(line).stream())
                .filter(mount -> real.startsWith(mount.point()))
                .reduce((a, b) -> BY_DEPTH.compare(a, b) > 0 ? a : b);
    }

    private static final Comparator<Mount> BY_DEPTH =
            Comparator.comparingInt(mount -> mount.point().getNameCount());

    private static Optional<Mount> parse(String line) {
        int dash = line.indexOf(" - ");
        String[] before = line.substring(0, Math.max(dash, 0)).split(" ", -1);
        String[] after = line.substring(dash + 1).split(" ", -1);
        if (dash < 0 || before.length < FIXED_FIELDS || after.length < 3) {
            return Optional.empty();
        }
        Set<String> options = new TreeSet<>(List.of(before[5].split(",", -1)));
        options.addAll(List.of(after[after.length - 1].split(",", -1)));
        return Optional.of(new Mount(Path.of(unescaped(before[4])), after[1], options));
    }

    /** Blanks, tabs, line ends and backslashes stand as octal numbers. */
    private static String unescaped(String name) {
        byte[] bytes = name.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\")
                .getBytes(StandardCharsets.ISO_8859_1);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    boolean isNetwork() {
        return NETWORK.contains(type);
    }

    boolean isObjectStore() {
        return OBJECT_STORES.contains(type);
    }

    boolean isMemory() {
        return type.equals("tmpfs") || type.equals("ramfs");
    }

    /** Whether locks hold among processes of this machine only, or not at all. */
    boolean locksStayHere() {
        return options.contains("nolock")
                || options.contains("nobrl")
                || options.contains("local_lock=all")
                || options.contains("local_lock=posix");
    }

    /** Whether a sync returns before the disk has what was written. */
    boolean syncsNothing() {
        return options.contains("nobarrier") || options.contains("barrier=0") || options.contains("volatile");
    }

    boolean noExec() {
        return options.contains("noexec");
    }

    boolean readOnly() {
        return options.contains("ro");
    }
}
