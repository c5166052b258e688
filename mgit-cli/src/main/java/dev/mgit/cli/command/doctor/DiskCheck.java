package dev.mgit.cli.command.doctor;

import dev.mgit.cli.console.Output;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Looks at the file system a repository lies on: whether what mgit asks of it is what it does. */
final class DiskCheck {
    private static final String AREA = "disk";
    private static final long LITTLE = 1L << 30;
    private static final String ELSEWHERE =
            "move the repository to a local disk and exchange versions with 'mgit push' and 'mgit pull'";

    private final Checkup checkup;
    private final Path mgit;

    DiskCheck(Checkup checkup, Path mgit) {
        this.checkup = checkup;
        this.mgit = mgit;
    }

    void run() {
        checkup.attempt(AREA, this::space);
        checkup.attempt(AREA, () -> kind(Mount.of(mgit)));
        checkup.attempt(AREA, this::names);
        checkup.attempt(AREA, this::sync);
    }

    private void space() throws IOException {
        FileStore store = Files.getFileStore(mgit);
        long free = store.getUsableSpace();
        checkup.fact(AREA, "free", Output.bytes(free) + " of " + Output.bytes(store.getTotalSpace()));
        if (free < LITTLE || free < store.getTotalSpace() / 100) {
            checkup.finding(
                    AREA,
                    Output.bytes(free) + " are free where the repository lies",
                    "make room: 'mgit gc' removes what no version needs, 'mgit du' says what takes space");
        }
    }

    /** What robustness.md promises of each kind of file system. */
    void kind(Mount mount) {
        checkup.fact(AREA, "file system", mount.type() + " on " + mount.point());
        if (mount.isObjectStore()) {
            checkup.finding(
                    AREA,
                    "the repository lies in an object store shown as a folder (" + mount.type()
                            + "), which has neither atomic renames nor locks: it can be damaged at any time",
                    ELSEWHERE + "; such a store is fine as a remote's --store");
        } else if (mount.isNetwork() && mount.locksStayHere()) {
            checkup.finding(
                    AREA,
                    "the network file system (" + mount.type()
                            + ") is mounted with locks that other machines do not see: two writers can damage it",
                    "mount it without nolock, nobrl and local_lock, or let one machine alone use the repository");
        } else if (mount.isNetwork()) {
            checkup.fact(AREA, "network", "one writer at a time, as far as the server's locks hold");
        }
        if (mount.isMemory()) {
            checkup.finding(
                    AREA, "the repository lies in memory (" + mount.type() + ") and is lost at a restart", ELSEWHERE);
        }
        if (mount.syncsNothing()) {
            checkup.finding(
                    AREA,
                    "the file system does not wait for the disk: a power failure can lose what mgit said was done",
                    "mount it with write barriers (without nobarrier, barrier=0 and volatile)");
        }
        if (mount.readOnly()) {
            checkup.finding(
                    AREA,
                    "the file system is mounted read-only",
                    "remount it; if that was the system's doing, "
                            + "look for disk errors in its log and copy the repository first");
        }
        checkup.fact(AREA, "programs", mount.noExec() ? "may not run from here (noexec)" : "may run from here");
    }

    private void names() throws IOException {
        Path same = mgit.resolve("FORMAT");
        boolean folds = Files.exists(same) && Files.isSameFile(same, mgit.resolve("format"));
        checkup.fact(AREA, "names", folds ? "do not tell upper case from lower" : "tell upper case from lower");
        if (folds) {
            checkup.finding(
                    AREA,
                    "the file system does not tell upper case from lower: models whose names differ only in that collide",
                    "use names that differ in more, or a file system that tells them apart");
        }
    }

    private void sync() throws IOException {
        try (FileChannel folder = FileChannel.open(mgit, StandardOpenOption.READ)) {
            folder.force(true);
            checkup.fact(AREA, "sync", "files and folders");
        } catch (IOException e) {
            checkup.finding(
                    AREA,
                    "folders cannot be synced here (" + e.getMessage()
                            + "): a power failure can lose what mgit said was done",
                    ELSEWHERE);
        }
    }
}
