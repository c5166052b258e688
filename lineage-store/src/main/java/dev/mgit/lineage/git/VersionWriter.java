package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.SafePath;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.dircache.InvalidPathException;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.GpgSignature;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;

/** Writes versions as commits, without any reference to them. */
final class VersionWriter {
    private final GitLineage lineage;

    VersionWriter(GitLineage lineage) {
        this.lineage = lineage;
    }

    /** The commit is durable when this returns. */
    VersionId write(NewVersion version) throws IOException {
        try (ObjectInserter inserter = lineage.git().newObjectInserter()) {
            var commit = new CommitBuilder();
            commit.setTreeId(writeTree(inserter, version));
            List<ObjectId> parents = parents(version);
            commit.setParentIds(parents);
            commit.setMessage(CommitText.of(version).format());
            var ident = ident(version.author(), notBefore(parents, version.when()));
            commit.setAuthor(ident);
            commit.setCommitter(ident);
            Optional<GitSigner> signer = lineage.signer();
            if (signer.isPresent()) {
                commit.setGpgSignature(new GpgSignature(signer.get().sign(commit.build(), version.author())));
            }
            ObjectId id = inserter.insert(commit);
            inserter.flush();
            return GitLineage.id(id);
        }
    }

    private static List<ObjectId> parents(NewVersion version) {
        Set<ObjectId> parents = new LinkedHashSet<>();
        version.previous().ifPresent(id -> parents.add(ObjectId.fromString(id.hex())));
        for (ProvenanceEdge edge : version.origins()) {
            parents.add(ObjectId.fromString(edge.parent().hex()));
        }
        return new ArrayList<>(parents);
    }

    /** A child is never older than its parents, whatever the clock says, so that history sorts by time. */
    private Instant notBefore(List<ObjectId> parents, Instant wanted) throws IOException {
        Instant result = wanted;
        for (ObjectId parent : parents) {
            Instant time =
                    Instant.ofEpochSecond(lineage.commit(GitLineage.id(parent)).getCommitTime());
            result = time.isAfter(result) ? time : result;
        }
        return result;
    }

    static PersonIdent ident(Person person, Instant when) {
        return new PersonIdent(person.name(), person.email(), when, ZoneOffset.UTC);
    }

    private static ObjectId writeTree(ObjectInserter inserter, NewVersion version) throws IOException {
        DirCache tree = DirCache.newInCore();
        DirCacheBuilder builder = tree.builder();
        version.folders().forEach(SafePath::requireStorable);
        for (FileEntry file : version.files()) {
            SafePath.requireStorable(file.path());
            if (file.stored() == FileEntry.Storage.VERBATIM) {
                byte[] content = Objects.requireNonNull(version.verbatim().get(file.path()), file.path());
                add(builder, inserter, GitLineage.FILES + file.path(), content, file.executable());
            } else {
                ManifestRecord manifest = ManifestRecord.of(
                        Objects.requireNonNull(version.manifests().get(file.path()), file.path()));
                add(builder, inserter, GitLineage.MANIFESTS + file.path(), manifest.head(), false);
                String folder = GitLineage.PARTS + file.path() + "/";
                for (Map.Entry<String, byte[]> part : manifest.parts().entrySet()) {
                    add(builder, inserter, folder + part.getKey(), part.getValue(), false);
                }
            }
        }
        byte[] record = CheckpointRecord.write(version);
        add(builder, inserter, GitLineage.RECORD, record, false);
        for (Map.Entry<String, byte[]> extra : version.extra().entrySet()) {
            add(builder, inserter, GitLineage.RECORDS + extra.getKey(), extra.getValue(), false);
        }
        builder.finish();
        return tree.writeTree(inserter);
    }

    /** Puts a file into a tree. */
    static void add(DirCacheBuilder builder, ObjectInserter inserter, String path, byte[] content, boolean executable)
            throws IOException {
        DirCacheEntry entry;
        try {
            entry = new DirCacheEntry(path);
        } catch (InvalidPathException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE,
                    "the file name '" + path.substring(path.indexOf('/') + 1) + "' cannot be stored in Git",
                    "rename the file or list it in .mgitignore",
                    e);
        }
        entry.setFileMode(executable ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE);
        entry.setObjectId(inserter.insert(Constants.OBJ_BLOB, content));
        builder.add(entry);
    }
}
