package dev.mgit.hooks.watch;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.watch.WatchEvent.Kind;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.CommittedFolder;
import dev.mgit.lineage.checkpoint.FolderLook;
import dev.mgit.lineage.checkpoint.TrainingStep;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Makes versions of the checkpoints in a run's folder as they are finished, in the order of their steps, and deletes the
 * folders that a rule does not keep. All it knows is found out again after a restart: which version has a folder's
 * files, by their bytes.
 *
 * <p>A checkpoint is finished when it lacks nothing that {@link Unfinished} knows of and nothing in it was touched for
 * the time that {@link WatchSettings#settle} says, between two looks.
 */
public final class CheckpointWatch {
    /** Until what could not be committed for now is tried again. */
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final Repository repository;
    private final Plan plan;
    private final Committer committer;
    private final Consumer<WatchEvent> events;
    private final DiskRoom room;
    private final Tidying tidying;
    private final LongSupplier clock;
    private final ModelHistory history;
    private final Map<Path, WatchedFolder> folders = new LinkedHashMap<>();
    private Optional<MgitException> failure = Optional.empty();

    /**
     * What to do.
     *
     * @param run the folder whose children are checkpoints; absolute
     * @param keep which folders stay; empty to keep all
     */
    public record Plan(Path run, String model, Optional<KeepRule> keep, WatchSettings settings) {}

    /** How a checkpoint is committed: by the way all versions come in. */
    @FunctionalInterface
    public interface Committer {
        /** @param first whether the model has no version yet */
        CommitResult commit(Path folder, String message, Map<String, String> trailers, boolean first)
                throws IOException;
    }

    /** @param clock in nanoseconds, as {@link System#nanoTime} */
    public CheckpointWatch(
            Repository repository,
            Plan plan,
            Committer committer,
            Consumer<WatchEvent> events,
            FreeSpace space,
            LongSupplier clock) {
        this.repository = repository;
        this.plan = plan;
        this.committer = committer;
        this.events = events;
        this.room = new DiskRoom(space, plan.settings().minFree(), events);
        this.clock = clock;
        this.history = new ModelHistory(repository.lineage(), plan.model());
        this.tidying = new Tidying(repository, history, events);
    }

    /** Finishes what a killed watch was deleting. */
    public void recover() throws IOException {
        new FolderRemoval(repository).finish(plan.run(), events);
    }

    /**
     * Looks once, and does what there is to do.
     *
     * @param stopped asked between folders
     * @return how long at most until the next look; empty if no folder waits to settle
     */
    public Optional<Duration> look(BooleanSupplier stopped) throws IOException {
        seeAll();
        boolean goOn = true;
        for (WatchedFolder folder : List.copyOf(folders.values())) {
            boolean settled = folder.untilSettled(plan.settings().settle(), clock.getAsLong())
                    .isZero();
            if (!folder.isJudged() && settled && goOn && !stopped.getAsBoolean()) {
                goOn = judge(folder);
            }
        }
        if (goOn) {
            room.resume();
        }
        if (plan.keep().isPresent() && !stopped.getAsBoolean()) {
            tidying.tidy(plan.keep().get(), folders);
        }
        return folders.values().stream()
                .filter(folder -> !folder.isJudged())
                .map(folder -> folder.untilSettled(plan.settings().settle(), clock.getAsLong()))
                .map(left -> left.isZero() ? AGAIN : left)
                .min(Comparator.naturalOrder());
    }

    /** Whether it waits for room on the disk. */
    public boolean isPaused() {
        return room.isPaused();
    }

    /** The first failure to commit a folder that is still as it was then. */
    public Optional<MgitException> failure() {
        return failure;
    }

    /** Tells of the folders that something still writes to. */
    public void tellUnsettled() {
        for (WatchedFolder folder : folders.values()) {
            if (!folder.isJudged() && !room.isPaused()) {
                tell(folder, Kind.WAITING, "something still writes to it");
            }
        }
    }

    private void seeAll() throws IOException {
        Map<Path, WatchedFolder> seen = new HashMap<>(folders);
        folders.clear();
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(plan.run())) {
            for (Path child : children) {
                boolean named =
                        TrainingStep.ofName(child.getFileName().toString()).isPresent();
                if (named && Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    found.add(child);
                }
            }
        }
        found.sort(Comparator.comparingLong(CheckpointWatch::number).thenComparing(Comparator.naturalOrder()));
        for (Path child : found) {
            WatchedFolder folder = seen.getOrDefault(child, new WatchedFolder(child));
            try {
                folder.see(FolderLook.of(child), clock.getAsLong());
                folders.put(child, folder);
            } catch (NoSuchFileException e) {
                // gone meanwhile
            } catch (IOException e) {
                folder.seeNothing();
                folders.put(child, folder);
                tell(folder, Kind.FAILED, "it cannot be read: " + e.getMessage());
            }
        }
    }

    private static long number(Path checkpoint) {
        return TrainingStep.ofName(checkpoint.getFileName().toString()).orElse(0);
    }

    /** Finds out what a folder is that was left alone for a while. False if there is no room to commit it. */
    private boolean judge(WatchedFolder folder) throws IOException {
        try {
            return knows(folder) || isWaiting(folder) || commit(folder);
        } catch (NoSuchFileException e) {
            tell(folder, Kind.FAILED, "it was removed before it could be committed");
            return true;
        }
    }

    /** Whether a version was made of it, be it as it is now or as it was. */
    private boolean knows(WatchedFolder folder) throws IOException {
        var committed = new CommittedFolder(repository, folder.path());
        Optional<VersionId> known = committed.version().filter(history::has);
        if (known.isPresent()) {
            Optional<String> difference = committed.difference(known.get(), folder.look());
            if (difference.isEmpty()) {
                hold(folder, known.get());
                return true;
            }
            if (!committed.isReplaced(known.get(), folder.look())) {
                folder.judged();
                if (folder.isNews(difference.get())) {
                    events.accept(of(Kind.KEPT, folder, known.get(), difference.get()));
                }
                return true;
            }
        }
        for (VersionId version : history.at(TrainingStep.of(folder.path()))) {
            if (committed.difference(version, folder.look()).isEmpty()) {
                hold(folder, version);
                return true;
            }
        }
        return false;
    }

    private void hold(WatchedFolder folder, VersionId version) throws IOException {
        folder.holds(version);
        if (folder.isNews(version.hex())) {
            events.accept(of(Kind.KNOWN, folder, version, ""));
        }
    }

    private static WatchEvent of(Kind kind, WatchedFolder folder, VersionId version, String detail) {
        return WatchEvent.of(kind, folder.name(), version, folder.look().bytes(), detail);
    }

    private boolean isWaiting(WatchedFolder folder) throws IOException {
        Optional<String> why = Unfinished.why(folder.path(), folder.look());
        why.ifPresent(reason -> {
            folder.judged();
            tell(folder, Kind.WAITING, reason);
        });
        return why.isPresent();
    }

    private boolean commit(WatchedFolder folder) throws IOException {
        if (!room.isEnoughFor(folder)) {
            return false;
        }
        long when = FileStat.now();
        FolderLook before = FolderLook.of(folder.path());
        if (!before.equals(folder.look())) {
            return true; // it is being written to again
        }
        try {
            new CommittedFolder(repository, folder.path()).forget();
            CommitResult result = commitNow(folder);
            new CommittedFolder(repository, folder.path()).record(result.version(), before, when);
            folder.holds(result.version());
            var unused = folder.isNews(result.version().hex());
            events.accept(new WatchEvent(
                    Kind.COMMITTED,
                    Optional.of(folder.name()),
                    Optional.of(result.version()),
                    result.bytes(),
                    result.storedBytes(),
                    ""));
        } catch (MgitException | UncheckedIOException | IOException e) {
            return failed(folder, e);
        }
        return true;
    }

    private CommitResult commitNow(WatchedFolder folder) throws IOException {
        TrainerState state = TrainerState.of(folder.path());
        OptionalLong step = TrainingStep.of(folder.path());
        String message = "Step " + step.orElse(number(folder.path()))
                + state.steps().map(all -> " of " + all).orElse("");
        Map<String, String> trailers = new LinkedHashMap<>();
        state.metricsText().ifPresent(metrics -> trailers.put("Metrics", metrics));
        return committer.commit(folder.path(), message, trailers, history.isEmpty());
    }

    /** True if the next folder may be tried. */
    private boolean failed(WatchedFolder folder, Exception e) throws IOException {
        String why = said(e);
        if (DiskRoom.ranOut(e)) {
            room.pause("there was no room to commit " + folder.name() + ": " + why);
            return false;
        }
        if (e instanceof NoSuchFileException gone && Files.notExists(folder.path())) {
            throw gone;
        }
        boolean again = e instanceof MgitException known && known.kind() == MgitException.Kind.CONFLICT;
        if (!again) {
            folder.judged();
        }
        failure = failure.or(() -> Optional.of(
                e instanceof MgitException known ? known : MgitException.failed(folder.name() + ": " + why)));
        tell(folder, Kind.FAILED, why);
        return true;
    }

    private static String said(Exception e) {
        Throwable cause = e instanceof UncheckedIOException ? e.getCause() : null;
        return String.valueOf((cause == null ? e : cause).getMessage());
    }

    private void tell(WatchedFolder folder, Kind kind, String what) {
        if (folder.isNews(kind + what)) {
            events.accept(WatchEvent.of(kind, folder.name(), what));
        }
    }
}
