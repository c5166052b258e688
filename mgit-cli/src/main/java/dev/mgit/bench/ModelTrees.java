package dev.mgit.bench;

import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Git trees like that of a version that mgit committed, one for each of many models: only the record names another. */
final class ModelTrees {
    private static final String RECORD = "mgit/version.json";

    private ModelTrees() {}

    /**
     * Writes them to a bare Git repository.
     *
     * @param model the model whose newest version they are like
     * @return ids, in the order of the names
     */
    static List<String> make(Path git, String model, List<String> names) throws IOException {
        Path scratch = Files.createTempDirectory("mgit-bench-trees");
        try {
            String record = git(git, "cat-file", "blob", model + ":" + RECORD);
            StringBuilder paths = new StringBuilder();
            for (String name : names) {
                Path file = scratch.resolve(name.replace('/', '-'));
                Files.writeString(file, record.replace('"' + model + '"', '"' + name + '"'));
                paths.append(file).append('\n');
            }
            List<String> blobs = fed(git, scratch, paths, "hash-object -w --no-filters --stdin-paths");
            List<String> folders = trees(git, scratch, git(git, "ls-tree", model + ":mgit"), "version.json", blobs);
            return trees(git, scratch, git(git, "ls-tree", model), "mgit", folders);
        } finally {
            Trees.delete(scratch);
        }
    }

    /** The listing of a tree with another object in one place, for each of several objects. */
    private static List<String> trees(Path git, Path scratch, String listing, String place, List<String> objects)
            throws IOException {
        StringBuilder all = new StringBuilder();
        for (String object : objects) {
            for (String line : listing.split("\n")) {
                boolean here = line.endsWith("\t" + place);
                all.append(here ? line.replaceFirst("[0-9a-f]{40}", object) : line)
                        .append('\n');
            }
            all.append('\n');
        }
        return fed(git, scratch, all, "mktree --batch");
    }

    private static String git(Path git, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("git", "-C", git.toString()));
        command.addAll(List.of(words));
        return ChildProcess.output(git, command);
    }

    private static List<String> fed(Path git, Path scratch, CharSequence input, String command) throws IOException {
        Path file = Files.writeString(scratch.resolve(".input"), input);
        String shell = "git -C \"$0\" " + command + " < \"$1\"";
        String output = ChildProcess.output(git, List.of("sh", "-c", shell, git.toString(), file.toString()));
        return List.of(output.split("\n"));
    }
}
