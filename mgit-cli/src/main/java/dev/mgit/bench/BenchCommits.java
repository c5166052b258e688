package dev.mgit.bench;

import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Commits within this process, to prepare repositories and to see what a commit says of itself. */
final class BenchCommits {
    static final Person AUTHOR = new Person("bench", "bench@localhost");

    private BenchCommits() {}

    /** @param parent a revision the file was fine-tuned from */
    static CommitResult commit(Repository repository, Path file, String model, Optional<String> parent)
            throws IOException {
        List<CommitRequest.Origin> origins = parent
                .map(repository.lineage()::resolve)
                .map(version -> new CommitRequest.Origin(version, EdgeKind.FINETUNE))
                .stream()
                .toList();
        var request = new CommitRequest(
                file, Optional.of(model), Optional.empty(), origins, Map.of(), AUTHOR, Instant.now(), Map.of());
        try (WriterLock lock = repository.lock("mgit bench", Duration.ofMinutes(1), notice -> {})) {
            return new Commits(repository, CopyProgress.none()).commit(request, lock);
        }
    }
}
