package dev.mgit.lineage.git;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Files in the trees of commits. */
final class TreeFiles {
    private final Repository git;
    private final RevWalk walk;

    TreeFiles(Repository git, RevWalk walk) {
        this.git = git;
        this.walk = walk;
    }

    /** A file of a commit's tree. */
    Optional<byte[]> file(RevCommit commit, String path) throws IOException {
        walk.parseHeaders(commit);
        try (TreeWalk found = TreeWalk.forPath(git, path, commit.getTree())) {
            if (found == null) {
                return Optional.empty();
            }
            ObjectId blob = found.getObjectId(0);
            return Optional.of(git.open(blob, Constants.OBJ_BLOB).getBytes(Integer.MAX_VALUE - 8));
        }
    }

    /** Paths of all files below a folder of a commit's tree. */
    List<String> paths(RevCommit commit, String folder) throws IOException {
        List<String> paths = new ArrayList<>();
        try (var tree = new TreeWalk(git)) {
            tree.addTree(commit.getTree());
            tree.setRecursive(true);
            while (tree.next()) {
                if (tree.getPathString().startsWith(folder + "/")) {
                    paths.add(tree.getPathString());
                }
            }
        }
        return paths;
    }
}
