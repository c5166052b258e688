package dev.mgit.lineage.git;

import dev.mgit.lineage.text.Secrets;
import dev.mgit.lineage.version.ExchangeTransaction;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.GpgSignature;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.TagBuilder;
import org.eclipse.jgit.notes.Note;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevSort;
import org.eclipse.jgit.revwalk.RevWalk;

/** What a lineage and one elsewhere have to know of each other; the counterpart of {@link GitRemote} here. */
public final class GitExchange implements AutoCloseable {
    /** What follows the name of a tag where its object is meant, in the words of Git's revisions. */
    public static final String TAG_OBJECT = "^{tag}";

    private final GitLineage lineage;
    private final Anchor anchor;
    private boolean closed;

    private GitExchange(GitLineage lineage, Path operationLog) {
        this.lineage = lineage;
        this.anchor = new Anchor(lineage, operationLog);
    }

    /** Parameters as for {@link GitLineage#open(Path, Path, Consumer)}. */
    public static GitExchange open(Path directory, Path operationLog, Consumer<String> warnings) {
        return new GitExchange(GitLineage.open(directory, operationLog, warnings), operationLog);
    }

    public Lineage lineage() {
        return lineage;
    }

    /**
     * Opens a lineage elsewhere.
     *
     * @param environment of the user, for the programs that Git's protocols need
     * @param messages told each line the other side has for the user
     */
    public GitRemote remote(RemoteAddress address, Map<String, String> environment, Consumer<String> messages) {
        return new GitRemote(lineage, address, environment, messages);
    }

    /** As {@link GitLineage#refresh}. */
    public void refresh() {
        lineage.refresh();
    }

    /** As {@link Lineage#begin}. */
    public ExchangeTransaction begin(String description, Person author) {
        return GitErrors.translateFailures(() -> {
            ReferenceMoves.recover(lineage);
            lineage.refresh();
            return new GitTransaction(lineage, description, author, Instant.now());
        });
    }

    /** References here, by full name, as {@link #add} has them. */
    public Map<String, VersionId> references() {
        return GitErrors.reading(() -> {
            var found = new TreeMap<String, VersionId>();
            for (Ref ref : RefListing.below(lineage.git(), Constants.R_REFS)) {
                add(found, lineage.git().getRefDatabase().peel(ref));
            }
            return found;
        });
    }

    /** A tag is followed to its commit; where it is an object of its own, that is there as {@code NAME^{tag}}. */
    static void add(Map<String, VersionId> references, Ref peeled) {
        ObjectId target = peeled.getObjectId();
        if (target == null || peeled.isSymbolic() || !peeled.getName().startsWith(Constants.R_REFS)) {
            return;
        }
        ObjectId commit = peeled.getPeeledObjectId();
        references.put(peeled.getName(), GitLineage.id(commit == null ? target : commit));
        if (commit != null) {
            references.put(peeled.getName() + TAG_OBJECT, GitLineage.id(target));
        }
    }

    /**
     * Writes a signed tag of a version, as an object that no reference leads to yet.
     *
     * @return its id, for {@link ExchangeTransaction#setTag}
     */
    public VersionId writeTag(String name, VersionId version, String message, Person author, GitSigner signer) {
        Secrets.refuse("the message", message);
        var tag = new TagBuilder();
        tag.setTag(name);
        tag.setObjectId(ObjectId.fromString(version.hex()), Constants.OBJ_COMMIT);
        tag.setTagger(VersionWriter.ident(author, Instant.now()));
        tag.setMessage(message.strip() + "\n");
        return GitErrors.translateFailures(() -> {
            tag.setGpgSignature(new GpgSignature(signer.sign(tag.build(), author)));
            try (ObjectInserter inserter = lineage.git().newObjectInserter()) {
                ObjectId id = inserter.insert(tag);
                inserter.flush();
                return GitLineage.id(id);
            }
        });
    }

    /** What is known of the models of a remote, by name. */
    public Map<String, VersionId> remoteModels(String remote) {
        String prefix = Constants.R_REMOTES + remote + "/";
        var found = new TreeMap<String, VersionId>();
        references().forEach((ref, id) -> {
            if (ref.startsWith(prefix)) {
                found.put(ref.substring(prefix.length()), id);
            }
        });
        return found;
    }

    /** Where Git's own logs say that references below a prefix were, or were about to be when a command was stopped. */
    public Set<VersionId> logged(String prefix) {
        return GitErrors.reading(() -> {
            var logs = new Reflogs(lineage.git().getDirectory().toPath());
            var found = new LinkedHashSet<VersionId>();
            for (String reference : logs.references()) {
                if (reference.startsWith(prefix)) {
                    logs.newestFirst(reference).forEach(id -> found.add(new VersionId(id)));
                }
            }
            return found;
        });
    }

    /** The notes that a commit of a notes reference lists, whether a reference leads to it or not. */
    public List<byte[]> notesOf(VersionId state) {
        return GitErrors.reading(() -> {
            List<byte[]> found = new ArrayList<>();
            try (var walk = new RevWalk(lineage.git())) {
                RevCommit commit = walk.parseCommit(ObjectId.fromString(state.hex()));
                for (Note note : NoteMap.read(walk.getObjectReader(), commit)) {
                    found.add(walk.getObjectReader()
                            .open(note.getData(), Constants.OBJ_BLOB)
                            .getBytes());
                }
            }
            return found;
        });
    }

    /**
     * Commits that some lead to and others do not, parents before children, by Git's parents alone.
     *
     * @param without those that are not here are passed over
     */
    public List<VersionId> between(Collection<VersionId> from, Collection<VersionId> without) {
        return GitErrors.reading(() -> {
            try (var walk = new RevWalk(lineage.git())) {
                walk.setRetainBody(false);
                walk.sort(RevSort.TOPO);
                walk.sort(RevSort.REVERSE, true);
                for (VersionId id : from) {
                    walk.markStart(walk.parseCommit(ObjectId.fromString(id.hex())));
                }
                for (VersionId id : without) {
                    Optional<RevCommit> here = commit(walk, id);
                    if (here.isPresent()) {
                        walk.markUninteresting(here.get());
                    }
                }
                List<VersionId> found = new ArrayList<>();
                for (RevCommit commit : walk) {
                    found.add(GitLineage.id(commit));
                }
                return found;
            }
        });
    }

    /** Whether everything one version leads to is led to by another; false if either is not here. */
    public boolean isAncestor(VersionId ancestor, VersionId head) {
        return GitErrors.reading(() -> {
            try (var walk = new RevWalk(lineage.git())) {
                walk.setRetainBody(false);
                Optional<RevCommit> older = commit(walk, ancestor);
                Optional<RevCommit> newer = commit(walk, head);
                return older.isPresent() && newer.isPresent() && walk.isMergedInto(older.get(), newer.get());
            }
        });
    }

    /** What a revision of a name's spelling means already, whatever models and tags there are; empty if it is free. */
    public Optional<String> meaning(String name) {
        return GitErrors.reading(() -> ReferenceNames.meaning(lineage.git(), name));
    }

    /** Whether a commit is here and holds a checkpoint. */
    public boolean isVersion(VersionId id) {
        return GitErrors.reading(() -> {
            try (var walk = new RevWalk(lineage.git())) {
                Optional<RevCommit> commit = commit(walk, id);
                return commit.isPresent() && GitLiveness.isVersion(lineage, commit.get());
            }
        });
    }

    /**
     * Takes objects over that are missing or damaged here, and whatever they lead to that is, too.
     *
     * @param other a lineage that may have them
     * @return how many were
     */
    public int takeOver(GitExchange other, Collection<String> lost) {
        return GitErrors.translateFailures(() -> new LostObjectsTransfer(lineage, other.lineage).run(lost));
    }

    /** Stores a small file as Git does, if its id is one of those that are wanted. */
    public boolean storeIfWanted(byte[] content, Collection<String> wanted) {
        return GitErrors.translateFailures(() -> {
            try (ObjectInserter inserter = lineage.git().newObjectInserter()) {
                boolean is = wanted.contains(
                        inserter.idFor(Constants.OBJ_BLOB, content).name());
                if (is) {
                    inserter.insert(Constants.OBJ_BLOB, content);
                    inserter.flush();
                }
                return is;
            }
        });
    }

    /** Commits that hold files, and are no versions. */
    public Parcels parcels() {
        return new Parcels(lineage);
    }

    /**
     * Writes a version and all it was made from as a bundle: see {@link LineageBundle}.
     *
     * @param scratch a folder that is not there yet, and that the caller removes
     */
    public void writeBundle(VersionId subject, Path scratch, OutputStream out) {
        GitErrors.translateFailures(() -> {
            new BundleWriting(lineage, subject).write(subject, scratch, out);
            return true;
        });
    }

    /** Git's own signatures of a version's commit and of the tags on it. */
    public List<GitSignature> signatures(VersionId version) {
        return GitErrors.reading(() -> GitSignature.of(lineage, ObjectId.fromString(version.hex())));
    }

    /** Where models, tags, notes and the registry are, by full name of their references. */
    public Map<String, String> anchored() {
        return GitErrors.reading(anchor::references);
    }

    /** What became of them since that does not happen by itself, a sentence each. */
    public List<String> changesSince(Map<String, String> then) {
        return GitErrors.reading(() -> anchor.changes(then));
    }

    /** The digest of the operation log's last record; empty if there is none. */
    public Optional<String> operationHead() {
        return GitErrors.reading(anchor::logHead);
    }

    /** Whether the operation log has a record of that digest. */
    public boolean hasOperation(String head) {
        return GitErrors.reading(() -> anchor.logHas(head));
    }

    /** What a commit that is here follows. */
    public List<VersionId> parents(VersionId commit) {
        return GitErrors.reading(() -> {
            try (var walk = new RevWalk(lineage.git())) {
                return Arrays.stream(walk.parseCommit(ObjectId.fromString(commit.hex()))
                                .getParents())
                        .map(GitLineage::id)
                        .toList();
            }
        });
    }

    private static Optional<RevCommit> commit(RevWalk walk, VersionId id) throws IOException {
        try {
            return Optional.of(walk.parseCommit(ObjectId.fromString(id.hex())));
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        closed = true;
        lineage.close();
    }

    public boolean isClosed() {
        return closed;
    }
}
