package dev.mgit.lineage.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.CheckedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Entries as a killed command leaves them, written by hand: what the next command makes of them. */
class JournalTest {
    @TempDir
    private Path home;

    private RepositoryFiles files;
    private UserState user;
    private Path folder;
    private Path staging;
    private Switch change;

    @BeforeEach
    void aSwitchUnderWay() throws IOException {
        Path root = home.toRealPath().resolve("repo");
        Repository.init(root).close();
        files = RepositoryFiles.below(root);
        user = UserState.in(List.of(home.resolve("state")));
        folder = Files.createDirectories(root.resolve("out"));
        staging = Files.createDirectories(Journal.staging(folder));
        Files.writeString(staging.resolve("weights"), "new");
        Files.writeString(folder.resolve("weights"), "old");
        Files.writeString(folder.resolve("gone"), "old");
        change = change(identity(), folder, staging);
        change.moves.add(step("weights"));
        change.removals.add(
                new Switch.Step(folder.resolve("gone"), folder.resolve("gone"), Switch.look(folder.resolve("gone"))));
    }

    private String identity() throws IOException {
        return String.valueOf(Files.readAttributes(files.mgit(), java.nio.file.attribute.BasicFileAttributes.class)
                .fileKey());
    }

    private Switch change(String repository, Path changed, Path prepared) {
        return new Switch(repository, changed, prepared, files.journal().resolve("e.prepared"));
    }

    private Switch.Step step(String name) throws IOException {
        return new Switch.Step(staging.resolve(name), folder.resolve(name), Switch.look(folder.resolve(name)));
    }

    /** Leaves the entry of a process that is no more. */
    private void leave(Switch left) throws IOException {
        Path journal = user.makeJournal(files).orElseThrow();
        Files.write(journal.resolve("e.json"), CheckedJson.bytes(left.json()));
        Files.createFile(journal.resolve("e.lock"));
    }

    private void recover() throws IOException {
        try (Repository repository = Repository.open(folder, user)) {
            repository.recover();
        }
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> left = Files.list(user.makeJournal(files).orElseThrow())) {
            return left.map(file -> String.valueOf(file.getFileName())).sorted().toList();
        }
    }

    @Test
    void whatWasBegunIsFinished() throws IOException {
        leave(change);
        recover();
        assertThat(folder.resolve("weights")).hasContent("new");
        assertThat(folder.resolve("gone")).doesNotExist();
        assertThat(staging).doesNotExist();
        assertThat(entries()).isEmpty();
    }

    @Test
    void whatWasChangedSinceIsLeftAlone() throws IOException {
        leave(change);
        Files.writeString(folder.resolve("weights"), "edit");
        Files.writeString(folder.resolve("gone"), "edit");
        recover();
        assertThat(folder.resolve("weights")).hasContent("edit");
        assertThat(folder.resolve("gone")).hasContent("edit");
        assertThat(staging).doesNotExist();
        assertThat(entries()).isEmpty();
    }

    @Test
    void anEntryOfAnotherRepositoryAtTheSamePlaceIsDropped() throws IOException {
        Switch other = change("another", folder, staging);
        other.moves.addAll(change.moves);
        other.removals.addAll(change.removals);
        leave(other);
        recover();
        assertThat(folder.resolve("weights")).hasContent("old");
        assertThat(folder.resolve("gone")).exists();
        assertThat(entries()).isEmpty();
    }

    @Test
    void nothingOutsideTheFolderIsTouched() throws IOException {
        Path precious = Files.writeString(home.toRealPath().resolve("precious"), "mine");
        Path tree = Files.createDirectories(home.toRealPath().resolve("tree"));
        Switch removing = change(identity(), folder, staging);
        removing.removals.add(new Switch.Step(precious, precious, Switch.look(precious)));
        Switch moving = change(identity(), folder, staging);
        moving.moves.add(new Switch.Step(staging.resolve("weights"), precious, Switch.look(precious)));
        Switch climbing = change(identity(), folder, staging);
        climbing.moves.add(
                new Switch.Step(staging.resolve("weights"), folder.resolve("../../precious"), Switch.look(precious)));
        Switch deleting = change(identity(), folder, tree);
        for (Switch bad : List.of(removing, moving, climbing, deleting)) {
            leave(bad);
            recover();
            assertThat(precious).hasContent("mine");
            assertThat(tree).exists();
            assertThat(entries()).containsExactly("e.json.damaged");
            Files.delete(user.makeJournal(files).orElseThrow().resolve("e.json.damaged"));
        }
    }

    @Test
    void noLinkIsFollowed() throws IOException {
        Path elsewhere = Files.createDirectories(home.toRealPath().resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("weights"), "mine");
        Files.createSymbolicLink(folder.resolve("sub"), elsewhere);
        Files.createDirectories(staging.resolve("sub"));
        Files.writeString(staging.resolve("sub/weights"), "new");
        change.moves.clear();
        change.moves.add(step("sub/weights"));
        leave(change);
        assertThatThrownBy(this::recover)
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.FAILED));
        assertThat(elsewhere.resolve("weights")).hasContent("mine");
    }

    @Test
    void aDamagedEntryIsSetAside() throws IOException {
        leave(change);
        Path entry = user.makeJournal(files).orElseThrow().resolve("e.json");
        byte[] bytes = Files.readAllBytes(entry);
        bytes[bytes.length / 2] ^= 1;
        Files.write(entry, bytes);
        recover();
        assertThat(folder.resolve("weights")).hasContent("old");
        assertThat(entries()).containsExactly("e.json.damaged");
    }

    @Test
    void entriesInTheRepositoryAreNotCarriedOut() throws IOException {
        Files.write(files.journal().resolve("e.json"), CheckedJson.bytes(change.json()));
        Files.createFile(files.journal().resolve("e.lock"));
        recover();
        assertThat(folder.resolve("weights")).hasContent("old");
        assertThat(staging).exists();
        try (Repository repository = Repository.open(folder, user)) {
            assertThat(repository.foreignJournal()).hasSize(1);
        }
    }

    @Test
    void aFolderThatOthersCanWriteToIsNotUsed() throws IOException {
        Path shared = Files.createDirectories(home.resolve("shared"));
        var open = UserState.in(List.of(shared));
        Path journal = open.makeJournal(files).orElseThrow();
        Files.setPosixFilePermissions(journal, java.nio.file.attribute.PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThat(open.journals(files)).isEmpty();
        assertThatThrownBy(() -> open.makeJournal(files)).isInstanceOf(MgitException.class);
    }

    @Test
    void noPartOfARepositoryMayBeALink() throws IOException {
        Path elsewhere = Files.createDirectories(home.resolve("elsewhere"));
        Path kept = Files.writeString(elsewhere.resolve("kept.new"), "mine");
        Files.delete(files.index());
        Files.createSymbolicLink(files.index(), elsewhere);
        assertThatThrownBy(this::recover)
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.INTEGRITY));
        assertThat(kept).hasContent("mine");
    }
}
