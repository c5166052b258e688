package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Checkpoint;
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
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.errors.IncorrectObjectTypeException;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.errors.PackMismatchException;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.StoredConfig;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * The lineage graph in a bare Git repository: a model is a branch, a version a commit whose first parents are its
 * previous version and the versions it was derived from.
 *
 * <p>A version's tree: {@code files/PATH} (small files verbatim), {@code manifests/PATH} (what large files are made
 * of), {@code mgit/version.json} and other records.
 */
public final class GitLineage implements Lineage {
    static final String FILES = "files/";
    static final String MANIFESTS = "manifests/";
    static final String RECORDS = "mgit/";
    static final String RECORD = RECORDS + "version.json";
    static final String NOTES = "refs/notes/mgit/";
    private static final String EDGE_NOTES = NOTES + EdgeNotes.NAMESPACE;
    static final String PRIVATE = "refs/mgit/";
    static final String REGISTRY = PRIVATE + "registry";

    private final FileRepository git;
    private final RevWalk walk;
    private final OperationLog operations;
    private final Map<String, NoteMap> notes = new HashMap<>();

    private GitLineage(FileRepository git, Path operationLog) {
        this.git = git;
        this.walk = new RevWalk(git);
        this.walk.setRetainBody(false);
        this.operations = new OperationLog(operationLog);
    }

    /** Creates an empty lineage; everything written to it will be synced to disk before it counts. */
    public static void create(Path directory) {
        QuietSystem.install();
        try (var git = new FileRepository(directory.toFile())) {
            git.create(true);
            StoredConfig config = git.getConfig();
            config.setString("core", null, "fsync", "committed,reference");
            config.setString("core", null, "logAllRefUpdates", "true");
            config.setBoolean("core", null, "commitGraph", true);
            // Plain 'git gc' must not take what only mgit's operation log and notes lead to: that is for 'mgit gc'.
            config.setString("gc", null, "pruneExpire", "never");
            config.setString("gc", null, "reflogExpireUnreachable", "never");
            config.setString("gc", null, "reflogExpire", "never");
            config.save();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /**
     * @param directory the bare Git repository
     * @param operationLog file beside it that records every change of references
     */
    public static GitLineage open(Path directory, Path operationLog) {
        QuietSystem.install();
        try {
            return new GitLineage(new FileRepository(directory.toFile()), operationLog);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Removes lock files a killed writer left in the Git repository. The caller holds mgit's own lock. */
    public static void removeStaleLocks(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path lock :
                    files.filter(file -> file.toString().endsWith(".lock")).toList()) {
                Files.deleteIfExists(lock);
            }
        }
    }

    /**
     * Refuses a name that no model can have, before anything is stored under it.
     *
     * @param models those there are: {@code a} and {@code a/b} cannot both be
     * @throws MgitException of kind USAGE
     */
    public static void requireModelName(String name, List<Model> models) {
        GitTransaction.branch(name);
        for (Model model : models) {
            if (name.startsWith(model.name() + "/") || model.name().startsWith(name + "/")) {
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        "there cannot be a model '" + name + "' beside '" + model.name() + "'",
                        "a name that others have as their folder is taken; use another");
            }
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
        return reading(() -> new Revisions(git).resolve(revision));
    }

    @Override
    public Optional<VersionId> tryResolve(String revision) {
        return reading(() -> new Revisions(git).tryResolve(revision));
    }

    @Override
    public List<Model> models() {
        return reading(() -> refs(Constants.R_HEADS).entrySet().stream()
                .map(ref -> new Model(ref.getKey(), ref.getValue()))
                .toList());
    }

    @Override
    public Optional<Model> model(String name) {
        return reading(() -> Optional.ofNullable(git.exactRef(Constants.R_HEADS + name))
                .map(ref -> new Model(name, id(ref.getObjectId()))));
    }

    @Override
    public List<Tag> tags() {
        return reading(() -> refs(Constants.R_TAGS).entrySet().stream()
                .map(ref -> new Tag(ref.getKey(), ref.getValue()))
                .toList());
    }

    @Override
    public Map<String, VersionId> privateRefs(String prefix) {
        return reading(() -> {
            var result = new LinkedHashMap<String, VersionId>();
            refs(PRIVATE + prefix).forEach((name, id) -> result.put(prefix + name, id));
            return result;
        });
    }

    /** References below a prefix, in name order, the prefix taken off; tags are followed to their commit. */
    private Map<String, VersionId> refs(String prefix) throws IOException {
        var result = new LinkedHashMap<String, VersionId>();
        for (Ref ref : git.getRefDatabase().getRefsByPrefix(prefix)) {
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
        return reading(() -> RefFingerprint.of(git, List.of(Constants.R_HEADS, Constants.R_TAGS, EDGE_NOTES)));
    }

    @Override
    public Version version(VersionId id) {
        return reading(() -> version(commit(id)));
    }

    RevCommit commit(VersionId id) throws IOException {
        try {
            return walk.parseCommit(ObjectId.fromString(id.hex()));
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
        return note(EdgeNotes.NAMESPACE, id)
                .map(content -> EdgeNotes.parse(content).apply(declared))
                .orElse(declared);
    }

    @Override
    public Iterator<Version> walk(Collection<VersionId> from) {
        var parsed = new HashMap<VersionId, Version>();
        return new HistoryWalk<>(
                new HistoryWalk.Source<Version>() {
                    @Override
                    public long seconds(Version version) {
                        return version.when().getEpochSecond();
                    }

                    @Override
                    public List<Version> parents(Version version) {
                        Set<VersionId> ids = new LinkedHashSet<>();
                        version.previous().ifPresent(ids::add);
                        version.origins().forEach(edge -> ids.add(edge.parent()));
                        return ids.stream()
                                .map(id -> parsed.computeIfAbsent(id, GitLineage.this::version))
                                .toList();
                    }
                },
                from.stream()
                        .distinct()
                        .map(id -> parsed.computeIfAbsent(id, this::version))
                        .toList());
    }

    @Override
    public Checkpoint checkpoint(VersionId id) {
        return reading(() -> CheckpointRecord.read(id, required(id, RECORD)));
    }

    @Override
    public Manifest manifest(VersionId id, String path) {
        return reading(() -> CheckpointRecord.readManifest(
                path + " in version " + id.abbreviated(), required(id, MANIFESTS + path)));
    }

    @Override
    public byte[] verbatim(VersionId id, String path) {
        return reading(() -> required(id, FILES + path));
    }

    @Override
    public Optional<byte[]> extra(VersionId id, String name) {
        return reading(() -> treeFile(commit(id), RECORDS + name));
    }

    private byte[] required(VersionId id, String path) throws IOException {
        return treeFile(commit(id), path)
                .orElseThrow(() -> MgitException.integrity(
                        "version " + id.abbreviated() + " has no '" + path + "' in its Git tree"));
    }

    private Optional<byte[]> treeFile(RevCommit commit, String path) throws IOException {
        walk.parseHeaders(commit);
        try (TreeWalk found = TreeWalk.forPath(git, path, commit.getTree())) {
            if (found == null) {
                return Optional.empty();
            }
            ObjectId blob = found.getObjectId(0);
            byte[] content = git.open(blob, Constants.OBJ_BLOB).getBytes(Integer.MAX_VALUE - 8);
            // JGit trusts what it reads; a damaged pack may hand out another object's bytes.
            if (!new ObjectInserter.Formatter()
                    .idFor(Constants.OBJ_BLOB, content)
                    .equals(blob)) {
                throw new CorruptObjectException(blob, "its bytes do not match its id");
            }
            return Optional.of(content);
        }
    }

    @Override
    public Optional<byte[]> note(String namespace, VersionId id) {
        return reading(() -> {
            ObjectId blob = noteMap(namespace).get(ObjectId.fromString(id.hex()));
            return blob == null
                    ? Optional.empty()
                    : Optional.of(git.open(blob, Constants.OBJ_BLOB).getBytes());
        });
    }

    @Override
    public Map<VersionId, byte[]> notes(String namespace) {
        return reading(() -> {
            var result = new LinkedHashMap<VersionId, byte[]>();
            for (var note : noteMap(namespace)) {
                result.put(
                        id(note), git.open(note.getData(), Constants.OBJ_BLOB).getBytes());
            }
            return result;
        });
    }

    NoteMap noteMap(String namespace) throws IOException {
        NoteMap map = notes.get(namespace);
        if (map == null) {
            Ref ref = git.exactRef(NOTES + namespace);
            map = ref == null
                    ? NoteMap.newEmptyMap()
                    : NoteMap.read(git.newObjectReader(), walk.parseCommit(ref.getObjectId()));
            notes.put(namespace, map);
        }
        return map;
    }

    /** Forgets what was read of notes, after a transaction changed them. */
    void refresh() {
        notes.clear();
    }

    @Override
    public Optional<byte[]> registryFile(String path) {
        return reading(() -> {
            Ref ref = git.exactRef(REGISTRY);
            return ref == null ? Optional.empty() : treeFile(walk.parseCommit(ref.getObjectId()), path);
        });
    }

    @Override
    public List<String> registryFiles(String folder) {
        return reading(() -> {
            Ref ref = git.exactRef(REGISTRY);
            var paths = new ArrayList<String>();
            if (ref != null) {
                try (var tree = new TreeWalk(git)) {
                    tree.addTree(walk.parseCommit(ref.getObjectId()).getTree());
                    tree.setRecursive(true);
                    while (tree.next()) {
                        if (tree.getPathString().startsWith(folder + "/")) {
                            paths.add(tree.getPathString());
                        }
                    }
                }
            }
            return paths;
        });
    }

    @Override
    public List<Operation> operations(int limit) {
        return reading(() -> operations.finished().stream().limit(limit).toList());
    }

    @Override
    public Transaction begin(String description, Person author) {
        return reading(() -> {
            GitTransaction.recover(this);
            refresh();
            return new GitTransaction(this, description, author, Instant.now());
        });
    }

    @Override
    public Operation undo(Optional<String> operation, Person author) {
        return reading(() -> {
            GitTransaction.recover(this);
            return new Undo(this).run(operation, author);
        });
    }

    static VersionId id(org.eclipse.jgit.lib.AnyObjectId id) {
        return new VersionId(id.name());
    }

    interface Reading<T> {
        T read() throws IOException;
    }

    static <T> T reading(Reading<T> reading) {
        try {
            return reading.read();
        } catch (CorruptObjectException
                | MissingObjectException
                | IncorrectObjectTypeException
                | PackMismatchException
                | ZipException
                | EOFException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the lineage repository is damaged: " + e.getMessage(),
                    "run 'mgit fsck'",
                    e);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        walk.close();
        git.close();
    }
}
