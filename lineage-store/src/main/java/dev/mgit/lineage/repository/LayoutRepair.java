package dev.mgit.lineage.repository;

import dev.mgit.lineage.git.GitSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Mends the folders and files that every command comes by. What is taken away is kept in the folder {@code damaged}. */
final class LayoutRepair {
    private final RepositoryFiles files;
    private final List<String> done = new ArrayList<>();

    LayoutRepair(RepositoryFiles files) {
        this.files = files;
    }

    /** @return what was done, a line each */
    List<String> run() throws IOException {
        for (Path folder : PlainFiles.foldersForFiles(files)) {
            Path kept = kept(folder);
            Files.move(folder, kept, StandardCopyOption.ATOMIC_MOVE);
            done.add("put the folder '" + files.mgit().relativize(folder)
                    + "' aside, which stood in the place of a file: it is " + kept);
        }
        for (Path folder : List.of(files.checkouts(), files.journal(), files.index())) {
            if (Files.isRegularFile(folder, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(folder, kept(folder), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.createDirectories(folder);
        }
        for (Path folder : List.of(files.checkouts(), files.index())) {
            foldersAmongFiles(folder);
        }
        settings();
        return done;
    }

    /** Records of checked-out folders and indexes are files of certain names, which are made again where they are missing. */
    private void foldersAmongFiles(Path folder) throws IOException {
        try (var entries = Files.newDirectoryStream(folder, "*.json")) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    Files.move(entry, kept(entry), StandardCopyOption.ATOMIC_MOVE);
                    done.add("put the folder '" + files.mgit().relativize(entry)
                            + "' aside, which stood in the place of a file");
                }
            }
        }
    }

    private void settings() throws IOException {
        if (Files.notExists(files.config())) {
            return;
        }
        Optional<String> readable = GitSettings.readablePart(files.config());
        if (readable.isPresent()) {
            Path kept = kept(files.config());
            Files.copy(files.config(), kept);
            DurableFiles.replace(files.config(), readable.get().getBytes(StandardCharsets.UTF_8));
            done.add("took what cannot be read out of the file 'config'; the damaged one is kept as " + kept
                    + ": see what 'mgit config --list' lacks");
        }
    }

    private Path kept(Path entry) throws IOException {
        Path folder = Files.createDirectories(files.mgit().resolve("damaged"));
        return RebuiltStore.free(
                folder.resolve(files.mgit().relativize(entry).toString().replace('/', '_')));
    }
}
