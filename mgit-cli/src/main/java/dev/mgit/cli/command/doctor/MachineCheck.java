package dev.mgit.cli.command.doctor;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Release;
import dev.mgit.delta.NativeFiles;
import dev.mgit.delta.codec.ZstdLibrary;
import dev.mgit.lineage.parameters.NativeLibrary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Looks at what runs mgit, and at the user's own folders. */
final class MachineCheck {
    private static final String AREA = "machine";
    private static final String USER = "user";
    private static final long FEW_FILES = 1024;
    private static final int GIT_SECONDS = 10;
    private static final Set<PosixFilePermission> OTHERS = PosixFilePermissions.fromString("---rwxrwx");

    private final Checkup checkup;
    private final Context context;
    private final Map<String, String> environment;

    MachineCheck(Checkup checkup, Context context) {
        this.checkup = checkup;
        this.context = context;
        this.environment = context.terminal().environment();
    }

    void run() {
        checkup.attempt(AREA, this::versions);
        checkup.attempt(AREA, this::natives);
        checkup.attempt(AREA, this::git);
        checkup.attempt(AREA, this::limits);
        checkup.attempt(USER, this::folders);
    }

    private void versions() throws IOException {
        checkup.fact(AREA, "mgit", Release.number());
        checkup.fact(AREA, "Java", Runtime.version() + ", " + System.getProperty("java.vendor"));
        checkup.fact(
                AREA,
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                        + System.getProperty("os.arch"));
        checkup.fact(AREA, "processors", Runtime.getRuntime().availableProcessors());
        checkup.fact(AREA, "heap", Output.bytes(Runtime.getRuntime().maxMemory()));
        checkup.fact(AREA, "time", Instant.now());
    }

    private void natives() throws IOException {
        Optional<Path> folder = NativeFiles.folder().filter(Files::isDirectory);
        if (folder.isPresent() && Mount.of(folder.get()).noExec()) {
            checkup.finding(
                    AREA,
                    "native libraries are unpacked in " + folder.get() + ", which is mounted noexec",
                    "set XDG_CACHE_HOME to a folder from which programs may run");
        }
        checkup.fact(AREA, "RocksDB", NativeLibrary.version());
        checkup.fact(AREA, "zstd", ZstdLibrary.version());
    }

    private void git() throws IOException {
        try {
            Process git = new ProcessBuilder("git", "--version")
                    .redirectErrorStream(true)
                    .start();
            git.getOutputStream().close();
            String said = new String(git.getInputStream().readNBytes(200), StandardCharsets.UTF_8).strip();
            checkup.fact(AREA, "git", git.waitFor(GIT_SECONDS, TimeUnit.SECONDS) ? said : "does not answer");
        } catch (IOException e) {
            checkup.fact(AREA, "git", "none");
            if (environment.getOrDefault("PATH", "").isEmpty()) {
                checkup.finding(AREA, "PATH is empty, so that no program is found", "set PATH");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Linux says these below {@code /proc} (proc(5)). */
    private void limits() throws IOException {
        Optional<String> files = line("/proc/self/limits", "Max open files");
        if (files.isPresent()) {
            String soft = files.get().strip().split(" +", -1)[0];
            checkup.fact(AREA, "open files", soft);
            if (soft.matches("\\d{1,9}") && Long.parseLong(soft) < FEW_FILES) {
                checkup.finding(AREA, "only " + soft + " files may be open at once", "run 'ulimit -n 4096' first");
            }
        }
        Optional<String> umask = line("/proc/self/status", "Umask:");
        if (umask.isPresent()) {
            checkup.fact(AREA, "umask", umask.get().strip());
            if ((Integer.parseInt(umask.get().strip(), 8) & 2) == 0) {
                checkup.finding(
                        AREA,
                        "new files can be written by everybody (umask "
                                + umask.get().strip() + ")",
                        "run 'umask 022', or 002 where a group shares the repository");
            }
        }
        if (environment.getOrDefault("LD_PRELOAD", "").contains("eatmydata")) {
            checkup.finding(
                    AREA,
                    "libeatmydata takes syncs away: a power failure can lose what mgit said was done",
                    "unset LD_PRELOAD");
        }
    }

    private static Optional<String> line(String file, String begin) throws IOException {
        Path path = Path.of(file);
        List<String> lines = Files.isReadable(path) ? Files.readAllLines(path) : List.of();
        return lines.stream()
                .filter(line -> line.startsWith(begin))
                .map(line -> line.substring(begin.length()))
                .findFirst();
    }

    private void folders() throws IOException {
        Optional<Path> state = context.user().state();
        checkup.fact(USER, "state", state.map(Path::toString).orElse("none"));
        checkup.fact(USER, "settings", context.userConfig().map(Path::toString).orElse("none"));
        if (state.isEmpty() || !usable(state.get())) {
            checkup.finding(
                    USER,
                    "there is no folder of yours to keep trust and keys in"
                            + state.map(folder -> ": " + folder + " cannot be written")
                                    .orElse(""),
                    "set HOME, or XDG_STATE_HOME to a folder of your own");
            return;
        }
        Path key = state.get().resolve("key");
        if (Files.exists(key)
                && key.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(key);
            if (!Collections.disjoint(permissions, OTHERS)) {
                checkup.finding(
                        USER,
                        "others can read " + key + ", which seals your records",
                        "run 'chmod 600 " + key + "'; the next command replaces the key");
            }
        }
    }

    private static boolean usable(Path folder) {
        Path there = folder;
        while (there != null && Files.notExists(there)) {
            there = there.getParent();
        }
        return there != null && Files.isDirectory(there) && Files.isWritable(there);
    }
}
