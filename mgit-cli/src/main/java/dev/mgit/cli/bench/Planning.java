package dev.mgit.cli.bench;

import dev.mgit.fixtures.Trees;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What choosing predictions costs. */
final class Planning {
    private Planning() {}

    /**
     * The share of a commit's processor time, all of the process, that went into choosing predictions.
     *
     * @param scratch a folder with room for the pair's store
     */
    static double share(Pair pair, Path scratch) throws IOException {
        Path folder = Files.createTempDirectory(scratch, "planning-");
        try (Repository repository = Repository.init(folder)) {
            if (pair.parent().isPresent()) {
                Library.commit(repository, pair.parent().get(), "parent", Optional.empty());
            }
            Duration before = processorTime();
            CommitResult result = Library.commit(
                    repository, pair.child(), "child", pair.parent().map(parent -> "parent"));
            return (double) result.planning().toNanos()
                    / processorTime().minus(before).toNanos();
        } finally {
            Trees.delete(folder);
        }
    }

    private static Duration processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }
}
