package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.maintain.GarbageCollector;
import dev.mgit.lineage.remote.Exchange;
import dev.mgit.lineage.remote.Push;
import dev.mgit.lineage.remote.Remotes;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What others do to a repository while something is pushed from it, which holds no lock. All weights are made. */
class PushMeanwhileTest {
    @TempDir
    private Path folder;

    @Test
    void aModelThatIsRemovedAndCleanedUpIsNoDamage() throws IOException {
        GitServers.bare(folder.resolve("models.git"));
        TestRepository ada = TestRepository.init(folder.resolve("ada"));
        for (String model : List.of("kept", "gone")) {
            TestRepository.weights(folder.resolve("model/w.safetensors"), model.hashCode(), 100);
            ada.ok("commit", "../model", "--model", model);
        }
        ada.ok("remote", "add", "origin", "../models.git", "--store", "../store");
        var asked = new AtomicInteger();

        try (Repository repository = Repository.open(ada.root(), Cli.user())) {
            var exchange = new Exchange(
                    repository,
                    Map.of("PATH", System.getenv("PATH")),
                    new Person("Ada", "ada@localhost"),
                    what -> repository.lock(what, Duration.ofMinutes(5), notice -> {}),
                    notice -> {},
                    Map.of(),
                    CopyProgress.none());
            Push push = new Push(exchange, versions -> {
                if (asked.getAndIncrement() == 0) {
                    assertThat(versions).hasSize(2);
                    remove(ada, "gone");
                }
            });
            Push.Report report = push.run(
                    new Remotes(repository.settings(), ada.root()).get("origin"),
                    new Push.Request(List.of(), List.of(), false, false, false, false));

            assertThat(report.moves()).extracting(move -> move.ref()).containsExactly("refs/heads/kept");
        }
        assertThat(asked).hasValue(2);
        assertThat(GitServers.run(folder.resolve("models.git"), "git", "for-each-ref"))
                .contains("refs/heads/kept")
                .doesNotContain("gone");
        assertThat(ada.ok("fsck")).contains("no damage");
    }

    /** In a session of its own, as another process would. */
    private static void remove(TestRepository from, String model) {
        from.ok("rm", model);
        try (Repository other = Repository.open(from.root(), Cli.user());
                WriterLock lock = other.lock("mgit gc", Duration.ofMinutes(5), notice -> {})) {
            new GarbageCollector(other, CopyProgress.none())
                    .collect(new GarbageCollector.Request(Instant.now(), Optional.empty(), Optional.empty()), lock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
