package dev.mgit.lineage.git;

import dev.mgit.delta.json.Json;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/**
 * What a commit says of a version in the several places that say it: Git's parents, the trailers of the message, the
 * record, and the tree. What was noted later is left out.
 *
 * @param parents Git's; empty where a shallow clone cut them off
 * @param model by the trailer; empty if the message has none
 * @param origins edges by the trailers
 * @param recipeDigest the recipe's SHA-256 by the trailer, hexadecimal; empty if the message has none
 * @param recordModel by the record
 * @param record files by the record
 * @param paths of the tree, {@code files/…} and {@code manifests/…}
 * @param recipe the recipe's bytes
 */
public record StoredVersion(
        VersionId id,
        Optional<List<VersionId>> parents,
        String model,
        Optional<VersionId> previous,
        List<ProvenanceEdge> origins,
        Optional<String> recipeDigest,
        String recordModel,
        Checkpoint record,
        Set<String> paths,
        Optional<byte[]> recipe) {
    /** The name of the record that says how a version was made. */
    public static final String RECIPE = "recipe.json";

    static StoredVersion read(GitLineage lineage, VersionId id) throws IOException {
        try (ObjectReader reader = lineage.git().newObjectReader();
                var walk = new RevWalk(reader);
                var tree = new TreeWalk(lineage.git(), reader)) {
            RevCommit commit = walk.parseCommit(ObjectId.fromString(id.hex()));
            CommitText text = CommitText.parse(commit.getFullMessage());
            Set<String> paths = new LinkedHashSet<>();
            byte[] record = new byte[0];
            Optional<byte[]> recipe = Optional.empty();
            tree.setRecursive(true);
            tree.addTree(commit.getTree());
            while (tree.next()) {
                String path = tree.getPathString();
                if (path.equals(GitLineage.RECORD)) {
                    record =
                            reader.open(tree.getObjectId(0), Constants.OBJ_BLOB).getBytes();
                } else if (path.equals(GitLineage.RECORDS + RECIPE)) {
                    recipe = Optional.of(
                            reader.open(tree.getObjectId(0), Constants.OBJ_BLOB).getBytes());
                } else if (!path.startsWith(GitLineage.RECORDS)) {
                    paths.add(path);
                }
            }
            return new StoredVersion(
                    id,
                    parents(lineage, commit),
                    text.model(),
                    text.previous(),
                    text.origins(),
                    text.recipe(),
                    Json.parseObject(record).optionalString("model").orElse(""),
                    CheckpointRecord.read(id, record),
                    paths,
                    recipe);
        }
    }

    private static Optional<List<VersionId>> parents(GitLineage lineage, RevCommit commit) throws IOException {
        if (lineage.git().getObjectDatabase().getShallowCommits().contains(commit)) {
            return Optional.empty();
        }
        return Optional.of(new ArrayList<>(
                Arrays.stream(commit.getParents()).map(GitLineage::id).toList()));
    }
}
