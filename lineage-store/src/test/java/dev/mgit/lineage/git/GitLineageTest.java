package dev.mgit.lineage.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Await;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.LineageContract;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.Operation;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract on real Git repositories, and what only they can show: plain Git reads them, crashes are settled. */
class GitLineageTest extends LineageContract {
    private static final Person ADA = new Person("Ada", "ada@example.org");

    @Override
    protected Lineage open() {
        Path git = folder.resolve("lineage.git");
        if (Files.notExists(git)) {
            GitLineage.create(git);
        }
        return GitLineage.open(git, folder.resolve("operations"));
    }

    private static NewVersion version(String model, Optional<VersionId> previous) {
        return new NewVersion(
                model,
                previous,
                List.of(),
                "a version",
                ADA,
                Instant.now(),
                Map.of(),
                List.of(),
                Map.of(),
                Map.of(),
                List.of(),
                List.of(),
                Optional.empty(),
                Map.of());
    }

    private static VersionId commit(Lineage lineage, String model, Optional<VersionId> previous) {
        Transaction transaction = lineage.begin("commit " + model, ADA);
        VersionId id = transaction.write(version(model, previous));
        transaction.setModel(model, id);
        transaction.apply();
        return id;
    }

    @Test
    void plainGitReadsTheHistory() throws Exception {
        try (Lineage lineage = open()) {
            VersionId first = commit(lineage, "team/base", Optional.empty());
            commit(lineage, "team/base", Optional.of(first));
        }
        Process git = new ProcessBuilder(
                        "git", "log", "--format=%s|%(trailers:key=Mgit-Model,valueonly,separator=)", "team/base")
                .directory(folder.resolve("lineage.git").toFile())
                .redirectErrorStream(true)
                .start();
        String out = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(Await.exit(git)).as(out).isZero();
        assertThat(out.lines()).containsExactly("a version|team/base", "a version|team/base");
    }

    @Test
    void anOperationThatACrashLeftOpenNeverHappenedIfItsReferencesDidNotMove() throws IOException {
        try (Lineage lineage = open()) {
            VersionId first = commit(lineage, "base", Optional.empty());
            Files.writeString(
                    folder.resolve("operations"),
                    "{\"id\":\"dead\",\"description\":\"lost\",\"name\":\"Ada\",\"email\":\"a@b\","
                            + "\"when\":\"2026-01-01T00:00:00Z\",\"changes\":[{\"ref\":\"refs/heads/other\",\"after\":\""
                            + first + "\"}]}\n{\"torn",
                    StandardOpenOption.APPEND);

            commit(lineage, "base", Optional.of(first));

            assertThat(lineage.operations(10).stream().map(Operation::description))
                    .containsExactly("commit base", "commit base");
        }
    }

    /** Of what a rename did, the new name had reached the disk and the end of the old one had not; or neither name had. */
    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "true, false"})
    void movesThatThePowerStoppedHalfWayAreCarriedOn(boolean made, boolean kept) throws IOException {
        Path log = folder.resolve("operations");
        Path heads = folder.resolve("lineage.git/refs/heads");
        try (Lineage lineage = open()) {
            VersionId head = commit(lineage, "base", Optional.empty());
            Transaction rename = lineage.begin("rename", ADA);
            rename.setModel("other", head);
            rename.deleteModel("base");
            rename.apply();
            List<String> lines = Files.readAllLines(log);
            Files.write(log, lines.subList(0, lines.size() - 1));
            Files.deleteIfExists(folder.resolve("lineage.git/packed-refs"));
            Files.deleteIfExists(heads.resolve("other"));
            if (made) {
                Files.writeString(heads.resolve("other"), head.hex() + "\n");
            }
            if (kept) {
                Files.writeString(heads.resolve("base"), head.hex() + "\n");
            }
        }
        try (Lineage lineage = open()) {
            commit(lineage, "fourth", Optional.empty());
            assertThat(lineage.models().stream().map(Model::name))
                    .contains("other")
                    .doesNotContain("base");
            assertThat(lineage.operations(10).stream().map(Operation::description))
                    .startsWith("commit fourth", "rename");
        }
    }

    /** As on a disk that was full when the operation was to be closed, in the command that goes on with a clean-up. */
    @Test
    void anOperationThatCouldNotBeClosedIsNotForgottenBeforeItIsSettled() throws IOException {
        Path log = folder.resolve("operations");
        try (Lineage lineage = open()) {
            VersionId first = commit(lineage, "base", Optional.empty());
            VersionId second = commit(lineage, "base", Optional.of(first));
            List<String> lines = Files.readAllLines(log);
            assertThat(lines.get(lines.size() - 1)).startsWith("{\"done\"");
            Files.write(log, lines.subList(0, lines.size() - 1));

            try (GitMaintenance maintenance = GitMaintenance.open(folder.resolve("lineage.git"), log)) {
                maintenance.collect(Instant.now(), List.of());
            }

            assertThat(lineage.resolve("base")).isEqualTo(second);
            assertThat(OutsideChanges.everything((GitLineage) lineage)).isEmpty();
        }
    }

    @Test
    void undoTakesBackTheLatestThenTheOneBefore() {
        try (Lineage lineage = open()) {
            VersionId first = commit(lineage, "base", Optional.empty());
            commit(lineage, "base", Optional.of(first));

            lineage.undo(Optional.empty(), ADA);
            assertThat(lineage.resolve("base")).isEqualTo(first);

            lineage.undo(Optional.empty(), ADA);
            assertThat(lineage.models()).isEmpty();
        }
    }
}
