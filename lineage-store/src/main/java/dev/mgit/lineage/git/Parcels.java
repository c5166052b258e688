package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Commits that hold files, and are no versions: no model's history leads to them. */
public final class Parcels {
    private final GitLineage lineage;

    Parcels(GitLineage lineage) {
        this.lineage = lineage;
    }

    /**
     * Writes a commit that holds one file and has no history: the same content makes the same commit, whoever writes it.
     */
    public VersionId record(String path, byte[] content) {
        return GitErrors.translateFailures(() -> {
            try (ObjectInserter inserter = lineage.git().newObjectInserter()) {
                var tree = new TreeFormatter();
                tree.append(path, FileMode.REGULAR_FILE, inserter.insert(Constants.OBJ_BLOB, content));
                return commit(inserter, tree, List.of(), Instant.EPOCH, path);
            }
        });
    }

    /**
     * Writes a commit that holds some files and follows some versions, now. No reference leads to it.
     *
     * @param files by name, without folders
     */
    public VersionId write(Map<String, Path> files, List<VersionId> parents, String message) {
        return GitErrors.translateFailures(() -> {
            try (ObjectInserter inserter = lineage.git().newObjectInserter()) {
                var tree = new TreeFormatter();
                for (Map.Entry<String, Path> file : new TreeMap<>(files).entrySet()) {
                    try (InputStream content = Files.newInputStream(file.getValue())) {
                        tree.append(
                                file.getKey(),
                                FileMode.REGULAR_FILE,
                                inserter.insert(Constants.OBJ_BLOB, Files.size(file.getValue()), content));
                    }
                }
                return commit(inserter, tree, parents, Instant.now(), message);
            }
        });
    }

    private static VersionId commit(
            ObjectInserter inserter, TreeFormatter tree, List<VersionId> parents, Instant when, String message)
            throws IOException {
        var commit = new CommitBuilder();
        commit.setTreeId(inserter.insert(tree));
        commit.setParentIds(parents.stream()
                .distinct()
                .map(parent -> ObjectId.fromString(parent.hex()))
                .toList());
        var mgit = new PersonIdent("mgit", "", when, ZoneOffset.UTC);
        commit.setAuthor(mgit);
        commit.setCommitter(mgit);
        commit.setMessage(message);
        ObjectId id = inserter.insert(commit);
        inserter.flush();
        return GitLineage.id(id);
    }

    /**
     * Writes a file of a commit into a new file.
     *
     * @return false if the commit has no such file
     * @throws MgitException of kind INTEGRITY if it has more bytes than it may
     */
    public boolean extract(VersionId commit, String path, long most, Path target) {
        return GitErrors.reading(() -> {
            try (var walk = new RevWalk(lineage.git());
                    TreeWalk found = TreeWalk.forPath(
                            lineage.git(),
                            path,
                            walk.parseCommit(ObjectId.fromString(commit.hex())).getTree())) {
                if (found == null) {
                    return false;
                }
                ObjectLoader content = lineage.git().open(found.getObjectId(0), Constants.OBJ_BLOB);
                if (content.getSize() > most) {
                    throw new MgitException(
                            MgitException.Kind.INTEGRITY,
                            "'" + path + "' of " + commit.abbreviated() + " has " + content.getSize()
                                    + " bytes, more than " + most,
                            null);
                }
                try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
                    content.copyTo(out);
                }
                return true;
            }
        });
    }

    /** A file of any commit that is here. */
    public Optional<byte[]> file(VersionId commit, String path) {
        return GitErrors.reading(() -> {
            try (var walk = new RevWalk(lineage.git())) {
                return new TreeFiles(lineage.git(), walk)
                        .file(walk.parseCommit(ObjectId.fromString(commit.hex())), path);
            }
        });
    }
}
