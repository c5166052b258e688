package dev.mgit.lineage.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.repository.FileStat;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a checkout knows of a folder, and what happens to one that changes while it works. The weights are made. */
class CheckoutsTest {
    @TempDir
    private Path dir;

    private Repository repository;
    private Path out;
    private VersionId first;
    private VersionId second;

    @BeforeEach
    void twoVersions() throws IOException {
        repository = Repository.init(dir.resolve("repository"));
        out = repository.root().resolve("out");
        first = commit(1);
        second = commit(2);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private VersionId commit(int seed) throws IOException {
        Path model = Files.createDirectories(dir.resolve("model"));
        MadeModel weights = Families.base("m", seed, ModelShape.TINY);
        weights.writeWeightsTo(model.resolve("model.safetensors"));
        Files.writeString(Files.createDirectories(model.resolve("sub")).resolve("config.json"), "{\"a\":" + seed + "}");
        return commit(model);
    }

    private VersionId commit(Path folder) throws IOException {
        var request = new CommitRequest(
                folder,
                Optional.of("m"),
                Optional.empty(),
                List.of(),
                Map.of(),
                new Person("A", "a@b"),
                Instant.EPOCH,
                Map.of());
        try (WriterLock lock = repository.lock("test", Duration.ofSeconds(10), notice -> {})) {
            return new Commits(repository, CopyProgress.none())
                    .commit(request, lock)
                    .version();
        }
    }

    private void checkout(VersionId version, boolean force, CopyProgress progress) throws IOException {
        new Checkouts(repository, progress)
                .checkout(new CheckoutRequest(version, "m", out, Optional.empty(), Optional.empty(), false, force));
    }

    /** Does something in the middle of a checkout: once it has looked at the folder, before it replaces anything. */
    private static CopyProgress meanwhile(Change change) {
        return new CopyProgress() {
            @Override
            public void start(String what, long bytes) {
                try {
                    change.make();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }

            @Override
            public void advance(long bytes) {}

            @Override
            public void done() {}
        };
    }

    private interface Change {
        void make() throws IOException;
    }

    private static void editLeavingSizeAndTime(Path file) throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "{\"a\":9}", StandardOpenOption.WRITE);
        Files.setLastModifiedTime(file, time);
    }

    /** True if no file of the folder would have to be read to know that it is unchanged. */
    private boolean known(Path folder) throws IOException {
        CheckoutState state = CheckoutState.find(repository, folder).orElseThrow();
        KnownFiles known = KnownFiles.load(repository, state);
        for (String path : state.files()) {
            if (!known.vouchFor(path, FileStat.of(folder.resolve(path)))) {
                return false;
            }
        }
        return !state.files().isEmpty();
    }

    @Test
    void whatNobodyTouchedNeedNotBeRead() throws IOException {
        checkout(first, false, CopyProgress.none());
        assertThat(known(out)).as("a new folder").isTrue();
        checkout(second, false, CopyProgress.none());
        assertThat(known(out)).as("another version in its place").isTrue();
        checkout(second, false, CopyProgress.none());
        assertThat(known(out)).as("the same once more").isTrue();
        FileStat.awaitTick();
        editLeavingSizeAndTime(out.resolve("sub/config.json"));
        FileStat.awaitTick();
        commit(out);
        assertThat(known(out)).as("a folder that was committed").isTrue();
    }

    @Test
    void whatWasReadOnceIsKnownFromThenOn() throws IOException {
        checkout(first, false, CopyProgress.none());
        Path known = repository.knownFiles();
        Path noted;
        try (var files = Files.list(known)) {
            noted = files.findFirst().orElseThrow();
        }
        for (byte[] lost : List.of(new byte[0], new byte[] {'{', '}'})) {
            Files.write(noted, lost);
            assertThat(known(out)).isFalse();
            assertThat(status().clean()).isTrue();
            assertThat(known(out)).isTrue();
        }
        Files.delete(noted);
        Files.setLastModifiedTime(out.resolve("sub/config.json"), FileTime.fromMillis(0));
        FileStat.awaitTick();
        assertThat(status().clean()).as("touched, not changed").isTrue();
        assertThat(known(out)).isTrue();
    }

    private FolderStatus status() throws IOException {
        return FolderStatus.of(repository, CheckoutState.find(repository, out).orElseThrow());
    }

    @Test
    void whatIsKnownOfOneVersionSaysNothingOfAnother() throws IOException {
        checkout(first, false, CopyProgress.none());
        CheckoutState now = CheckoutState.find(repository, out).orElseThrow();
        var other = new CheckoutState(out, "m", second, false, now.files());
        FileStat look = FileStat.of(out.resolve("sub/config.json"));
        assertThat(KnownFiles.load(repository, now).vouchFor("sub/config.json", look))
                .isTrue();
        assertThat(KnownFiles.load(repository, other).vouchFor("sub/config.json", look))
                .isFalse();
    }

    @Test
    void anEditDuringACheckoutStopsIt() throws IOException {
        checkout(first, false, CopyProgress.none());
        Path config = out.resolve("sub/config.json");
        assertThatThrownBy(() -> checkout(second, false, meanwhile(() -> editLeavingSizeAndTime(config))))
                .isInstanceOfSatisfying(MgitException.class, this::isConflict)
                .hasMessageContaining("config.json");
        assertThat(config).hasContent("{\"a\":9}");
        assertThat(CheckoutState.find(repository, out).orElseThrow().version()).isEqualTo(first);
        assertThat(status().changed())
                .extracting(FolderStatus.ChangedFile::path)
                .containsExactly("sub/config.json");
    }

    @Test
    void aFileThatVanishesDuringACheckoutIsNotForgotten() throws IOException {
        checkout(first, false, CopyProgress.none());
        Path model = dir.resolve("model");
        Files.writeString(model.resolve("sub/config.json"), "{\"a\":1}"); // as in the first version
        VersionId third = commit(model);
        assertThatThrownBy(() -> checkout(third, false, meanwhile(() -> Files.delete(out.resolve("sub/config.json")))))
                .isInstanceOfSatisfying(MgitException.class, this::isConflict)
                .hasMessageContaining("was changed during the checkout");
    }

    @Test
    void aFileThatAppearsDuringACheckoutStopsIt() throws IOException {
        Files.createDirectories(out.resolve("sub"));
        assertThatThrownBy(() -> checkout(
                        second, false, meanwhile(() -> Files.writeString(out.resolve("sub/config.json"), "mine"))))
                .isInstanceOfSatisfying(MgitException.class, this::isConflict);
        assertThat(out.resolve("sub/config.json")).hasContent("mine");
    }

    @Test
    void aFolderThatAppearsDuringACheckoutStopsIt() throws IOException {
        assertThatThrownBy(() -> checkout(second, false, meanwhile(() -> Files.createDirectories(out))))
                .isInstanceOfSatisfying(MgitException.class, this::isConflict)
                .hasMessageContaining("was created during the checkout");
        assertThat(out).isEmptyDirectory();
    }

    @Test
    void aLinkPutInTheWayDuringACheckoutIsNotFollowed() throws IOException {
        checkout(first, false, CopyProgress.none());
        Path outside = Files.createDirectories(dir.resolve("outside"));
        Change swap = () -> {
            Files.move(out.resolve("sub"), outside.resolve("sub"));
            Files.createSymbolicLink(out.resolve("sub"), outside.resolve("sub"));
        };
        assertThatThrownBy(() -> checkout(second, true, meanwhile(swap)))
                .isInstanceOfSatisfying(MgitException.class, this::isConflict)
                .hasMessageContaining("sub' is not a folder");
        assertThat(outside.resolve("sub/config.json")).hasContent("{\"a\":1}");
    }

    private void isConflict(MgitException refusal) {
        assertThat(refusal.kind()).isEqualTo(MgitException.Kind.CONFLICT);
    }

    @Test
    void aCommitNoticesAChangeThatLeavesSizeAndTime() throws IOException {
        Path file = Files.writeString(dir.resolve("config.json"), "{\"a\":1}");
        var fresh = CheckpointFiles.Entry.of("config.json", file);
        FileStat.awaitTick();
        var settled = CheckpointFiles.Entry.of("config.json", file);
        assertThat(settled.settled()).isTrue();
        String read = FileContents.sha256(Files.readAllBytes(file));
        fresh.requireUnchanged(read);
        settled.requireUnchanged(read);
        Files.createLink(dir.resolve("link"), file);
        settled.requireUnchanged(read); // the time of the last change is another, the bytes are not

        editLeavingSizeAndTime(file);
        for (CheckpointFiles.Entry entry : List.of(fresh, settled)) {
            assertThatThrownBy(() -> entry.requireUnchanged(read))
                    .hasMessageContaining("changed while it was being read");
        }
    }

    @Test
    void aFileChangedJustNowIsReadAgain() throws IOException {
        Path file = Files.writeString(dir.resolve("config.json"), "{\"a\":9}");
        FileStat look = FileStat.of(file);
        var unsettled = new CheckpointFiles.Entry("config.json", file, look, false, false);
        String other = FileContents.sha256("{\"a\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThatThrownBy(() -> unsettled.requireUnchanged(other)).hasMessageContaining("changed while");
    }

    @Test
    void everyFileOfAVersionIsWrittenWithAsManyThreadsAsAreSet() throws IOException {
        Files.writeString(repository.files().config(), "[store]\n\tthreads = 1\n");
        try (Repository again = Repository.open(repository.root())) {
            Path folder = Files.createDirectories(dir.resolve("plain"));
            new VersionFiles(again, CopyProgress.none()).writeTo(folder, second);
            for (FileEntry file : again.lineage().checkpoint(second).files()) {
                assertThat(folder.resolve(file.path())).hasSize(file.size());
            }
        }
    }
}
