package dev.mgit.lineage.git;

import dev.mgit.lineage.version.DroppedState;
import dev.mgit.lineage.version.EdgeNotes;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.internal.storage.file.FileRepository;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.notes.Note;
import org.eclipse.jgit.notes.NoteMap;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.storage.pack.PackConfig;
import org.eclipse.jgit.transport.BundleWriter;

/**
 * Writes one version with all it was made from as a Git bundle: the commits with their manifests and small files, the
 * notes on them and no others, and the registry as it stands. The same lineage gives the same bytes, whoever writes them
 * and however it is stored.
 */
final class BundleWriting {
    /** Of notes that say nothing to others. */
    private static final Set<String> PRIVATE = Set.of(DroppedState.NAMESPACE, DroppedState.UNSENT);

    private static final PersonIdent NOBODY = new PersonIdent("mgit", "", Instant.EPOCH, ZoneOffset.UTC);

    private final GitLineage lineage;
    private final Map<VersionId, Version> versions = new LinkedHashMap<>();

    BundleWriting(GitLineage lineage, VersionId subject) {
        this.lineage = lineage;
        Iterator<Version> all = lineage.walk(List.of(subject));
        all.forEachRemaining(version -> versions.put(version.id(), version));
    }

    /** @param scratch a folder that is not there yet, for what is written of notes */
    void write(VersionId subject, Path scratch, OutputStream out) throws IOException {
        var builder = new FileRepositoryBuilder()
                .setGitDir(scratch.toFile())
                .setBare()
                .addAlternateObjectDirectory(lineage.git().getObjectsDirectory());
        try (FileRepository git = (FileRepository) builder.build()) {
            git.create(true);
            var bundle = new BundleWriter(git);
            bundle.setPackConfig(packing());
            ObjectId tip = ObjectId.fromString(subject.hex());
            bundle.include(Constants.HEAD, tip);
            bundle.include(Constants.R_HEADS + lineage.version(subject).model(), tip);
            for (VersionId parent : addedParents()) {
                bundle.include(LineageBundle.EDGES + parent.hex(), ObjectId.fromString(parent.hex()));
            }
            try (ObjectInserter inserter = git.newObjectInserter();
                    var walk = new RevWalk(git)) {
                for (Map.Entry<String, ObjectId> extra : extras(inserter, walk).entrySet()) {
                    bundle.include(extra.getKey(), extra.getValue());
                }
                inserter.flush();
            }
            bundle.writeBundle(NullProgressMonitor.INSTANCE, out);
        }
    }

    private static PackConfig packing() {
        var config = new PackConfig();
        config.setThreads(1);
        config.setReuseDeltas(false);
        config.setReuseObjects(false);
        config.setBuildBitmaps(false);
        return config;
    }

    /** Parents that only notes of edges lead to. */
    private List<VersionId> addedParents() {
        List<VersionId> parents = new ArrayList<>();
        for (VersionId id : versions.keySet()) {
            lineage.note(EdgeNotes.NAMESPACE, id, EdgeNotes::parse)
                    .ifPresent(notes -> notes.entries().stream()
                            .map(EdgeNotes.Entry::parent)
                            .filter(parent -> lineage.tryResolve(parent.hex()).isPresent())
                            .forEach(parents::add));
        }
        return parents.stream().distinct().toList();
    }

    /** Notes and registry as commits without a history. */
    private Map<String, ObjectId> extras(ObjectInserter inserter, RevWalk walk) throws IOException {
        Map<String, ObjectId> extras = new LinkedHashMap<>();
        for (Ref ref : RefListing.below(lineage.git(), GitLineage.NOTES)) {
            String namespace = ref.getName().substring(GitLineage.NOTES.length());
            if (!PRIVATE.contains(namespace) && !namespace.startsWith(Notes.SET_ASIDE)) {
                NoteMap some = NoteMap.newEmptyMap();
                boolean any = false;
                for (Note note : lineage.noteFiles().map(namespace)) {
                    if (versions.containsKey(GitLineage.id(note))) {
                        some.set(note, note.getData());
                        any = true;
                    }
                }
                if (any) {
                    extras.put(ref.getName(), commit(inserter, some.writeTree(inserter)));
                }
            }
        }
        Ref registry = lineage.git().exactRef(GitLineage.REGISTRY);
        if (registry != null) {
            ObjectId tree = walk.parseCommit(registry.getObjectId()).getTree();
            extras.put(GitLineage.REGISTRY, commit(inserter, tree));
        }
        return extras;
    }

    private static ObjectId commit(ObjectInserter inserter, ObjectId tree) throws IOException {
        var commit = new CommitBuilder();
        commit.setTreeId(tree);
        commit.setAuthor(NOBODY);
        commit.setCommitter(NOBODY);
        commit.setMessage("bundle");
        return inserter.insert(commit);
    }
}
