package dev.mgit.cli.bench;

import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What choosing predictions costs. */
final class Planning {
    private Planning() {}

    /**
     * The share of a commit's thread time that went into choosing predictions.
     *
     * @param scratch a folder with room for the pair's store
     */
    static double share(Pair pair, Path scratch) throws IOException {
        Path folder = Files.createTempDirectory(scratch, "planning-");
        try (Repository repository = Repository.init(folder)) {
            if (pair.parent().isPresent()) {
                Library.commit(repository, pair.parent().get(), "parent", Optional.empty());
            }
            long start = System.nanoTime();
            CommitResult result = Library.commit(
                    repository, pair.child(), "child", pair.parent().map(parent -> "parent"));
            double elapsed = System.nanoTime() - start;
            int threads = StoreSettings.of(repository.settings()).threads();
            return result.planning().toNanos() / (elapsed * threads);
        } finally {
            Trees.delete(folder);
        }
    }
}
