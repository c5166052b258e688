package dev.mgit.bench;

import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A repository that holds a parent, made once and copied for each run: a commit finds it as the one before did. */
final class PreparedRepository {
    /** RocksDB never changes these once they are closed: a second name is as good as a copy. */
    private static final List<String> IMMUTABLE = List.of(".sst", ".blob");

    private final Path prepared;
    private final Path copy;

    PreparedRepository(Path folder, Path parent, String effort) throws IOException {
        this.prepared = Files.createDirectory(folder.resolve("prepared"));
        this.copy = folder.resolve("repository");
        mgit("init");
        mgit("config", "store.effort", effort);
        mgit("commit", parent.toString(), "--model", "parent");
    }

    private void mgit(String... arguments) throws IOException {
        Spawned.run(prepared, Spawned.mgit(arguments)).orFail("mgit " + arguments[0]);
    }

    long bytes() throws IOException {
        return Contents.bytesBelow(prepared);
    }

    /** A fresh copy; the one before is removed. */
    Path fresh() throws IOException {
        Trees.delete(copy);
        List<Path> all;
        try (Stream<Path> walk = Files.walk(prepared)) {
            all = walk.toList();
        }
        for (Path each : all) {
            Path to = copy.resolve(prepared.relativize(each).toString());
            if (Files.isDirectory(each)) {
                Files.createDirectory(to);
            } else if (IMMUTABLE.stream().anyMatch(each.toString()::endsWith)) {
                Files.createLink(to, each);
            } else {
                Files.copy(each, to);
            }
        }
        return copy;
    }
}
