package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.Pack;
import org.eclipse.jgit.internal.storage.file.PackIndex;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.revwalk.ObjectWalk;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevObject;
import org.eclipse.jgit.revwalk.RevWalk;

/** Upkeep of the lineage repository: what in it is live, checking it, and cleaning it up. */
public final class GitMaintenance implements AutoCloseable {
    /** Holds what only mgit knows to be live while Git's clean-up runs; one commit whose parents are those roots. */
    static final String KEEP = GitLineage.PRIVATE + "gc-keep";

    private final GitLineage lineage;

    private GitMaintenance(GitLineage lineage) {
        this.lineage = lineage;
    }

    /**
     * @param directory the bare Git repository
     * @param operationLog file beside it that records every change of references
     */
    public static GitMaintenance open(Path directory, Path operationLog) {
        return new GitMaintenance(GitLineage.open(directory, operationLog));
    }

    /**
     * What a clean-up takes away.
     *
     * @param operations entries of the operation log
     * @param versions commits of versions
     * @param objects Git objects in all
     */
    public record Garbage(int operations, int versions, int objects) {}

    /** Settles what a crash left open in the operation log. The caller holds mgit's writer lock. */
    public void settle() {
        GitErrors.translateFailures(() -> {
            ReferenceMoves.recover(lineage);
            return true;
        });
    }

    /**
     * Every version something live leads to: references, operations and reflog entries not older than the horizon,
     * checked-out folders, and edges added later.
     *
     * @throws MgitException of kind INTEGRITY if something live is missing or damaged
     */
    public Set<VersionId> liveVersions(Instant horizon, Collection<VersionId> checkedOut) {
        return GitErrors.reading(
                () -> GitLiveness.find(lineage, horizon, checkedOut).versions());
    }

    /** What {@link #collect} would take away. */
    public Garbage garbage(Instant horizon, Collection<VersionId> checkedOut) {
        return GitErrors.reading(() -> {
            var live = GitLiveness.find(lineage, horizon, checkedOut);
            int old = (int) lineage.operationLog().finished().stream()
                    .filter(operation -> isOld(operation, horizon))
                    .count();
            Set<ObjectId> dead = stored();
            dead.removeAll(reachable(live.commits()));
            int versions = 0;
            try (var walk = new RevWalk(lineage.git())) {
                for (ObjectId id : dead) {
                    versions += wasVersion(walk, id) ? 1 : 0;
                }
            }
            return new Garbage(old, versions, dead.size());
        });
    }

    /** Whether a dead object is a version's commit; a clean-up that was killed may have taken a part of it. */
    private boolean wasVersion(RevWalk walk, ObjectId id) throws IOException {
        try {
            return walk.parseAny(id) instanceof RevCommit commit && GitLiveness.isVersion(lineage, commit);
        } catch (MissingObjectException e) {
            return false;
        }
    }

    private static boolean isOld(Operation operation, Instant horizon) {
        return operation.when().isBefore(horizon);
    }

    private Set<ObjectId> reachable(Set<ObjectId> commits) throws IOException {
        Set<ObjectId> reached = new HashSet<>();
        try (var walk = new ObjectWalk(lineage.git())) {
            for (ObjectId commit : commits) {
                walk.markStart(walk.parseCommit(commit));
            }
            for (RevObject commit = walk.next(); commit != null; commit = walk.next()) {
                reached.add(commit.copy());
            }
            for (RevObject object = walk.nextObject(); object != null; object = walk.nextObject()) {
                reached.add(object.copy());
            }
        }
        // An annotated tag is an object of its own that no commit leads to.
        for (var ref : RefListing.all(lineage.git())) {
            if (ref.getObjectId() != null) {
                reached.add(ref.getObjectId());
            }
        }
        return reached;
    }

    /** Every object there is, loose or packed. */
    private Set<ObjectId> stored() throws IOException {
        Set<ObjectId> ids = new HashSet<>();
        for (Pack pack : lineage.git().getObjectDatabase().getPacks()) {
            for (PackIndex.MutableEntry entry : pack) {
                ids.add(entry.toObjectId());
            }
        }
        ids.addAll(GitFiles.looseObjects(lineage.git().getObjectsDirectory().toPath()));
        return ids;
    }

    /**
     * Forgets operations older than the horizon, then takes away what nothing live leads to and packs the rest. The
     * caller holds mgit's writer lock. A crash at any point leaves everything live in place. An operation that could not be
     * closed, such as one of the same command on a full disk, is settled before it can be forgotten.
     */
    public Garbage collect(Instant horizon, Collection<VersionId> checkedOut) {
        settle();
        Garbage garbage = garbage(horizon, checkedOut);
        return GitErrors.translateFailures(() -> {
            requireAlone();
            LineageFolder.removeUnfinished(lineage.git().getDirectory().toPath());
            LineageFolder.removeDerived(lineage.git());
            requireSoundPacks();
            lineage.operationLog().forget(operation -> isOld(operation, horizon));
            new Reflogs(lineage.git().getDirectory().toPath()).expire(horizon);
            keep(GitLiveness.find(lineage, horizon, checkedOut).unreferenced());
            clean();
            removeRef(KEEP);
            return garbage;
        });
    }

    /** A damaged index hides objects, and what cannot be found must not be taken for garbage. */
    private void requireSoundPacks() throws IOException {
        for (Path file :
                GitFiles.checksummed(lineage.git().getObjectsDirectory().toPath())) {
            if (!GitFiles.endsWithItsHash(file)) {
                throw new MgitException(
                        MgitException.Kind.INTEGRITY,
                        "Git file " + file + " is damaged: its checksum does not match; nothing was removed",
                        "run 'mgit fsck'");
            }
        }
    }

    /** Puts roots that no reference leads to under one for as long as Git's clean-up runs. */
    private void keep(Collection<ObjectId> roots) throws IOException {
        removeRef(KEEP);
        if (roots.isEmpty()) {
            return;
        }
        try (ObjectInserter inserter = lineage.git().newObjectInserter()) {
            var commit = new CommitBuilder();
            commit.setTreeId(inserter.insert(Constants.OBJ_TREE, new byte[0]));
            commit.setParentIds(new ArrayList<>(roots));
            var mgit = new PersonIdent("mgit", "", Instant.EPOCH, java.time.ZoneOffset.UTC);
            commit.setAuthor(mgit);
            commit.setCommitter(mgit);
            commit.setMessage("Kept during gc: what can be undone or is checked out");
            ObjectId id = inserter.insert(commit);
            inserter.flush();
            RefUpdate update = lineage.git().updateRef(KEEP);
            update.setNewObjectId(id);
            update.disableRefLog();
            requireDone(update.forceUpdate());
        }
    }

    private void removeRef(String name) throws IOException {
        if (lineage.git().exactRef(name) != null) {
            RefUpdate update = lineage.git().updateRef(name);
            update.setForceUpdate(true);
            update.disableRefLog();
            requireDone(update.delete());
            DurableNames.sync(lineage.git().getDirectory().toPath());
        }
    }

    private static void requireDone(RefUpdate.Result result) {
        switch (result) {
            case NEW, FORCED, FAST_FORWARD, NO_CHANGE -> {}
            default ->
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "cannot move the reference " + KEEP + ": " + result,
                        "run the command again when no other Git command is running in the lineage repository");
        }
    }

    private void clean() throws IOException {
        try {
            var gc = new DurableGc(lineage.git());
            gc.packReferences();
            gc.gc().join();
            syncReferences(lineage.git().getDirectory().toPath());
        } catch (ParseException | GitAPIException e) {
            throw new IOException("Git garbage collection failed: " + e.getMessage(), e);
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).startsWith("Panic: ")) { // what was packed is still there unpacked
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "the index of a new pack could not be renamed; nothing was removed",
                        "see that the disk has space and can be written, then run 'mgit gc' again",
                        e);
            }
            throw e;
        }
    }

    /** That the locks of references are gone, too, which would keep others from moving them. */
    private static void syncReferences(Path git) throws IOException {
        DurableNames.sync(git);
        for (String folder : List.of("refs", "logs")) {
            if (Files.isDirectory(git.resolve(folder))) {
                DurableNames.syncFolders(git.resolve(folder));
            }
        }
    }

    /**
     * Git's clean-up writes down its process and host, and refuses to run for half a day after one was killed.
     *
     * @throws MgitException of kind CONFLICT if another clean-up is running
     */
    private void requireAlone() throws IOException {
        Path pidFile = lineage.git().getDirectory().toPath().resolve("gc.pid");
        String holder;
        try {
            holder = Files.readString(pidFile, StandardCharsets.ISO_8859_1).strip();
        } catch (NoSuchFileException e) {
            return;
        }
        String pid = holder.split("[^0-9]", 2)[0];
        boolean running = !pid.isEmpty()
                && pid.length() < 18
                && Long.parseLong(pid) != ProcessHandle.current().pid()
                && ProcessHandle.of(Long.parseLong(pid))
                        .filter(ProcessHandle::isAlive)
                        .isPresent();
        if (running) {
            throw new MgitException(
                    MgitException.Kind.CONFLICT,
                    "git gc is running in the lineage repository (process " + holder + ")",
                    "run the command again when it is done, or remove " + pidFile + " if there is no such process");
        }
        Files.deleteIfExists(pidFile);
    }

    /**
     * Checks references, packs, the operation log, notes, and every Git object that any of them leads to.
     *
     * @param noteReaders by namespace: read a note, or throw
     * @param differences by namespace: tell in what a note differs from the one that was recorded
     */
    public GitHealth check(
            Collection<VersionId> checkedOut,
            Map<String, Consumer<byte[]>> noteReaders,
            Map<String, NoteDifference> differences) {
        return new GitCheck(lineage).everything(checkedOut, withOwn(noteReaders), differences);
    }

    /**
     * Reads the operation log: whether every record is whole and follows the one it was written after, and whether
     * references are where the records say.
     *
     * @return one sentence for each thing that is wrong
     */
    public List<String> verifyOperations() {
        return GitErrors.reading(() -> {
            List<String> found = new ArrayList<>();
            lineage.operationLog().damage().forEach(why -> found.add("the operation log: " + why));
            for (OutsideChanges.Move move : OutsideChanges.everything(lineage)) {
                found.add("reference " + move.ref() + ": " + OutsideText.of(lineage, move));
            }
            return found;
        });
    }

    /** What the commits of a version say of it, side by side. */
    public StoredVersion stored(VersionId version) {
        return GitErrors.reading(() -> StoredVersion.read(lineage, version));
    }

    /**
     * Mends what keeps a lineage repository from being opened, or its objects from being found: configuration, HEAD,
     * damaged references, indexes of packs. The caller holds mgit's writer lock.
     *
     * @return what was done, a line each
     */
    public static List<String> repairBooks(Path directory) throws IOException {
        QuietSystem.install();
        return BookRepair.run(directory);
    }

    /**
     * Puts references back to where the operation log left them, and sets notes aside that cannot be read, as operations
     * that can be undone. The caller holds mgit's writer lock.
     *
     * @param noteReaders by namespace: read a note, or throw
     * @return what was done, a line each
     */
    public List<String> repair(Person author, Map<String, Consumer<byte[]>> noteReaders) {
        return GitErrors.translateFailures(() -> new GitRepair(lineage, author).run(withOwn(noteReaders)));
    }

    private static Map<String, Consumer<byte[]>> withOwn(Map<String, Consumer<byte[]>> noteReaders) {
        Map<String, Consumer<byte[]>> all = new HashMap<>(noteReaders);
        all.put(EdgeNotes.NAMESPACE, EdgeNotes::parse);
        all.put(DroppedState.NAMESPACE, DroppedState::parse);
        all.put(DroppedState.UNSENT, DroppedState::parse);
        return all;
    }

    /** Checks the Git objects of some versions, without the versions before them. */
    public GitHealth checkOnly(Collection<VersionId> versions, Map<String, NoteDifference> differences) {
        return new GitCheck(lineage).only(versions, differences);
    }

    @Override
    public void close() {
        lineage.close();
    }
}
