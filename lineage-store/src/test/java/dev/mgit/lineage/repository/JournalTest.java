package dev.mgit.lineage.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A switch of a folder's files, interrupted or not, with files of the user's in its way. */
class JournalTest {
    @TempDir
    private Path dir;

    private User user;
    private Path folder;
    private final List<String> notices = new ArrayList<>();

    @BeforeEach
    void aFolder() throws IOException {
        Path root = dir.toRealPath().resolve("repo");
        user = new User(java.util.Set.of(), Optional.of(dir.resolve("state")), Optional.empty(), notices::add);
        Repository.init(root, user).close();
        folder = Files.createDirectories(root.resolve("folder/sub")).getParent();
        for (String name : List.of("a", "sub/b", "gone")) {
            Files.writeString(folder.resolve(name), "old " + name);
        }
    }

    private Repository open() throws IOException {
        return Repository.open(folder, user);
    }

    private Path entries() {
        return folder.resolveSibling(".mgit/journal");
    }

    private Map<String, FileStat> looks() throws IOException {
        Map<String, FileStat> looks = new LinkedHashMap<>();
        for (String name : List.of("a", "sub/b", "new", "gone")) {
            looks.put(name, FileStat.of(folder.resolve(name)));
        }
        return looks;
    }

    private static FolderSwitch prepared(Journal journal, List<String> removals, Map<String, FileStat> looks)
            throws IOException {
        Files.createDirectories(journal.staging().resolve("sub"));
        for (String name : List.of("a", "sub/b", "new")) {
            Files.writeString(journal.staging().resolve(name), "new " + name);
        }
        return new FolderSwitch(List.of("a", "sub/b", "new"), removals, looks, Optional.empty());
    }

    @Test
    void whatIsAsExpectedIsReplacedAndRemoved() throws IOException {
        Map<String, FileStat> looks = looks();
        try (Repository repository = open();
                Journal journal = repository.access().journal(folder, false)) {
            assertThat(journal.finish(prepared(journal, List.of("gone", "sub"), looks)))
                    .isEmpty();
        }
        assertThat(folder.resolve("a")).hasContent("new a");
        assertThat(folder.resolve("sub/b")).as("a folder in use stays").hasContent("new sub/b");
        assertThat(folder.resolve("new")).hasContent("new new");
        assertThat(folder.resolve("gone")).doesNotExist();
        assertThat(folder).isDirectoryNotContaining("glob:**.mgit-staging-*");
        assertThat(entries()).isEmptyDirectory();
    }

    @Test
    void whatIsNotIsKept() throws IOException {
        Map<String, FileStat> looks = looks();
        Files.writeString(folder.resolve("a"), "mine");
        Files.writeString(folder.resolve("a.orig"), "mine from before");
        Files.writeString(folder.resolve("new"), "mine too");
        Files.writeString(folder.resolve("gone"), "and mine");
        try (Repository repository = open();
                Journal journal = repository.access().journal(folder, false)) {
            assertThat(journal.finish(prepared(journal, List.of("gone"), looks)))
                    .containsExactly(folder.resolve("a.orig2"), folder.resolve("new.orig"));
        }
        assertThat(folder.resolve("a")).hasContent("new a");
        assertThat(folder.resolve("a.orig")).hasContent("mine from before");
        assertThat(folder.resolve("a.orig2")).hasContent("mine");
        assertThat(folder.resolve("new")).hasContent("new new");
        assertThat(folder.resolve("new.orig")).hasContent("mine too");
        assertThat(folder.resolve("gone")).hasContent("and mine");
    }

    /** A link stops the switch in its middle, as a kill would. */
    private void interrupt() throws IOException {
        Map<String, FileStat> looks = looks();
        Files.move(folder.resolve("sub"), dir.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("sub"), dir.resolve("elsewhere"));
        try (Repository repository = open();
                Journal journal = repository.access().journal(folder, false)) {
            FolderSwitch change = prepared(journal, List.of("gone"), looks);
            assertThatThrownBy(() -> journal.finish(change)).isInstanceOfAny(IOException.class, MgitException.class);
        }
        assertThat(dir.resolve("elsewhere/b")).hasContent("old sub/b");
        assertThat(folder.resolve("a")).hasContent("new a");
        Files.delete(folder.resolve("sub"));
        Files.createDirectories(folder.resolve("sub"));
    }

    @Test
    void whatWasEditedSinceASwitchWasInterruptedIsKeptToo() throws IOException {
        interrupt();
        Files.writeString(folder.resolve("sub/b"), "mine");
        Files.writeString(folder.resolve("gone"), "mine too");
        try (Repository repository = open()) {
            repository.recover();
        }
        assertThat(folder.resolve("sub/b")).hasContent("new sub/b");
        assertThat(folder.resolve("sub/b.orig")).hasContent("mine");
        assertThat(folder.resolve("new")).hasContent("new new");
        assertThat(folder.resolve("gone")).hasContent("mine too");
        assertThat(folder).isDirectoryNotContaining("glob:**.mgit-staging-*");
        assertThat(entries()).isEmptyDirectory();
        assertThat(notices).singleElement().asString().contains("sub/b.orig");
    }

    /** The power may fail after the lock was removed and before the entry was, on disk. */
    @Test
    void anEntryWithoutItsLockIsFinishedToo() throws IOException {
        interrupt();
        try (var found = Files.newDirectoryStream(entries(), "*.lock")) {
            for (Path lock : found) {
                Files.delete(lock);
            }
        }
        try (Repository repository = open()) {
            repository.recover();
        }
        assertThat(folder.resolve("sub/b")).hasContent("new sub/b");
        assertThat(folder.resolve("gone")).doesNotExist();
        assertThat(entries()).isEmptyDirectory();
    }

    @Test
    void anEntryWhoseLockIsNoFileKeepsNobodyFromWorking() throws IOException {
        interrupt();
        try (var found = Files.newDirectoryStream(entries(), "*.lock")) {
            for (Path lock : found) {
                Files.delete(lock);
                Files.createDirectory(lock);
            }
        }
        try (Repository repository = open()) {
            repository.recover();
        }
        assertThat(folder.resolve("gone")).hasContent("old gone");
    }

    @Test
    void whatSomebodyElseInterruptedIsLeftAlone() throws IOException {
        interrupt();
        var other = new User(java.util.Set.of(), Optional.of(dir.resolve("other")), Optional.empty(), notices::add);
        try (Repository repository = Repository.open(folder, other)) {
            repository.recover();
        }
        assertThat(folder.resolve("gone")).hasContent("old gone");
        assertThat(folder.resolve("new")).doesNotExist();
        assertThat(entries()).isNotEmptyDirectory();
        assertThat(notices).singleElement().asString().contains("was left alone");
    }

    @Test
    void anEntryThatWasChangedIsNotActedOn() throws IOException {
        interrupt();
        Path precious = Files.writeString(folder.resolveSibling("precious"), "mine");
        try (var found = Files.newDirectoryStream(entries(), "*.json")) {
            for (Path entry : found) {
                Files.writeString(entry, Files.readString(entry).replace("\"gone\"", "\"../precious\""));
            }
        }
        try (Repository repository = open()) {
            repository.recover();
        }
        assertThat(precious).hasContent("mine");
        assertThat(folder.resolve("gone")).hasContent("old gone");
    }
}
