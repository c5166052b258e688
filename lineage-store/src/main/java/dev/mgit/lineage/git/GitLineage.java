package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Tag;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.jspecify.annotations.Nullable;

/**
 * The lineage graph in a bare Git repository: a model is a branch, a version a commit whose first parents are its
 * previous version and the versions it was derived from.
 *
 * <p>A version's tree: {@code files/PATH} (small files verbatim), {@code manifests/PATH} (what large files are made
 * of), {@code parts/PATH/} (lists of a long manifest), {@code mgit/version.json} and other records.
 */
public final class GitLineage implements Lineage {
    /** The newest schema of manifests that is written. */
    public static final long MANIFEST_SCHEMA = ManifestRecord.SCHEMA_NEWEST;

    static final String FILES = "files/";
    static final String MANIFESTS = "manifests/";
    static final String PARTS = "parts/";
    static final String RECORDS = "mgit/";
    static final String RECORD = RECORDS + "version.json";
    static final String NOTES = "refs/notes/mgit/";
    private static final String EDGE_NOTES = NOTES + EdgeNotes.NAMESPACE;
    static final String PRIVATE = "refs/mgit/";
    static final String REGISTRY = PRIVATE + "registry";

    private final VerifiedRepository git;
    private final RevWalk walk;
    private final TreeFiles trees;
    private final Notes notes;
    private final OperationLog operations;
    private final RecordedSizes sizes = new RecordedSizes(this);

    private final Warnings warnings;
    private Supplier<Optional<GitSigner>> signer = Optional::empty;
    private boolean referencesChecked;
    private @Nullable List<OutsideChanges.Move> outside;

    private GitLineage(VerifiedRepository git, Path operationLog, Consumer<String> warnings) {
        this.git = git;
        this.warnings = new Warnings(warnings);
        this.walk = new RevWalk(git);
        this.walk.setRetainBody(false);
        this.trees = new TreeFiles(git, walk);
        this.notes = new Notes(this, git, walk, this.warnings);
        this.operations = new OperationLog(operationLog);
    }

    /** Creates an empty lineage; everything written to it will be synced to disk before it counts. */
    public static void create(Path directory) {
        LineageFolder.create(directory);
    }

    /** Has plain Git, too, leave to the group what it writes there. */
    public static void share(Path directory) {
        LineageFolder.share(directory);
    }

    /** Whether plain Git would do so, by {@code core.sharedRepository}. */
    public static boolean isShared(Path directory) {
        return LineageFolder.isShared(directory);
    }

    /** As {@link #open(Path, Path, Consumer)}, for those to whom warnings are nothing. */
    public static GitLineage open(Path directory, Path operationLog) {
        return open(directory, operationLog, warning -> {});
    }

    /**
     * @param directory the bare Git repository
     * @param operationLog file beside it that records every change of references
     * @param warnings told once, in one sentence, of each thing that is odd but no reason to stop
     */
    public static GitLineage open(Path directory, Path operationLog, Consumer<String> warnings) {
        QuietSystem.install();
        LineageFolder.requireSelfContained(directory);
        LineageFolder.requirePlausibleIndexes(directory);
        try {
            return new GitLineage(new VerifiedRepository(directory.toFile()), operationLog, warnings);
        } catch (IllegalArgumentException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the lineage repository cannot be opened: " + e.getMessage(),
                    LineageFolder.REPAIR,
                    e);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Who signs every version written from now on, if anybody; asked when one is written. */
    public void signVersions(Supplier<Optional<GitSigner>> by) {
        signer = by;
    }

    Optional<GitSigner> signer() {
        return signer.get();
    }

    /** Removes locks and unfinished files a killed writer left in the Git repository. The caller holds mgit's lock. */
    public static void removeLeftovers(Path directory) throws IOException {
        LineageFolder.removeLeftovers(directory);
    }

    /**
     * Refuses a name that no model can have, before anything is stored under it.
     *
     * @param models those there are: {@code a} and {@code a/b} cannot both be
     * @throws MgitException of kind USAGE
     */
    public static void requireModelName(String name, List<Model> models) {
        ReferenceNames.requireModel(name, models);
    }

    /**
     * Refuses a name for a model that is to be stored, before anything is: one that no model can have, or that a tag has
     * already.
     *
     * @throws MgitException of kind USAGE
     */
    public static void requireModelName(String name, Lineage lineage) {
        ReferenceNames.requireModel(name, lineage.models());
        if (lineage.model(name).isEmpty()
                && lineage.tags().stream().anyMatch(tag -> tag.name().equals(name))) {
            throw ReferenceNames.taken("tag", name, "model");
        }
    }

    FileRepository git() {
        return git;
    }

    OperationLog operationLog() {
        return operations;
    }

    @Override
    public VersionId resolve(String revision) {
        return GitErrors.reading(() -> revisions().resolve(revision));
    }

    @Override
    public Optional<VersionId> tryResolve(String revision) {
        return GitErrors.reading(() -> revisions().tryResolve(revision));
    }

    private Revisions revisions() throws IOException {
        checkReferences();
        return new Revisions(this, warnings);
    }

    /** Before the first of them is believed. */
    private void checkReferences() throws IOException {
        if (!referencesChecked) {
            referencesChecked = true;
            Map<String, String> now = ReferenceCheck.now(this);
            if (ReferenceCheck.areInPlace(now, operationLog().strictFingerprint())) {
                outside = outside == null ? List.of() : outside;
                return;
            }
            var check = new ReferenceCheck(this);
            List<ReferenceCheck.Unexplained> unexplained = check.quickly(now);
            if (!unexplained.isEmpty()) {
                check.requireFound(now);
            }
            for (ReferenceCheck.Unexplained found : unexplained) {
                warnings.accept("references do not match the operation log: " + found.ref() + ": " + found.why()
                        + "; fix with 'mgit fsck --repair'");
            }
            outside = outside == null ? OutsideChanges.quickly(this, now) : outside;
        }
    }

    @Override
    public List<Model> models() {
        return GitErrors.reading(() -> refs(Constants.R_HEADS).entrySet().stream()
                .map(ref -> new Model(ref.getKey(), ref.getValue()))
                .toList());
    }

    @Override
    public Optional<Model> model(String name) {
        return GitErrors.reading(() -> {
            checkReferences();
            return Optional.ofNullable(git.exactRef(Constants.R_HEADS + name))
                    .filter(ref -> ref.getObjectId() != null) // a damaged one may name another reference
                    .map(ref -> new Model(name, id(ref.getObjectId())));
        });
    }

    @Override
    public List<Tag> tags() {
        return GitErrors.reading(() -> refs(Constants.R_TAGS).entrySet().stream()
                .map(ref -> new Tag(ref.getKey(), ref.getValue()))
                .toList());
    }

    @Override
    public Map<String, VersionId> privateRefs(String prefix) {
        return GitErrors.reading(() -> {
            var result = new LinkedHashMap<String, VersionId>();
            refs(PRIVATE + prefix).forEach((name, id) -> result.put(prefix + name, id));
            return result;
        });
    }

    /** References below a prefix, in name order, the prefix taken off; tags are followed to their commit. */
    private Map<String, VersionId> refs(String prefix) throws IOException {
        checkReferences();
        var result = new LinkedHashMap<String, VersionId>();
        for (Ref ref : RefListing.below(git, prefix)) {
            Ref peeled = git.getRefDatabase().peel(ref);
            ObjectId target = peeled.getPeeledObjectId() != null ? peeled.getPeeledObjectId() : ref.getObjectId();
            if (target != null) {
                result.put(ref.getName().substring(prefix.length()), id(target));
            }
        }
        return result;
    }

    @Override
    public String fingerprint() {
        return GitErrors.reading(() -> fingerprintOfGraph());
    }

    private String fingerprintOfGraph() throws IOException {
        checkReferences();
        return RefFingerprint.of(git, List.of(Constants.R_HEADS, Constants.R_TAGS, EDGE_NOTES));
    }

    @Override
    public Version version(VersionId id) {
        return GitErrors.reading(() -> version(commit(id)));
    }

    RevCommit commit(VersionId id) throws IOException {
        try {
            return GitErrors.retryMissing(() -> walk.parseCommit(ObjectId.fromString(id.hex())));
        } catch (MissingObjectException | IncorrectObjectTypeException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "version " + id.abbreviated() + " is missing from the lineage repository",
                    "run 'mgit fsck'",
                    e);
        }
    }

    private Version version(RevCommit commit) throws IOException {
        walk.parseBody(commit);
        CommitText text = CommitText.parse(commit.getFullMessage());
        PersonIdent author = commit.getAuthorIdent();
        var version = new Version(
                id(commit),
                text.model(),
                text.previous(),
                edges(id(commit), text.origins()),
                text.message(),
                new Person(author.getName(), author.getEmailAddress()),
                author.getWhenAsInstant(),
                text.trailers());
        commit.disposeBody();
        return version;
    }

    private List<ProvenanceEdge> edges(VersionId id, List<ProvenanceEdge> declared) {
        return note(EdgeNotes.NAMESPACE, id, EdgeNotes::parse)
                .map(added -> added.apply(declared))
                .orElse(declared);
    }

    @Override
    public Iterator<Version> walk(Collection<VersionId> from) {
        return VersionSource.walk(this::version, from);
    }

    @Override
    public Checkpoint checkpoint(VersionId id) {
        return recorded(id).without(note(DroppedState.NAMESPACE, id, DroppedState::parse));
    }

    /** What a version was made with, whatever was dropped since. */
    Checkpoint recorded(VersionId id) {
        return GitErrors.reading(() -> CheckpointRecord.read(id, required(id, RECORD)));
    }

    @Override
    public Manifest manifest(VersionId id, String path) {
        return GitErrors.reading(() -> {
            String where = path + " in version " + id.abbreviated();
            Manifest manifest = ManifestRecord.read(
                    where, required(id, MANIFESTS + path), part -> required(id, PARTS + path + "/" + part));
            sizes.require(id, path, manifest.size());
            return manifest;
        });
    }

    @Override
    public byte[] verbatim(VersionId id, String path) {
        return GitErrors.reading(() -> {
            byte[] content = required(id, FILES + path);
            sizes.require(id, path, content.length);
            return content;
        });
    }

    @Override
    public Optional<byte[]> extra(VersionId id, String name) {
        return GitErrors.reading(() -> trees.file(commit(id), RECORDS + name));
    }

    private byte[] required(VersionId id, String path) throws IOException {
        return trees.file(commit(id), path)
                .orElseThrow(() -> MgitException.integrity(
                        "version " + id.abbreviated() + " has no '" + path + "' in its Git tree"));
    }

    @Override
    public Optional<byte[]> note(String namespace, VersionId id) {
        return GitErrors.reading(() -> notes.read(namespace, id));
    }

    @Override
    public <T> Optional<T> note(String namespace, VersionId id, Function<byte[], T> reader) {
        return GitErrors.reading(() -> notes.read(namespace, id, reader));
    }

    @Override
    public boolean hasNote(String namespace, VersionId id) {
        return GitErrors.reading(() -> notes.has(namespace, id));
    }

    @Override
    public Map<VersionId, byte[]> notes(String namespace) {
        return GitErrors.reading(() -> notes.readAll(namespace));
    }

    Notes noteFiles() {
        return notes;
    }

    /** What something else than mgit did to references, as of the first time it was asked for or {@link #begin}. */
    List<OutsideChanges.Move> outsideChanges() throws IOException {
        List<OutsideChanges.Move> found = outside;
        if (found == null) {
            found = OutsideChanges.quickly(this, ReferenceCheck.now(this));
            outside = found;
        }
        return found;
    }

    /**
     * Forgets what was read: whoever takes the writer lock decides by what there is then. Another command may have removed
     * versions that were there before.
     */
    public void refresh() {
        git.forgetRead();
        walk.dispose();
        forgetRead();
    }

    /** After references moved, or may have. */
    void forgetRead() {
        outside = null;
        notes.forget();
    }

    @Override
    public Optional<byte[]> registryFile(String path) {
        return GitErrors.reading(() -> {
            Ref ref = git.exactRef(REGISTRY);
            return ref == null ? Optional.empty() : trees.file(walk.parseCommit(ref.getObjectId()), path);
        });
    }

    @Override
    public List<String> registryFiles(String folder) {
        return GitErrors.reading(() -> {
            Ref ref = git.exactRef(REGISTRY);
            return ref == null ? List.of() : trees.paths(walk.parseCommit(ref.getObjectId()), folder);
        });
    }

    @Override
    public List<Operation> operations(int limit) {
        return GitErrors.reading(
                () -> operations.finished().stream().limit(limit).toList());
    }

    @Override
    public Optional<String> operationHead() {
        return GitErrors.reading(operations::head);
    }

    @Override
    public Transaction begin(String description, Person author) {
        return GitErrors.translateFailures(() -> {
            ReferenceMoves.recover(this);
            forgetRead();
            return new GitTransaction(this, description, author, Instant.now());
        });
    }

    @Override
    public Operation undo(Optional<String> operation, Person author) {
        return GitErrors.translateFailures(() -> {
            ReferenceMoves.recover(this);
            forgetRead();
            return new Undo(this).run(operation, author);
        });
    }

    static VersionId id(org.eclipse.jgit.lib.AnyObjectId id) {
        return new VersionId(id.name());
    }

    @Override
    public void close() {
        walk.close();
        git.close();
    }
}
