package dev.mgit.lineage.checkpoint;

import dev.mgit.lineage.git.GitIgnore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which files of a folder are not part of the model: {@code .mgitignore} files in gitignore syntax, one in any folder,
 * over built-in rules for optimiser states and the like.
 */
final class IgnoreRules {
    static final String FILE = ".mgitignore";

    /** What trainers leave beside a model and nobody wants in its history; {@code !optimizer.pt} takes one back. */
    private static final String BUILT_IN = """
            .git
            .mgit
            .mgit-*
            __pycache__/
            .cache/
            .DS_Store
            *.tmp
            *.lock
            optimizer*.pt
            optimizer*.bin
            optimizer*.safetensors
            scheduler*.pt
            scaler*.pt
            rng_state*.pth
            global_step*/
            """;

    private record Scope(String folder, GitIgnore rules) {}

    private final List<Scope> scopes = new ArrayList<>();

    IgnoreRules() throws IOException {
        scopes.add(new Scope("", GitIgnore.parse(new ByteArrayInputStream(BUILT_IN.getBytes(StandardCharsets.UTF_8)))));
    }

    /** Reads a folder's own rules, if it has any, for the paths below it. */
    void enter(Path folder, String relative) throws IOException {
        Path file = folder.resolve(FILE);
        if (Files.isRegularFile(file)) {
            try (var in = Files.newInputStream(file)) {
                scopes.add(new Scope(relative.isEmpty() ? "" : relative + "/", GitIgnore.parse(in)));
            }
        }
    }

    /** The last rule that says anything about a path decides, the nearest folder's rules last. */
    boolean ignores(String path, boolean isFolder) {
        boolean ignored = false;
        for (Scope scope : scopes) {
            if (path.startsWith(scope.folder())) {
                ignored = scope.rules()
                        .decide(path.substring(scope.folder().length()), isFolder)
                        .orElse(ignored);
            }
        }
        return ignored;
    }
}
