package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.git.GitIgnore;
import dev.mgit.lineage.repository.RepositoryFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Which files of a folder are not part of the model: {@code .mgitignore} files in gitignore syntax, one in any folder
 * from the one that holds {@code .mgit} downwards, over built-in rules for what mgit and version control keep for
 * themselves. As with Git, what is named is taken whatever rules say of it.
 */
final class IgnoreRules {
    static final String FILE = ".mgitignore";

    /** Mgit's own files, as long as no rule takes them back. */
    private static final String BUILT_IN = ".mgit*\n";

    /** What is never a model's, not even by {@code !*}: mgit's own folders and those of version control. */
    private static final Pattern NEVER = Pattern.compile("(.*/)?\\.(git|hg|jj|svn|mgit|mgit-.*)", Pattern.DOTALL);

    /**
     * The rules of one folder.
     *
     * @param above what leads from there to the folder that is looked at, if it lies above: empty or with {@code /} at
     *     its end
     * @param folder where it lies below the folder that is looked at, likewise
     */
    private record Scope(String above, String folder, GitIgnore rules) {}

    private final List<Scope> scopes = new ArrayList<>();

    private IgnoreRules() throws IOException {
        scopes.add(new Scope(
                "", "", GitIgnore.parse(new ByteArrayInputStream(BUILT_IN.getBytes(StandardCharsets.UTF_8)))));
    }

    /** The rules that hold in a folder from above it: of the folders from the repository's own down to its parent. */
    static IgnoreRules above(Path folder) throws IOException {
        var rules = new IgnoreRules();
        Path base = folder.toAbsolutePath().normalize();
        Deque<Path> parents = new ArrayDeque<>();
        boolean within = Files.isDirectory(base.resolve(RepositoryFiles.FOLDER));
        for (Path parent = base.getParent(); parent != null && !within; parent = parent.getParent()) {
            parents.push(parent);
            within = Files.isDirectory(parent.resolve(RepositoryFiles.FOLDER));
        }
        if (within) {
            for (Path parent : parents) {
                rules.read(parent, parent.relativize(base).toString().replace('\\', '/') + "/", "");
            }
        }
        return rules;
    }

    /** Reads a folder's own rules, if it has any, for the paths below it. */
    void enter(Path folder, String relative) throws IOException {
        read(folder, "", relative.isEmpty() ? "" : relative + "/");
    }

    private void read(Path folder, String above, String below) throws IOException {
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
            try (var in = Files.newInputStream(file)) {
                scopes.add(new Scope(above, below, GitIgnore.parse(in)));
            }
        }
    }

    /** The last rule that says anything about a path decides, the nearest folder's rules last. */
    boolean ignores(String path, boolean isFolder) {
        if (NEVER.matcher(path).matches()) {
            return true;
        }
        boolean ignored = false;
        for (Scope scope : scopes) {
            if (path.startsWith(scope.folder())) {
                ignored = scope.rules()
                        .decide(scope.above() + path.substring(scope.folder().length()), isFolder)
                        .orElse(ignored);
            }
        }
        return ignored;
    }
}
