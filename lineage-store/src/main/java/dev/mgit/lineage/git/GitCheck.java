package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.ResourceException;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.MissingObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectChecker;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;
import org.jspecify.annotations.Nullable;

/** Reads every Git object something leads to, hashes it, parses it, and goes on after what it cannot read. */
final class GitCheck {
    private final GitLineage lineage;
    private final Repository git;
    private final ObjectChecker checker = new ObjectChecker();

    private final Map<ObjectId, String> damaged = new LinkedHashMap<>();
    private final List<GitHealth.Damage> damage = new ArrayList<>();
    private final Set<ObjectId> seen = new HashSet<>();
    private final Deque<ObjectId> open = new ArrayDeque<>();
    private final Map<ObjectId, ObjectId> treesOfCommits = new LinkedHashMap<>();
    private boolean followParents = true;

    GitCheck(GitLineage lineage) {
        this.lineage = lineage;
        this.git = lineage.git();
    }

    /** Checks everything that references, the operation log, reflogs and notes lead to. */
    GitHealth everything(
            Collection<VersionId> checkedOut,
            Map<String, Consumer<byte[]>> noteReaders,
            Map<String, NoteDifference> outsideNotes) {
        checkedOut.forEach(id -> push(ObjectId.fromString(id.hex())));
        attempt("the references", this::references);
        attempt(
                "the references",
                () -> outside(OutsideChanges.everything(lineage)).forEach(damage::add));
        attempt("the references", this::unexplained);
        attempt("the operation log", this::operations);
        attempt("the notes", () -> outsideNotes(outsideNotes).forEach(damage::add));
        attempt("the notes", () -> notes(noteReaders));
        attempt("the notes of edges", this::edges);
        walk();
        attempt("the packs", this::packs);
        return result();
    }

    /** Checks some versions, without those before them, and what was done to them outside mgit. */
    GitHealth only(Collection<VersionId> versions, Map<String, NoteDifference> outsideNotes) {
        followParents = false;
        Set<VersionId> wanted = new HashSet<>(versions);
        attempt(
                "the references",
                () -> outside(lineage.outsideChanges()).stream()
                        .filter(found -> found.versions().stream().anyMatch(wanted::contains))
                        .forEach(damage::add));
        attempt(
                "the notes",
                () -> outsideNotes(outsideNotes).stream()
                        .filter(found -> found.versions().stream().anyMatch(wanted::contains))
                        .forEach(damage::add));
        versions.forEach(id -> push(ObjectId.fromString(id.hex())));
        walk();
        return result();
    }

    private interface Check {
        void run() throws IOException;
    }

    /** Whatever a damaged file makes JGit throw becomes a finding. */
    private void attempt(String what, Check check) {
        String why = failure(check);
        if (why != null) {
            damage.add(new GitHealth.Damage(what, why, List.of()));
        }
    }

    private static @Nullable String failure(Check check) {
        try {
            GitErrors.retryMissing(() -> {
                check.run();
                return true;
            });
            return null;
        } catch (MissingObjectException e) {
            ResourceException.throwIfBehind(e);
            return "it is missing";
        } catch (IOException | RuntimeException e) {
            ResourceException.throwIfBehind(e);
            return GitErrors.reason(e);
        }
    }

    private void push(ObjectId id) {
        if (seen.add(id)) {
            open.push(id);
        }
    }

    private void references() throws IOException {
        for (Ref ref : RefListing.all(git)) {
            String what = "reference " + ref.getName();
            if (ref.getObjectId() == null || ref.isSymbolic()) {
                continue;
            }
            if (!Repository.isValidRefName(ref.getName())) {
                damage.add(new GitHealth.Damage(what, "its name is invalid", List.of()));
            }
            attempt(what, () -> {
                ObjectId target = ref.getObjectId();
                push(target);
                RevCommit commit = lineage.commit(GitLineage.id(target));
                boolean model = ref.getName().startsWith(Constants.R_HEADS);
                if (model && !GitLiveness.isVersion(lineage, commit)) {
                    throw MgitException.integrity("it points to " + target.name() + ", which is not a version");
                }
            });
        }
    }

    /** References that something else than mgit moved; notes are named one by one. */
    private List<GitHealth.Damage> outside(List<OutsideChanges.Move> moves) throws IOException {
        Set<String> ofNotes = new HashSet<>();
        for (Notes.Outside note : lineage.noteFiles().outside()) {
            ofNotes.add(note.move().ref());
        }
        List<GitHealth.Damage> found = new ArrayList<>();
        for (OutsideChanges.Move move : moves) {
            if (!ofNotes.contains(move.ref())) {
                List<VersionId> versions = Stream.concat(move.found().stream(), move.left().stream())
                        .map(VersionId::new)
                        .toList();
                found.add(new GitHealth.Damage("reference " + move.ref(), OutsideText.of(lineage, move), versions));
            }
        }
        return found;
    }

    /** What Git's own logs do not know either, and remotes' references, which are not mgit's alone. */
    private void unexplained() throws IOException {
        Set<String> named = damage.stream().map(GitHealth.Damage::what).collect(Collectors.toSet());
        for (ReferenceCheck.Unexplained reference : new ReferenceCheck(lineage).everything()) {
            String what = "reference " + reference.ref();
            if (!named.contains(what)) {
                damage.add(new GitHealth.Damage(what, reference.why(), List.of()));
            }
        }
    }

    private List<GitHealth.Damage> outsideNotes(Map<String, NoteDifference> readers) throws IOException {
        List<GitHealth.Damage> found = new ArrayList<>();
        for (Notes.Outside note : lineage.noteFiles().outside()) {
            found.add(new GitHealth.Damage(
                    what(note.namespace(), note.version()),
                    OutsideText.of(lineage, note, readers.getOrDefault(note.namespace(), NoteDifference.ANY)),
                    List.of(note.version())));
        }
        return found;
    }

    private static String what(String namespace, VersionId version) {
        return "note '" + namespace + "' on version " + version.abbreviated();
    }

    private void operations() throws IOException {
        for (String why : lineage.operationLog().damage()) {
            damage.add(new GitHealth.Damage("the operation log", why, List.of()));
        }
        List<String> ids = new ArrayList<>(new Reflogs(git.getDirectory().toPath()).ids(Instant.MIN));
        for (Operation operation : lineage.operationLog().finished()) {
            for (Operation.RefChange change : operation.changes()) {
                change.before().ifPresent(ids::add);
                change.after().ifPresent(ids::add);
            }
        }
        // Git's own clean-up may have taken what no reference leads to; what is still there must be whole.
        for (String id : ids) {
            if (ObjectId.isId(id) && git.getObjectDatabase().has(ObjectId.fromString(id))) {
                push(ObjectId.fromString(id));
            }
        }
    }

    private void notes(Map<String, Consumer<byte[]>> readers) throws IOException {
        lineage.noteFiles()
                .unlisted()
                .forEach((namespace, why) ->
                        damage.add(new GitHealth.Damage("the notes '" + namespace + "'", why, List.of())));
        for (Notes.Unreadable note : lineage.noteFiles().unreadable(readers)) {
            String what = what(note.namespace(), note.version());
            damage.removeIf(found -> found.what().equals(what)); // that it cannot be read says more
            damage.add(new GitHealth.Damage(what, note.why(), List.of(note.version())));
        }
    }

    /** Of versions that are there: what a note of one that was removed names may be gone with it. */
    private void edges() {
        lineage.notes(EdgeNotes.NAMESPACE)
                .keySet()
                .forEach(version -> attempt("the note of edges of version " + version.abbreviated(), () -> {
                    if (!git.getObjectDatabase().has(ObjectId.fromString(version.hex()))) {
                        return;
                    }
                    EdgeNotes notes = lineage.note(EdgeNotes.NAMESPACE, version, EdgeNotes::parse)
                            .orElse(EdgeNotes.none());
                    for (var edge : notes.apply(List.of())) {
                        ObjectId parent = ObjectId.fromString(edge.parent().hex());
                        if (!git.getObjectDatabase().has(parent)) {
                            throw MgitException.integrity("it names " + edge.parent() + ", which is missing");
                        }
                        push(parent);
                    }
                }));
    }

    private void packs() throws IOException {
        for (Path file : GitFiles.checksummed(git.getDirectory().toPath().resolve("objects"))) {
            if (!GitFiles.endsWithItsHash(file)) {
                damage.add(new GitHealth.Damage("Git file " + file, "its checksum does not match", List.of()));
            }
        }
    }

    private void walk() {
        while (!open.isEmpty()) {
            ObjectId id = open.pop();
            String why = failure(() -> check(id));
            if (why != null) {
                damaged.put(id, why);
            }
        }
    }

    private void check(ObjectId id) throws IOException {
        ObjectLoader loader = git.open(id); // hashes it
        if (loader.getType() != Constants.OBJ_BLOB) {
            checker.check(id, loader.getType(), loader.getBytes());
            follow(id, loader);
        }
    }

    private void follow(ObjectId id, ObjectLoader loader) throws IOException {
        switch (loader.getType()) {
            case Constants.OBJ_COMMIT -> {
                RevCommit commit = RevCommit.parse(loader.getBytes());
                treesOfCommits.put(id, commit.getTree().copy());
                push(commit.getTree().copy());
                if (followParents) {
                    for (RevCommit parent : commit.getParents()) {
                        push(parent.copy());
                    }
                }
            }
            case Constants.OBJ_TREE -> children(loader.getBytes()).forEach(this::push);
            case Constants.OBJ_TAG ->
                push(org.eclipse.jgit.revwalk.RevTag.parse(loader.getBytes())
                        .getObject()
                        .copy());
            default -> {}
        }
    }

    private static List<ObjectId> children(byte[] tree) {
        List<ObjectId> children = new ArrayList<>();
        var parser = new CanonicalTreeParser();
        for (parser.reset(tree); !parser.eof(); parser.next()) {
            if (!parser.getEntryFileMode().equals(FileMode.GITLINK)) {
                children.add(parser.getEntryObjectId());
            }
        }
        return children;
    }

    private GitHealth result() {
        Set<VersionId> versions = new LinkedHashSet<>();
        Map<ObjectId, List<VersionId>> touched = new HashMap<>();
        treesOfCommits.forEach((commit, tree) -> {
            Set<ObjectId> broken = damaged.isEmpty() ? Set.of() : damagedBelow(tree, new HashMap<>());
            broken.forEach(id ->
                    touched.computeIfAbsent(id, unused -> new ArrayList<>()).add(GitLineage.id(commit)));
            if (broken.isEmpty()) {
                String what = "version " + GitLineage.id(commit).abbreviated();
                attempt(what, () -> {
                    if (GitLiveness.isVersion(lineage, lineage.commit(GitLineage.id(commit)))) {
                        lineage.version(GitLineage.id(commit));
                        versions.add(GitLineage.id(commit));
                    }
                });
            }
        });
        damaged.forEach((id, why) ->
                damage.add(new GitHealth.Damage("Git object " + id.name(), why, touched.getOrDefault(id, List.of()))));
        return new GitHealth(seen.size(), versions, damage);
    }

    private Set<ObjectId> damagedBelow(ObjectId tree, Map<ObjectId, Set<ObjectId>> known) {
        Set<ObjectId> before = known.get(tree);
        if (before != null) {
            return before;
        }
        Set<ObjectId> below = new HashSet<>();
        if (damaged.containsKey(tree)) {
            below.add(tree);
        } else {
            attempt("Git tree " + tree.name(), () -> {
                ObjectLoader loader = git.open(tree);
                if (loader.getType() == Constants.OBJ_TREE) {
                    children(loader.getBytes()).forEach(child -> below.addAll(damagedBelow(child, known)));
                }
            });
        }
        known.put(tree, below);
        return below;
    }
}
