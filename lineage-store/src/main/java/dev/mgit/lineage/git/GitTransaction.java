package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.text.Secrets;
import dev.mgit.lineage.version.ExchangeTransaction;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.NoteMerger;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.BatchRefUpdate;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.ReceiveCommand;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/** Collects reference moves and makes them in one atomic batch, after the operation log knows of them. */
final class GitTransaction implements ExchangeTransaction {
    private final GitLineage lineage;
    private final Repository git;
    private final String description;
    private final Person author;
    private final Instant when;

    /** What every reference was when the transaction began. */
    private final Map<String, ObjectId> before = new HashMap<>();

    /** What references shall be; null is none. */
    private final Map<String, @Nullable ObjectId> after = new LinkedHashMap<>();

    private final Map<String, Map<VersionId, Optional<byte[]>>> notes = new LinkedHashMap<>();
    private final Map<String, Set<VersionId>> aside = new LinkedHashMap<>();
    private final Map<String, Optional<byte[]>> registry = new LinkedHashMap<>();

    /** Work on histories of their own that ends in reference moves. */
    private final List<Joining> joinings = new ArrayList<>();

    private Optional<String> undoes = Optional.empty();

    private interface Joining {
        void join(ObjectInserter inserter) throws IOException;
    }

    GitTransaction(GitLineage lineage, String description, Person author, Instant when) throws IOException {
        this.lineage = lineage;
        this.git = lineage.git();
        this.description = Secrets.mask(description);
        this.author = author;
        this.when = when;
        for (Ref ref : git.getRefDatabase().getRefs()) {
            if (!ref.isSymbolic() && ref.getObjectId() != null) {
                before.put(ref.getName(), ref.getObjectId());
            }
        }
    }

    /** Settles an operation that a crash left open: it happened if every reference it names is where it put it. */
    static void recover(GitLineage lineage) throws IOException {
        Optional<Operation> open = lineage.operationLog().open();
        if (open.isPresent()) {
            boolean happened = true;
            for (Operation.RefChange change : open.get().changes()) {
                Ref ref = lineage.git().exactRef(change.ref());
                Optional<String> now =
                        Optional.ofNullable(ref).map(Ref::getObjectId).map(ObjectId::name);
                happened &= now.equals(change.after());
            }
            lineage.operationLog().close(open.get().id(), happened);
        }
    }

    void undoing(String operation) {
        undoes = Optional.of(operation);
    }

    @Override
    public VersionId write(NewVersion version) {
        Secrets.refuse("the message", version.message());
        version.trailers().forEach((key, value) -> Secrets.refuse("the trailer '" + key + "'", value));
        version.extra().forEach((name, content) -> Secrets.refuse("the record '" + name + "'", content));
        return GitErrors.translateFailures(() -> new VersionWriter(lineage).write(version));
    }

    @Override
    public void setModel(String name, VersionId head) {
        set(ReferenceNames.branch(name), ObjectId.fromString(head.hex()));
    }

    @Override
    public void deleteModel(String name) {
        set(ReferenceNames.branch(name), null);
    }

    @Override
    public void setTag(String name, VersionId version) {
        set(ReferenceNames.checked(Constants.R_TAGS + name, "tag", name), ObjectId.fromString(version.hex()));
    }

    @Override
    public void deleteTag(String name) {
        set(ReferenceNames.checked(Constants.R_TAGS + name, "tag", name), null);
    }

    @Override
    public void setPrivateRef(String name, VersionId version) {
        set(ReferenceNames.checked(GitLineage.PRIVATE + name, "reference", name), ObjectId.fromString(version.hex()));
    }

    @Override
    public void deletePrivateRef(String name) {
        set(ReferenceNames.checked(GitLineage.PRIVATE + name, "reference", name), null);
    }

    @Override
    public void setRemoteModel(String remote, String name, VersionId head) {
        set(remoteModel(remote, name), ObjectId.fromString(head.hex()));
    }

    @Override
    public void deleteRemoteModel(String remote, String name) {
        set(remoteModel(remote, name), null);
    }

    private static String remoteModel(String remote, String name) {
        return ReferenceNames.checked(Constants.R_REMOTES + remote + "/" + name, "model", name);
    }

    @Override
    public void mergeNotes(String namespace, VersionId theirs, NoteMerger merger) {
        String ref = GitLineage.NOTES + namespace;
        ObjectId id = ObjectId.fromString(theirs.hex());
        joinings.add(inserter ->
                joined(inserter, ref, id, new NoteMerge(git, inserter).notes(namespace, ours(ref), id, merger)));
    }

    @Override
    public void mergeRegistry(VersionId theirs) {
        String ref = GitLineage.REGISTRY;
        ObjectId id = ObjectId.fromString(theirs.hex());
        joinings.add(inserter -> joined(inserter, ref, id, new NoteMerge(git, inserter).registry(ours(ref), id)));
    }

    /** Where mgit left a reference: what was put in its place is not handed on as our own. */
    private @Nullable ObjectId ours(String ref) throws IOException {
        for (OutsideChanges.Move move : lineage.outsideChanges()) {
            if (move.ref().equals(ref) && move.isCurrent()) {
                return move.left().map(ObjectId::fromString).orElse(null);
            }
        }
        return before.get(ref);
    }

    private void joined(ObjectInserter inserter, String ref, ObjectId theirs, NoteMerge.Joined result)
            throws IOException {
        if (result.tree() != null) {
            commitOnto(inserter, ref, result.tree(), theirs);
        } else {
            set(ref, result.commit());
        }
    }

    void set(String ref, @Nullable ObjectId target) {
        after.put(ref, target);
    }

    @Override
    public void putNote(String namespace, VersionId version, byte[] content) {
        Secrets.refuse("the note '" + namespace + "' on version " + version.abbreviated(), content);
        notes.computeIfAbsent(namespace, unused -> new HashMap<>()).put(version, Optional.of(content.clone()));
    }

    @Override
    public void removeNote(String namespace, VersionId version) {
        notes.computeIfAbsent(namespace, unused -> new HashMap<>()).put(version, Optional.empty());
    }

    @Override
    public void setNoteAside(String namespace, VersionId version) {
        aside.computeIfAbsent(namespace, unused -> new LinkedHashSet<>()).add(version);
    }

    @Override
    public void putRegistryFile(String path, byte[] content) {
        Secrets.refuse("the registration '" + path + "'", content);
        registry.put(path, Optional.of(content.clone()));
    }

    @Override
    public void removeRegistryFile(String path) {
        registry.put(path, Optional.empty());
    }

    @Override
    public void apply() {
        GitErrors.translateFailures(() -> {
            // Writing notes changes the maps that were read: forgotten afterwards, whether or not they became true.
            try (ObjectInserter inserter = git.newObjectInserter()) {
                for (Map.Entry<String, Map<VersionId, Optional<byte[]>>> changed : notes.entrySet()) {
                    writeNotes(inserter, changed.getKey(), changed.getValue());
                }
                for (Map.Entry<String, Set<VersionId>> moved : aside.entrySet()) {
                    moveNotes(inserter, moved.getKey(), moved.getValue());
                }
                if (!registry.isEmpty()) {
                    writeRegistry(inserter);
                }
                for (Joining joining : joinings) {
                    joining.join(inserter);
                }
                inserter.flush();
                requireTargets();
                moveReferences();
            } finally {
                lineage.forgetRead();
            }
            return true;
        });
    }

    /** What a reference is to lead to was chosen before; another command may have removed it, and cleaned up, since. */
    private void requireTargets() throws IOException {
        for (Map.Entry<String, @Nullable ObjectId> reference : after.entrySet()) {
            ObjectId target = reference.getValue();
            if (target != null
                    && !target.equals(before.get(reference.getKey()))
                    && !git.getObjectDatabase().has(target)) {
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        target.name() + ", which " + reference.getKey()
                                + " was to lead to, was removed meanwhile; nothing was " + "changed",
                        "run the command again");
            }
        }
    }

    private void writeNotes(ObjectInserter inserter, String namespace, Map<VersionId, Optional<byte[]>> changed)
            throws IOException {
        String ref = GitLineage.NOTES + namespace;
        lineage.noteFiles().forget();
        var map = lineage.noteFiles().map(namespace);
        for (Map.Entry<VersionId, Optional<byte[]>> note : changed.entrySet()) {
            ObjectId version = ObjectId.fromString(note.getKey().hex());
            if (note.getValue().isPresent()) {
                map.set(
                        version,
                        inserter.insert(Constants.OBJ_BLOB, note.getValue().get()));
            } else {
                map.remove(version);
            }
        }
        commitOnto(inserter, ref, map.writeTree(inserter));
    }

    /**
     * Moves notes by the ids of their blobs, which need not be readable. In the place of one that was changed outside mgit
     * comes the one that mgit knows.
     */
    private void moveNotes(ObjectInserter inserter, String namespace, Set<VersionId> versions) throws IOException {
        String kept = Notes.SET_ASIDE + namespace;
        NoteMap found = lineage.noteFiles().found(namespace);
        NoteMap from = lineage.noteFiles().map(namespace);
        NoteMap to = lineage.noteFiles().map(kept);
        boolean any = false;
        for (VersionId version : versions) {
            ObjectId id = ObjectId.fromString(version.hex());
            ObjectId moved = found.get(id);
            if (moved != null) {
                any = true;
                to.set(id, moved);
            }
            if (moved != null && moved.equals(from.get(id))) {
                from.remove(id);
            }
        }
        if (any) {
            commitOnto(inserter, GitLineage.NOTES + kept, to.writeTree(inserter));
        }
        commitOnto(inserter, GitLineage.NOTES + namespace, from.writeTree(inserter));
    }

    private void writeRegistry(ObjectInserter inserter) throws IOException {
        DirCache tree = DirCache.newInCore();
        DirCacheBuilder builder = tree.builder();
        Ref now = git.exactRef(GitLineage.REGISTRY);
        if (now != null) {
            try (var walk = new RevWalk(git);
                    var old = new TreeWalk(git)) {
                old.addTree(walk.parseCommit(now.getObjectId()).getTree());
                old.setRecursive(true);
                while (old.next()) {
                    if (!registry.containsKey(old.getPathString())) {
                        var kept = new DirCacheEntry(old.getPathString());
                        kept.setFileMode(FileMode.REGULAR_FILE);
                        kept.setObjectId(old.getObjectId(0));
                        builder.add(kept);
                    }
                }
            }
        }
        for (Map.Entry<String, Optional<byte[]>> file : registry.entrySet()) {
            if (file.getValue().isPresent()) {
                VersionWriter.add(
                        builder, inserter, file.getKey(), file.getValue().get(), false);
            }
        }
        builder.finish();
        commitOnto(inserter, GitLineage.REGISTRY, tree.writeTree(inserter));
    }

    /** Advances a reference that has a history of its own by one commit, which may join another history. */
    private void commitOnto(ObjectInserter inserter, String ref, ObjectId tree, ObjectId... joined) throws IOException {
        ObjectId now = before.get(ref);
        var commit = new CommitBuilder();
        commit.setTreeId(tree);
        List<ObjectId> parents = new ArrayList<>(List.of(joined));
        if (now != null) {
            parents.add(0, now);
        }
        commit.setParentIds(parents);
        commit.setMessage(description);
        commit.setAuthor(VersionWriter.ident(author, when));
        commit.setCommitter(VersionWriter.ident(author, when));
        set(ref, inserter.insert(commit));
    }

    private void moveReferences() throws IOException {
        List<ReceiveCommand> commands = new ArrayList<>();
        List<Operation.RefChange> changes = new ArrayList<>();
        after.forEach((ref, target) -> {
            ObjectId old = before.get(ref);
            if (target == null ? old != null : !target.equals(old)) {
                ObjectId zero = ObjectId.zeroId();
                commands.add(new ReceiveCommand(old == null ? zero : old, target == null ? zero : target, ref));
                changes.add(new Operation.RefChange(
                        ref,
                        Optional.ofNullable(old).map(ObjectId::name),
                        Optional.ofNullable(target).map(ObjectId::name)));
            }
        });
        if (commands.isEmpty()) {
            return;
        }
        ReferenceNames.requireFree(lineage.git(), before, after);
        String id = UUID.randomUUID().toString().replace("-", "").substring(0, 12);
        Map<String, String> now = ReferenceCheck.now(lineage);
        boolean outside = !OutsideChanges.quickly(lineage, now).isEmpty();
        String fingerprint = new ReferenceCheck(lineage).fingerprintAfter(now, changes);
        beginChain(now);
        lineage.operationLog().intend(new Operation(id, description, author, when, changes, undoes));
        boolean done = false;
        try {
            done = execute(commands);
            syncNames(commands);
        } finally {
            close(id, done, fingerprint, outside);
        }
    }

    /** A log that was written without a chain, or was lost, vouches for nothing before. */
    private void beginChain(Map<String, String> now) throws IOException {
        boolean lost = lineage.operationLog().isMissing() && !before.isEmpty();
        if (lost || !lineage.operationLog().isChained()) {
            lineage.operationLog().beginChain(new ReferenceCheck(lineage).belonging(now));
        }
    }

    /** What cannot be written down now, on a full disk, the next operation finds out by the references themselves. */
    private void close(String id, boolean done, String fingerprint, boolean outside) {
        try {
            if (done) {
                lineage.operationLog().done(id, fingerprint, outside);
            } else {
                lineage.operationLog().close(id, false);
            }
        } catch (IOException e) {
            // see recover
        }
    }

    /** Of references that are files of their own, and of the file that packs them. */
    private void syncNames(List<ReceiveCommand> commands) throws IOException {
        Path top = git.getDirectory().toPath();
        Set<Path> folders = new LinkedHashSet<>(Set.of(top));
        for (ReceiveCommand command : commands) {
            Path folder = top.resolve(command.getRefName()).getParent();
            while (folder != null && folders.add(folder)) {
                folder = folder.getParent();
            }
        }
        for (Path folder : folders) {
            if (folder.startsWith(top) && Files.isDirectory(folder)) {
                DurableNames.sync(folder);
            }
        }
    }

    private boolean execute(List<ReceiveCommand> commands) throws IOException {
        BatchRefUpdate batch = git.getRefDatabase().newBatchUpdate();
        batch.setAtomic(true);
        batch.setAllowNonFastForwards(true);
        batch.setRefLogIdent(VersionWriter.ident(author, when));
        batch.setRefLogMessage(description, false);
        batch.addCommand(commands);
        try (var walk = new RevWalk(git)) {
            batch.execute(walk, NullProgressMonitor.INSTANCE);
        }
        for (ReceiveCommand command : commands) {
            if (command.getResult() == ReceiveCommand.Result.LOCK_FAILURE
                    && git.getRefDatabase().isNameConflicting(command.getRefName())) {
                throw MgitException.usage("cannot create '" + Repository.shortenRefName(command.getRefName())
                        + "': part of that name is already a name, or the folder of other names");
            }
            if (command.getResult() == ReceiveCommand.Result.LOCK_FAILURE) {
                if (isAsExpected(command)) {
                    // JGit takes a file that cannot be written for one that somebody else has
                    throw new IOException("cannot move '" + Repository.shortenRefName(command.getRefName())
                            + "': another Git has it locked, or the disk of " + git.getDirectory()
                            + " is full or cannot be written");
                }
                throw new MgitException(
                        MgitException.Kind.CONFLICT,
                        "'" + Repository.shortenRefName(command.getRefName()) + "' was changed by another process",
                        "run the command again");
            }
            if (command.getResult() != ReceiveCommand.Result.OK) {
                throw MgitException.failed("cannot move '" + Repository.shortenRefName(command.getRefName()) + "': "
                        + command.getResult() + " " + command.getMessage());
            }
        }
        return true;
    }

    private boolean isAsExpected(ReceiveCommand command) throws IOException {
        Ref now = git.exactRef(command.getRefName());
        return command.getOldId().equals(now == null ? ObjectId.zeroId() : now.getObjectId());
    }
}
