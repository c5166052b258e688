package dev.mgit.lineage.git;

import dev.mgit.delta.json.Json;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
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
 * @param paths of the tree, {@code files/…} and {@code manifests/…}; the parts of a manifest only where it does not list
 *     them
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
            Map<String, ObjectId> manifests = new HashMap<>();
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
                    manifests.put(path, tree.getObjectId(0));
                }
            }
            manifests.keySet().removeIf(path -> !path.startsWith(GitLineage.MANIFESTS));
            if (paths.stream().anyMatch(path -> path.startsWith(GitLineage.PARTS))) {
                for (Map.Entry<String, ObjectId> manifest : manifests.entrySet()) {
                    String file = manifest.getKey().substring(GitLineage.MANIFESTS.length());
                    byte[] head =
                            reader.open(manifest.getValue(), Constants.OBJ_BLOB).getBytes();
                    ManifestRecord.partCounts(file, head)
                            .forEach((list, count) -> removeParts(paths, GitLineage.PARTS + file + "/", list, count));
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

    /** Up to the first that is missing: the count may be anybody's. */
    private static void removeParts(Set<String> paths, String folder, String list, long count) {
        for (long i = 0; i < count && paths.remove(folder + ManifestParts.name(list, i)); i++) {
            // the one that is missing shows when the manifest is read
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
