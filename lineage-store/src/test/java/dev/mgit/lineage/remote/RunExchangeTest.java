package dev.mgit.lineage.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.S3Server;
import dev.mgit.lineage.checkpoint.CommitRequest;
import dev.mgit.lineage.checkpoint.Commits;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.checkpoint.VersionFiles;
import dev.mgit.lineage.git.RemoteAddress;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Person;
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
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parcels between two repositories by way of a bare Git repository and a folder, or an S3 server. Models are made. */
class RunExchangeTest {
    private static final String RUN = "0123abcd/7";
    private static final Person ADA = new Person("Ada", "ada@example.org");

    @TempDir
    private Path temp;

    private final List<Repository> open = new ArrayList<>();
    private RemoteAddress address;
    private Repository here;
    private VersionId base;

    @BeforeEach
    void aModelAndABareRepository() throws IOException {
        address =
                RemoteAddress.parse(GitServers.bare(temp.resolve("models.git")).toString(), temp);
        here = repository("here");
        MadeModel model = Families.base("base", 1, new ModelShape(32, 16, 1, Element.F32));
        var request = new CommitRequest(
                model.writeTo(temp.resolve("files")),
                Optional.of("base"),
                Optional.empty(),
                List.of(),
                Map.of(),
                ADA,
                Instant.now(),
                Map.of());
        WriterLock lock = lock(here, "commit");
        try (lock) {
            base = new Commits(here, CopyProgress.none()).commit(request, lock).version();
        }
    }

    @AfterEach
    void close() {
        open.forEach(Repository::close);
    }

    private Repository repository(String name) throws IOException {
        Repository repository = Repository.init(temp.resolve(name));
        open.add(repository);
        return repository;
    }

    private static WriterLock lock(Repository repository, String what) throws IOException {
        return repository.lock(what, Duration.ofSeconds(30), text -> {});
    }

    private static Exchange exchange(Repository repository) {
        return new Exchange(
                repository,
                System.getenv(),
                ADA,
                what -> lock(repository, what),
                text -> {},
                Map.of(),
                CopyProgress.none());
    }

    private RunExchange there(Repository repository, String store) {
        var remote = new Remote("hub", address, Optional.of(store), true, List.of());
        RemoteParameters.prepare(exchange(repository), remote);
        return RunExchange.open(exchange(repository), remote);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(temp, "file", ""), text);
    }

    @Test
    void aParcelBringsItsFilesAndVersionsThroughAFolder() throws Exception {
        thereAndBack(temp.resolve("store").toUri().toString());
    }

    @Test
    void theSameThroughS3() throws Exception {
        try (var server = new S3Server(temp.resolve("s3"))) {
            thereAndBack(server.url("runs"));
        }
    }

    private void thereAndBack(String store) throws IOException {
        Repository other = repository("other");
        VersionId order;
        try (RunExchange mine = there(here, store)) {
            order = mine.offer(RUN, Map.of("order", file("do it")), List.of(base));
            assertThat(mine.now(RUN)).contains(order);
        }
        try (RunExchange theirs = there(other, store)) {
            theirs.fetch(theirs.now(RUN).orElseThrow());
            assertThat(theirs.versions(order)).containsExactly(base);
            assertThat(theirs.extract(order, "order", 10, temp.resolve("got"))).isTrue();
            assertThat(temp.resolve("got")).hasContent("do it");
            assertThat(theirs.extract(order, "nothing", 10, temp.resolve("none")))
                    .isFalse();
            assertThatThrownBy(() -> theirs.extract(order, "order", 4, temp.resolve("large")))
                    .isInstanceOf(MgitException.class)
                    .hasMessageContaining("5 bytes, more than 4");
            theirs.bring(List.of(base));
            Path laid = Files.createDirectory(temp.resolve("laid"));
            new VersionFiles(other, CopyProgress.none()).writeTo(laid, base);
            assertThat(laid).isNotEmptyDirectory();

            assertThat(theirs.answer(RUN, base, Map.of("result", file("no")), List.of()))
                    .as("in place of what is not there")
                    .isFalse();
            assertThat(theirs.answer(RUN, order, Map.of("result", file("done")), List.of(base)))
                    .isTrue();
            assertThat(theirs.answer(RUN, order, Map.of("result", file("late")), List.of()))
                    .as("a second answer to the same")
                    .isFalse();
        }
        try (RunExchange mine = there(here, store)) {
            mine.withdraw(Set.of(RUN, "ffffffff/0"));
            assertThat(mine.now(RUN)).isEmpty();
        }
        assertThat(GitServers.run(temp.resolve("models.git"), "git", "for-each-ref"))
                .isEmpty();
    }

    @Test
    void aRunHasANameThatCanBeNothingElse() {
        assertThat(RunExchange.reference(RUN)).isEqualTo("refs/mgit/runs/" + RUN);
        for (String name : List.of("../heads/base", "0123abcd", "0123abcd/x", "", "0123ABCD/1")) {
            assertThatThrownBy(() -> RunExchange.reference(name))
                    .isInstanceOf(MgitException.class)
                    .hasMessageContaining("is not the name of a run");
        }
    }
}
