package dev.mgit.bench;

import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What choosing predictions costs, as shares of the processor time that a commit takes, all of the process.
 *
 * @param choosing spent on trying predictors
 * @param sampling spent on reading samples of parents; much of what is decoded for it is kept and used again
 */
record Planning(double choosing, double sampling) {

    /**
     * Commits a pair's child and measures.
     *
     * @param scratch a folder with room for the pair's store
     */
    static Planning of(ModelPair pair, Path scratch) throws IOException {
        Path folder = Files.createTempDirectory(scratch, "planning-");
        try (Repository repository = Repository.init(folder)) {
            if (pair.parent().isPresent()) {
                BenchCommits.commit(repository, pair.parent().get(), "parent", Optional.empty());
            }
            Duration before = processorTime();
            CommitResult result = BenchCommits.commit(
                    repository, pair.child(), "child", pair.parent().map(parent -> "parent"));
            double all = processorTime().minus(before).toNanos();
            return new Planning(
                    result.choosing().toNanos() / all, result.sampling().toNanos() / all);
        } finally {
            Trees.delete(folder);
        }
    }

    private static Duration processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }
}
