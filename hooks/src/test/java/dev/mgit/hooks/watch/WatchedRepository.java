package dev.mgit.hooks.watch;

import dev.mgit.hooks.watch.WatchEvent.Kind;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.CommitResult;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A repository and a run beside it, with a watch whose clock and disk a test turns by hand. */
final class WatchedRepository implements AutoCloseable {
    static final String MODEL = "squad";
    static final Person ADA = new Person("Ada", "ada@example.com");

    final Repository repository;
    final TrainingRun run;
    final List<WatchEvent> events = new ArrayList<>();
    final AtomicLong nanos = new AtomicLong();
    final AtomicLong free = new AtomicLong(Long.MAX_VALUE);
    Optional<KeepRule> keep = Optional.empty();
    Duration settle = Duration.ZERO;
    CheckpointWatch.Committer committer = this::commit;

    WatchedRepository(Path root, Path run) throws IOException {
        this.repository = Repository.init(root);
        this.run = new TrainingRun(Files.createDirectories(run));
    }

    /** A watch that knows nothing yet, as after a restart. */
    CheckpointWatch watch() {
        return new CheckpointWatch(
                repository,
                new CheckpointWatch.Plan(run.folder(), MODEL, keep, new WatchSettings(settle, 1000)),
                committer,
                events::add,
                free::get,
                nanos::get);
    }

    /** Restarts the watch and looks once. */
    void look() throws IOException {
        CheckpointWatch watch = watch();
        watch.recover();
        var unused = watch.look(() -> false);
    }

    void keep(String rule) {
        keep = Optional.of(KeepRule.parse(rule, rule.contains("best") ? Optional.of("f1:higher") : Optional.empty()));
    }

    CommitResult commit(Path folder, String message, Map<String, String> trailers, boolean first) throws IOException {
        try (WriterLock lock = repository.lock("test", Duration.ofSeconds(10), said -> {})) {
            return new Commits(repository, CopyProgress.none())
                    .commit(
                            new CommitRequest(
                                    folder,
                                    Optional.of(MODEL),
                                    Optional.of(message),
                                    List.of(),
                                    trailers,
                                    ADA,
                                    Instant.now(),
                                    Map.of()),
                            lock);
        }
    }

    /** Oldest first. */
    List<Version> versions() {
        List<Version> versions = new ArrayList<>();
        Optional<VersionId> at = repository.lineage().model(MODEL).map(Model::head);
        while (at.isPresent()) {
            versions.add(0, repository.lineage().version(at.get()));
            at = versions.get(0).previous();
        }
        return versions;
    }

    List<String> steps() {
        return versions().stream()
                .map(version -> version.trailers().getOrDefault("Training-Step", "none"))
                .toList();
    }

    /** Names in the run's folder, sorted. */
    List<String> folders() throws IOException {
        try (var found = Files.list(run.folder())) {
            return found.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /** What was said of one kind: folder and reason. */
    List<String> told(Kind kind) {
        return events.stream()
                .filter(event -> event.kind() == kind)
                .map(event -> (event.folder().orElse("") + " " + event.detail()).strip())
                .toList();
    }

    @Override
    public void close() {
        repository.close();
    }
}
