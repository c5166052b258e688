package dev.mgit.hooks.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Trees;
import dev.mgit.hooks.watch.WatchEvent.Kind;
import dev.mgit.lineage.version.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes a version, and when. */
class CheckpointWatchTest {
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

    /** What a trainer that is still writing, or was killed, may leave. */
    enum Half {
        NO_STATE("trainer_state.json") {
            @Override
            void unmake(Path checkpoint) throws IOException {
                Files.delete(checkpoint.resolve("trainer_state.json"));
            }
        },
        CUT_STATE("trainer_state.json") {
            @Override
            void unmake(Path checkpoint) throws IOException {
                Files.writeString(checkpoint.resolve("trainer_state.json"), "{\"global_step\": 5");
            }
        },
        CUT_WEIGHTS("model.safetensors") {
            @Override
            void unmake(Path checkpoint) throws IOException {
                Path weights = checkpoint.resolve("model.safetensors");
                Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 700));
            }
        },
        NO_WEIGHTS("no weights") {
            @Override
            void unmake(Path checkpoint) throws IOException {
                Files.delete(checkpoint.resolve("model.safetensors"));
            }
        },
        A_SHARD_MISSING("model-2.safetensors") {
            @Override
            void unmake(Path checkpoint) throws IOException {
                Files.writeString(
                        checkpoint.resolve("model.safetensors.index.json"),
                        "{\"weight_map\": {\"w\": \"model.safetensors\", \"v\": \"model-2.safetensors\"}}");
            }
        },
        TEMPORARY("optimizer.pt.tmp") {
            @Override
            void unmake(Path checkpoint) throws IOException {
                Files.writeString(checkpoint.resolve("optimizer.pt.tmp"), "");
            }
        },
        CUT_ARCHIVE("pytorch_model.bin") {
            @Override
            void unmake(Path checkpoint) throws IOException {
                Files.write(checkpoint.resolve("pytorch_model.bin"), new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 8, 8});
            }
        },
        NO_RANDOM_STATE("random_states_0.pkl") {
            @Override
            void unmake(Path checkpoint) throws IOException {
                Files.delete(checkpoint.resolve("trainer_state.json"));
                Files.delete(checkpoint.resolve("training_args.bin"));
                Files.writeString(checkpoint.resolve("optimizer.bin"), "of Accelerate");
            }
        };

        private final String lacks;

        Half(String lacks) {
            this.lacks = lacks;
        }

        abstract void unmake(Path checkpoint) throws IOException;
    }

    @Test
    void finishedCheckpointsBecomeVersionsInTheOrderOfTheirSteps() throws IOException {
        for (int step : new int[] {900, 1000, 20}) {
            run.checkpoint(step, 0.5);
        }
        watched.look();
        assertThat(watched.steps()).containsExactly("20", "900", "1000");
        Version first = watched.versions().get(0);
        assertThat(first.message()).isEqualTo("Step 20 of 900");
        assertThat(first.trailers()).containsEntry("Metrics", "{\"eval_f1\":0.5}");
        assertThat(watched.told(Kind.COMMITTED)).containsExactly("checkpoint-20", "checkpoint-900", "checkpoint-1000");
    }

    @ParameterizedTest
    @EnumSource
    void aHalfWrittenFolderWaitsAndIsNamedOnce(Half half) throws IOException {
        Path checkpoint = run.checkpoint(1);
        half.unmake(checkpoint);
        CheckpointWatch watch = watched.watch();
        for (int looks = 0; looks < 3; looks++) {
            var unused = watch.look(() -> false);
        }
        assertThat(watched.versions()).isEmpty();
        assertThat(watched.told(Kind.WAITING)).singleElement().asString().contains("checkpoint-1", half.lacks);
        Trees.delete(checkpoint);
        run.checkpoint(1);
        var unused = watch.look(() -> false);
        assertThat(watched.steps()).containsExactly("1");
    }

    @Test
    void aFolderThatIsWrittenToWaitsUntilItWasLeftAlone() throws IOException {
        watched.settle = Duration.ofSeconds(10);
        Path checkpoint = run.checkpoint(1);
        CheckpointWatch watch = watched.watch();
        assertThat(watch.look(() -> false)).contains(Duration.ofSeconds(10));
        watched.nanos.addAndGet(Duration.ofSeconds(9).toNanos());
        Files.writeString(checkpoint.resolve("rng_state_1.pth"), "of another rank");
        assertThat(watch.look(() -> false)).contains(Duration.ofSeconds(10));
        watched.nanos.addAndGet(Duration.ofSeconds(9).toNanos());
        assertThat(watch.look(() -> false)).contains(Duration.ofSeconds(1));
        assertThat(watched.versions()).isEmpty();
        watched.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(watch.look(() -> false)).isEmpty();
        assertThat(watched.steps()).containsExactly("1");
    }

    @Test
    void whatIsCommittedAlreadyIsRecognizedWithAndWithoutWhatWasNoted() throws IOException {
        run.checkpoint(1);
        run.checkpoint(2);
        watched.look();
        watched.look();
        Trees.delete(dir.resolve("repository/.mgit/index"));
        watched.look();
        assertThat(watched.steps()).containsExactly("1", "2");
        assertThat(watched.told(Kind.KNOWN))
                .containsExactly("checkpoint-1", "checkpoint-2", "checkpoint-1", "checkpoint-2");
    }

    @Test
    void aFolderThatAnotherRunPutInItsPlaceIsCommittedAnew() throws IOException {
        // Inside the repository's folder a commit notes what a folder holds, as a checkout does.
        watched.close();
        watched = new WatchedRepository(dir.resolve("project"), dir.resolve("project/run"));
        run = watched.run;
        CheckpointWatch watch = watched.watch();
        run.checkpoint(1);
        run.checkpoint(2);
        var unused = watch.look(() -> false);
        Trees.delete(run.folder().resolve("checkpoint-1"));
        run.checkpoint(1, 0.5, 77);
        unused = watch.look(() -> false);
        assertThat(watched.steps()).containsExactly("1", "2", "1");
        watched.look();
        assertThat(watched.steps()).containsExactly("1", "2", "1");
    }

    @Test
    void linksAreNoCheckpointsAndNamesOfOtherFoldersNeither() throws IOException {
        Path elsewhere = new TrainingRun(dir.resolve("elsewhere")).checkpoint(5);
        Files.createSymbolicLink(run.folder().resolve("checkpoint-5"), elsewhere);
        for (String name :
                List.of("checkpoint-6\n", "tmp-checkpoint-7", "checkpoint-", "checkpoint-99999999999999999999")) {
            Files.createDirectories(run.folder().resolve(name));
        }
        Files.writeString(run.folder().resolve("checkpoint-8"), "a file");
        watched.look();
        assertThat(watched.versions()).isEmpty();
        assertThat(watched.events).isEmpty();
    }

    @Test
    void aLinkThatLeadsOutIsNotCommitted() throws IOException {
        Path checkpoint = run.checkpoint(1);
        Path secret = Files.writeString(dir.resolve("secret.json"), "{}");
        Files.createSymbolicLink(checkpoint.resolve("tokenizer.json"), secret);
        watched.look();
        assertThat(watched.versions()).isEmpty();
        assertThat(watched.told(Kind.WAITING)).singleElement().asString().contains("tokenizer.json", "outside");
    }

    @Test
    void nothingIsCommittedWhileTheDiskIsNearlyFull() throws IOException {
        run.checkpoint(1);
        CheckpointWatch watch = watched.watch();
        watched.free.set(1500);
        var unused = watch.look(() -> false);
        unused = watch.look(() -> false);
        assertThat(watch.isPaused()).isTrue();
        assertThat(watched.versions()).isEmpty();
        assertThat(watched.told(Kind.PAUSED)).singleElement().asString().contains("nearly full", "checkpoint-1");
        watched.free.set(1_000_000);
        unused = watch.look(() -> false);
        assertThat(watch.isPaused()).isFalse();
        assertThat(watched.steps()).containsExactly("1");
        assertThat(watched.events.get(watched.events.size() - 1).kind()).isEqualTo(Kind.RESUMED);
    }

    @Test
    void aDiskThatFillsUpDuringACommitPausesAndTheCommitIsTriedAgain() throws IOException {
        run.checkpoint(1);
        var tries = new AtomicInteger();
        watched.committer = (folder, message, trailers, first) -> {
            if (tries.getAndIncrement() == 0) {
                throw new IOException("write failed: No space left on device");
            }
            return watched.commit(folder, message, trailers, first);
        };
        CheckpointWatch watch = watched.watch();
        var unused = watch.look(() -> false);
        assertThat(watched.told(Kind.PAUSED)).singleElement().asString().contains("no room");
        unused = watch.look(() -> false);
        assertThat(watched.steps()).containsExactly("1");
        assertThat(watch.failure()).isEmpty();
    }

    @Test
    void aFolderThatAGateRefusesIsNotAskedAboutUntilItChanges() throws IOException {
        Path checkpoint = run.checkpoint(1);
        var asked = new AtomicInteger();
        watched.committer = (folder, message, trailers, first) -> {
            asked.getAndIncrement();
            throw new MgitException(MgitException.Kind.GATE, "hook 'finite' refuses it");
        };
        CheckpointWatch watch = watched.watch();
        var unused = watch.look(() -> false);
        unused = watch.look(() -> false);
        assertThat(asked).hasValue(1);
        assertThat(watched.told(Kind.FAILED)).containsExactly("checkpoint-1 hook 'finite' refuses it");
        assertThat(watch.failure()).map(MgitException::kind).contains(MgitException.Kind.GATE);
        Files.writeString(checkpoint.resolve("config.json"), "{\"mended\": true}");
        unused = watch.look(() -> false);
        assertThat(asked).hasValue(2);
    }

    @Test
    void aFolderThatATrainerDeletesMeanwhileEndsNothing() throws IOException {
        Path checkpoint = run.checkpoint(1);
        run.checkpoint(2);
        watched.committer = (folder, message, trailers, first) -> {
            if (folder.equals(checkpoint)) {
                Trees.delete(checkpoint);
            }
            return watched.commit(folder, message, trailers, first);
        };
        watched.look();
        assertThat(watched.told(Kind.FAILED)).singleElement().asString().startsWith("checkpoint-1 ");
        assertThat(watched.steps()).containsExactly("2");
    }
}
