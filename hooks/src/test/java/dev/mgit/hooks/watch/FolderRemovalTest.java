package dev.mgit.hooks.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Trees;
import dev.mgit.hooks.watch.WatchEvent.Kind;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which folders go: none of which a version does not have every byte. */
class FolderRemovalTest {
    @TempDir
    private Path dir;

    private WatchedRepository watched;
    private TrainingRun run;

    @BeforeEach
    void aRun() throws IOException {
        watched = new WatchedRepository(dir.resolve("repository"), dir.resolve("run"));
        run = watched.run;
    }

    @AfterEach
    void close() {
        watched.close();
    }

    /** What may happen to a folder after its commit, and what is said then. */
    enum Change {
        APPENDED("config.json") {
            @Override
            void make(Path checkpoint) throws IOException {
                Files.writeString(checkpoint.resolve("config.json"), "{} ");
            }
        },
        SAME_SIZE_AND_TIME("model.safetensors") {
            @Override
            void make(Path checkpoint) throws IOException {
                Path weights = checkpoint.resolve("model.safetensors");
                var time = Files.getLastModifiedTime(weights);
                byte[] bytes = Files.readAllBytes(weights);
                bytes[bytes.length - 1] ^= 1;
                Files.write(weights, bytes);
                Files.setLastModifiedTime(weights, time);
            }
        },
        ADDED("notes.txt") {
            @Override
            void make(Path checkpoint) throws IOException {
                Files.writeString(checkpoint.resolve("notes.txt"), "the good one");
            }
        },
        ADDED_BELOW("runs/events") {
            @Override
            void make(Path checkpoint) throws IOException {
                Files.createDirectories(checkpoint.resolve("runs"));
                Files.writeString(checkpoint.resolve("runs/events"), "x");
            }
        },
        IGNORED(".mgitignore") {
            @Override
            void make(Path checkpoint) throws IOException {
                Files.writeString(checkpoint.resolve(".mgitignore"), "secret\n");
                Files.writeString(checkpoint.resolve("secret"), "x");
            }
        },
        LINKED("link") {
            @Override
            void make(Path checkpoint) throws IOException {
                Files.createSymbolicLink(checkpoint.resolve("link"), Path.of("config.json"));
            }
        },
        EXECUTABLE("config.json") {
            @Override
            void make(Path checkpoint) throws IOException {
                Files.setPosixFilePermissions(
                        checkpoint.resolve("config.json"), PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        },
        DELETED("optimizer.pt") {
            @Override
            void make(Path checkpoint) throws IOException {
                Files.delete(checkpoint.resolve("optimizer.pt"));
            }
        };

        private final String named;

        Change(String named) {
            this.named = named;
        }

        abstract void make(Path checkpoint) throws IOException;
    }

    @Test
    void onlyFoldersGoThatTheRuleDoesNotKeepAndVersionsStay() throws IOException {
        double[] f1 = {0.5, 0.9, 0.7, 0.6};
        for (int i = 0; i < f1.length; i++) {
            run.checkpoint((i + 1) * 10, f1[i]);
        }
        watched.keep("best:1,every:30");
        watched.look();
        assertThat(watched.folders()).containsExactly("checkpoint-20", "checkpoint-30", "checkpoint-40");
        assertThat(watched.steps()).containsExactly("10", "20", "30", "40");
        assertThat(watched.told(Kind.REMOVED)).containsExactly("checkpoint-10");
    }

    @Test
    void theFolderThatTheTrainerLoadsAtItsEndStays() throws IOException {
        run.checkpoint(1);
        run.checkpoint(2);
        Path newest = run.checkpoint(3);
        Files.writeString(
                newest.resolve("trainer_state.json"), TrainingRun.state(3, 0, "\"out/on/another/host/checkpoint-1\""));
        watched.keep("last:1");
        watched.look();
        assertThat(watched.folders()).containsExactly("checkpoint-1", "checkpoint-3");
    }

    @ParameterizedTest
    @EnumSource
    void aFolderChangedSinceItsCommitIsKeptAndNamed(Change change) throws IOException {
        Path checkpoint = run.checkpoint(1);
        watched.look();
        change.make(checkpoint);
        run.checkpoint(2);
        watched.keep("last:1");
        watched.look();
        watched.look();
        assertThat(watched.folders()).containsExactly("checkpoint-1", "checkpoint-2");
        assertThat(watched.steps()).containsExactly("1", "2");
        assertThat(watched.told(Kind.KEPT))
                .isNotEmpty()
                .allSatisfy(said -> assertThat(said).contains("checkpoint-1", change.named));
    }

    @Test
    void aFolderStaysOfWhichSettingsLeaveSomethingOut() throws IOException {
        run.checkpoint(1);
        run.checkpoint(2);
        watched.repository.settings().set("commit.weightsOnly", "true");
        watched.keep("last:1");
        watched.look();
        assertThat(watched.folders()).containsExactly("checkpoint-1", "checkpoint-2");
        assertThat(watched.told(Kind.KEPT)).singleElement().asString().contains("checkpoint-1", "not in the version");
    }

    @Test
    void aFolderStaysWhoseVersionTheStoreDoesNotGiveBack() throws IOException {
        run.checkpoint(1);
        run.checkpoint(2);
        watched.look();
        try (var files = Files.walk(dir.resolve("repository/.mgit/parameters"))) {
            for (Path file : files.filter(path -> path.toString().matches(".*\\.(blob|sst|log)"))
                    .toList()) {
                byte[] bytes = Files.readAllBytes(file);
                for (int at = bytes.length / 4; at < bytes.length; at += 50) {
                    bytes[at] ^= 0x55;
                }
                Files.write(file, bytes);
            }
        }
        watched.keep("last:1");
        watched.look();
        assertThat(watched.folders()).containsExactly("checkpoint-1", "checkpoint-2");
        assertThat(watched.told(Kind.KEPT)).singleElement().asString().contains("checkpoint-1", "does not give");
    }

    @Test
    void aFolderStaysWhoseCommitWasTakenBack() throws IOException {
        run.checkpoint(1);
        CheckpointWatch watch = watched.watch();
        var unused = watch.look(() -> false);
        run.checkpoint(2);
        unused = watch.look(() -> false);
        watched.repository.lineage().undo(Optional.empty(), WatchedRepository.ADA);
        watched.repository.lineage().undo(Optional.empty(), WatchedRepository.ADA);
        watched.keep("last:1");
        watched.committer = (folder, message, trailers, first) -> {
            throw new IOException("not now");
        };
        watched.look();
        assertThat(watched.folders()).containsExactly("checkpoint-1", "checkpoint-2");
    }

    @Test
    void whatAKilledWatchWasDeletingIsDeletedOrNamed() throws IOException {
        run.checkpoint(1);
        run.checkpoint(2);
        run.checkpoint(3);
        watched.look();
        List<VersionId> ids =
                watched.versions().stream().map(version -> version.id()).toList();
        Path half = aside(1, ids.get(0));
        Files.delete(half.resolve("config.json"));
        Path foreign = aside(2, ids.get(1));
        Files.writeString(foreign.resolve("notes.txt"), "mine");
        Path planted =
                Files.createDirectories(run.folder().resolve(".mgit-removing-" + "0".repeat(40) + "-checkpoint-9"));
        Files.writeString(planted.resolve("x"), "mine");
        watched.look();
        assertThat(half).doesNotExist();
        assertThat(foreign.resolve("notes.txt")).exists();
        assertThat(planted.resolve("x")).exists();
        assertThat(watched.told(Kind.REMOVED)).containsExactly("checkpoint-1");
        assertThat(watched.told(Kind.KEPT)).hasSize(2).anyMatch(said -> said.contains("notes.txt"));
    }

    private Path aside(int step, VersionId version) throws IOException {
        Path folder = run.folder().resolve("checkpoint-" + step);
        return Files.move(folder, folder.resolveSibling(".mgit-removing-" + version.hex() + "-checkpoint-" + step));
    }

    @Test
    void linksInAFolderGoAndWhatTheyLeadToStays() throws IOException {
        Path checkpoint = run.checkpoint(1);
        Files.createSymbolicLink(checkpoint.resolve("copy.json"), Path.of("config.json"));
        run.checkpoint(2);
        Path elsewhere = new TrainingRun(dir.resolve("elsewhere")).checkpoint(7);
        Files.createSymbolicLink(run.folder().resolve("checkpoint-0"), elsewhere);
        watched.keep("last:1");
        watched.look();
        assertThat(watched.folders()).containsExactly("checkpoint-0", "checkpoint-2");
        assertThat(elsewhere.resolve("model.safetensors")).exists();
        Trees.delete(run.folder());
    }
}
