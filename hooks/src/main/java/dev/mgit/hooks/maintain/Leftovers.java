package dev.mgit.hooks.maintain;

import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.bisect.BisectRun;
import dev.mgit.hooks.cascade.Updates;
import dev.mgit.hooks.executor.JobHandle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What commands have left below {@code .mgit/hooks} for somebody to read: folders of runs that failed or were killed,
 * logs of updates and searches that are over, what updates keep for later ones. What a process still works with is none.
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
        for (String kind : List.of("runs", "tests", "events", "patches", "megatron", "import", "merging")) {
            FolderTools.folders(scratch.resolve(kind)).stream()
                    .filter(folder -> !WorkFolder.held(folder))
                    .forEach(candidates::add);
        }
        candidates.addAll(Updates.finishedUpdateLogs(scratch));
        candidates.addAll(Updates.keptOutputs(scratch));
        if (!searching) {
            candidates.addAll(FolderTools.folders(BisectRun.logs(scratch)));
        }
        return candidates.stream()
                // Where mgit was killed its command may run on.
                .filter(folder -> !new JobHandle("", folder.resolve("job")).running())
                .flatMap(folder -> old(folder, horizon).stream())
                .toList();
    }

    /** Deletes them. */
    public static void delete(List<Leftover> leftovers) {
        leftovers.forEach(leftover -> FolderTools.delete(leftover.folder()));
    }

    /** The folder, if nothing in it is younger; a command that ends meanwhile deletes its own. */
    private static Optional<Leftover> old(Path folder, Instant horizon) {
        List<BasicFileAttributes> all;
        try {
            all = attributes(folder);
        } catch (IOException | UncheckedIOException e) {
            IOException cause = e instanceof UncheckedIOException unchecked ? unchecked.getCause() : (IOException) e;
            if (cause instanceof NoSuchFileException) {
                return Optional.empty();
            }
            throw new UncheckedIOException(cause);
        }
        boolean young = all.stream()
                .anyMatch(entry -> entry.lastModifiedTime().toInstant().isAfter(horizon));
        long bytes = all.stream()
                .filter(BasicFileAttributes::isRegularFile)
                .mapToLong(BasicFileAttributes::size)
                .sum();
        return young ? Optional.empty() : Optional.of(new Leftover(folder, bytes));
    }

    /** Of the folder and all below it. */
    private static List<BasicFileAttributes> attributes(Path folder) throws IOException {
        List<BasicFileAttributes> all = new ArrayList<>();
        try (Stream<Path> entries = Files.walk(folder)) {
            for (Path entry : (Iterable<Path>) entries::iterator) {
                all.add(Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
            }
        }
        return all;
    }
}
