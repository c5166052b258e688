package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.text.Secrets;
import dev.mgit.lineage.version.ExchangeTransaction;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.NoteMerger;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;

/** Collects what shall become of references, with the notes and records that come along. */
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
        for (Ref ref : RefListing.all(git)) {
            if (!ref.isSymbolic() && ref.getObjectId() != null) {
                before.put(ref.getName(), ref.getObjectId());
            }
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
                new ReferenceMoves(lineage, before, after).make(description, author, when, undoes);
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
}
