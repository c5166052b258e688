package dev.mgit.hooks.maintain;

import dev.mgit.hooks.Folders;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.bisect.BisectRun;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.executor.JobHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What commands have left below {@code .mgit/hooks} for somebody to read: folders of runs that failed or were killed,
 * logs of updates and searches that are over. What a process still works with is none.
 */
public final class Leftovers {
    private Leftovers() {}

    /**
     * A folder that may go.
     *
     * @param bytes of all files in it
     */
    public record Leftover(Path folder, long bytes) {}

    /**
     * Folders in which nothing has changed since an instant, sorted.
     *
     * @param scratch as {@link dev.mgit.hooks.Workspace#scratch()}
     * @param searching whether a {@code mgit bisect} is under way, whose logs then stay
     */
    public static List<Leftover> before(Instant horizon, Path scratch, boolean searching) {
        List<Path> candidates = new ArrayList<>();
        for (String kind : List.of("runs", "tests", "events")) {
            Folders.folders(scratch.resolve(kind)).stream()
                    .filter(folder -> !WorkFolder.held(folder))
                    .forEach(candidates::add);
        }
        candidates.addAll(Updates.logsOfThePast(scratch));
        if (!searching) {
            candidates.addAll(Folders.folders(BisectRun.logs(scratch)));
        }
        return candidates.stream()
                // Where mgit was killed its command may run on.
                .filter(folder -> !new JobHandle("", folder.resolve("job")).running())
                .filter(folder -> !changed(folder).isAfter(horizon))
                .map(folder -> new Leftover(folder, bytes(folder)))
                .toList();
    }

    /** Deletes them. */
    public static void delete(List<Leftover> leftovers) {
        leftovers.forEach(leftover -> Folders.delete(leftover.folder()));
    }

    private static Instant changed(Path folder) {
        return attributes(folder).stream()
                .map(entry -> entry.lastModifiedTime().toInstant())
                .max(Instant::compareTo)
                .orElse(Instant.MIN);
    }

    private static long bytes(Path folder) {
        return attributes(folder).stream()
                .filter(BasicFileAttributes::isRegularFile)
                .mapToLong(BasicFileAttributes::size)
                .sum();
    }

    /** Of the folder and all below it. */
    private static List<BasicFileAttributes> attributes(Path folder) {
        List<BasicFileAttributes> all = new ArrayList<>();
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                all.add(Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
