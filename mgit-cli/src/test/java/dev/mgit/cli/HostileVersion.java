package dev.mgit.cli;

import dev.mgit.delta.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.TreeFormatter;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.treewalk.TreeWalk;

/** Versions as mgit would never write them, made with Git alone: another's repository may hold anything. */
final class HostileVersion {
    private static final PersonIdent MALLORY = new PersonIdent("Mallory", "mallory@example.org");

    private HostileVersion() {}

    /** Makes a model of what another has and a small file of any name, whatever it may be, in record and tree alike. */
    static void withFile(TestRepository repository, String model, String name, String path) throws IOException {
        withFile(repository, model, name, path, 5);
    }

    /** The same with a file of a given size. */
    static void withFile(TestRepository repository, String model, String name, String path, int size)
            throws IOException {
        make(repository, model, name, path, "files", """
                {"path": %s, "size": %d, "stored": "verbatim"}""".formatted(Json.text(path), size), size);
    }

    /** The same with a folder that holds nothing. */
    static void withFolder(TestRepository repository, String model, String name, String path) throws IOException {
        make(repository, model, name, path, "folders", Json.text(path), 0);
    }

    private static void make(
            TestRepository repository, String model, String name, String path, String member, String entry, int size)
            throws IOException {
        try (Repository git = new FileRepositoryBuilder()
                        .setGitDir(repository.mgit().resolve("lineage.git").toFile())
                        .build();
                ObjectInserter inserter = git.newObjectInserter()) {
            RevCommit good = git.parseCommit(git.resolve("refs/heads/" + model));
            Map<String, Object> tree = new LinkedHashMap<>();
            byte[] record = new byte[0];
            try (TreeWalk walk = new TreeWalk(git)) {
                walk.addTree(good.getTree());
                walk.setRecursive(true);
                while (walk.next()) {
                    put(tree, walk.getPathString(), walk.getObjectId(0));
                    if (walk.getPathString().equals("mgit/version.json")) {
                        record = git.open(walk.getObjectId(0)).getBytes();
                    }
                }
            }
            if (!path.startsWith("/")) { // not even a tree takes an empty name
                put(
                        tree,
                        "files/" + path,
                        inserter.insert(
                                Constants.OBJ_BLOB,
                                "owned".repeat(size).substring(0, size).getBytes(StandardCharsets.UTF_8)));
            }
            put(tree, "mgit/version.json", inserter.insert(Constants.OBJ_BLOB, with(record, member, entry)));
            var commit = new CommitBuilder();
            commit.setTreeId(write(inserter, tree));
            commit.setAuthor(MALLORY);
            commit.setCommitter(MALLORY);
            commit.setParentId(good);
            commit.setMessage("hostile\n\nMgit-Model: " + name + "\nMgit-Previous: " + good.name() + "\n");
            ObjectId id = inserter.insert(commit);
            inserter.flush();
            RefUpdate update = git.updateRef("refs/heads/" + name);
            update.setNewObjectId(id);
            update.forceUpdate();
        }
    }

    private static byte[] with(byte[] record, String member, String entry) {
        String text = new String(record, StandardCharsets.UTF_8);
        String more = "\"" + member + "\": [" + entry;
        String changed = text.contains("\"" + member + "\"")
                ? text.replaceFirst("\"" + member + "\" ?: ?\\[", java.util.regex.Matcher.quoteReplacement(more + ","))
                : text.replaceFirst("\\{", java.util.regex.Matcher.quoteReplacement("{" + more + "],"));
        return changed.getBytes(StandardCharsets.UTF_8);
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> tree, String path, ObjectId blob) {
        List<String> parts = new ArrayList<>(List.of(path.split("/", -1)));
        Map<String, Object> folder = tree;
        String last = parts.remove(parts.size() - 1);
        for (String part : parts) {
            folder = (Map<String, Object>) folder.computeIfAbsent(part, name -> new LinkedHashMap<String, Object>());
        }
        folder.put(last, blob);
    }

    @SuppressWarnings("unchecked")
    private static ObjectId write(ObjectInserter inserter, Map<String, Object> tree) throws IOException {
        var formatter = new TreeFormatter();
        for (Map.Entry<String, Object> entry : tree.entrySet()) {
            byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
            if (entry.getValue() instanceof ObjectId blob) {
                formatter.append(name, FileMode.REGULAR_FILE, blob);
            } else {
                formatter.append(name, FileMode.TREE, write(inserter, (Map<String, Object>) entry.getValue()));
            }
        }
        return inserter.insert(formatter);
    }
}
