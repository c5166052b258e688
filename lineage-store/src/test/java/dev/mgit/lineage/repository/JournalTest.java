package dev.mgit.lineage.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Switches of files, and what becomes of files that are not what they were when the switch was decided on. */
class JournalTest {
    @TempDir
    private Path dir;

    private Path entries;
    private Path folder;
    private Path staging;

    @BeforeEach
    void aFolder() throws IOException {
        entries = dir.resolve("journal");
        folder = Files.createDirectories(dir.resolve("folder/sub")).getParent();
        staging = folder.resolve(".mgit-staging-1");
        for (String name : List.of("a", "sub/b", "gone")) {
            Files.writeString(folder.resolve(name), "old " + name);
        }
    }

    private Map<Path, FileStat> looks() throws IOException {
        Map<Path, FileStat> looks = new LinkedHashMap<>();
        for (String name : List.of("a", "sub/b", "new", "gone")) {
            looks.put(folder.resolve(name), FileStat.of(folder.resolve(name)));
        }
        return looks;
    }

    private List<Journal.Move> prepared() throws IOException {
        Files.createDirectories(staging.resolve("sub"));
        for (String name : List.of("a", "sub/b", "new")) {
            Files.writeString(staging.resolve(name), "new " + name);
        }
        return List.of(
                new Journal.Move(staging.resolve("a"), folder.resolve("a")),
                new Journal.Move(staging.resolve("sub/b"), folder.resolve("sub/b")),
                new Journal.Move(staging.resolve("new"), folder.resolve("new")));
    }

    @Test
    void whatIsAsExpectedIsReplacedAndRemoved() throws IOException {
        Map<Path, FileStat> looks = looks();
        try (Journal journal = Journal.start(entries, staging)) {
            assertThat(journal.finish(prepared(), List.of(folder.resolve("gone"), folder.resolve("sub")), looks))
                    .isEmpty();
        }
        assertThat(folder.resolve("a")).hasContent("new a");
        assertThat(folder.resolve("sub/b")).as("a folder in use stays").hasContent("new sub/b");
        assertThat(folder.resolve("new")).hasContent("new new");
        assertThat(folder.resolve("gone")).doesNotExist();
        assertThat(staging).doesNotExist();
        assertThat(entries).isEmptyDirectory();
    }

    @Test
    void whatIsNotIsKept() throws IOException {
        Map<Path, FileStat> looks = looks();
        Files.writeString(folder.resolve("a"), "mine");
        Files.writeString(folder.resolve("a.orig"), "mine from before");
        Files.writeString(folder.resolve("new"), "mine too");
        Files.writeString(folder.resolve("gone"), "and mine");
        try (Journal journal = Journal.start(entries, staging)) {
            assertThat(journal.finish(prepared(), List.of(folder.resolve("gone")), looks))
                    .containsExactly(folder.resolve("a.orig2"), folder.resolve("new.orig"));
        }
        assertThat(folder.resolve("a")).hasContent("new a");
        assertThat(folder.resolve("a.orig")).hasContent("mine from before");
        assertThat(folder.resolve("a.orig2")).hasContent("mine");
        assertThat(folder.resolve("new")).hasContent("new new");
        assertThat(folder.resolve("new.orig")).hasContent("mine too");
        assertThat(folder.resolve("gone")).hasContent("and mine");
    }

    @Test
    void whatWasEditedSinceASwitchWasInterruptedIsKeptToo() throws IOException {
        Map<Path, FileStat> looks = looks();
        List<Journal.Move> moves = prepared();
        // A link stops the switch in its middle, as a kill would.
        Files.move(folder.resolve("sub"), dir.resolve("elsewhere"));
        Files.createSymbolicLink(folder.resolve("sub"), dir.resolve("elsewhere"));
        try (Journal journal = Journal.start(entries, staging)) {
            assertThatThrownBy(() -> journal.finish(moves, List.of(folder.resolve("gone")), looks))
                    .isInstanceOf(MgitException.class)
                    .hasMessageContaining("sub' is not a folder");
        }
        assertThat(dir.resolve("elsewhere/b")).hasContent("old sub/b");
        assertThat(folder.resolve("a")).hasContent("new a");
        Files.delete(folder.resolve("sub"));
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("sub/b"), "mine");
        Files.writeString(folder.resolve("gone"), "mine too");

        Journal.recover(entries);
        assertThat(folder.resolve("sub/b")).hasContent("new sub/b");
        assertThat(folder.resolve("sub/b.orig")).hasContent("mine");
        assertThat(folder.resolve("new")).hasContent("new new");
        assertThat(folder.resolve("gone")).hasContent("mine too");
        assertThat(staging).doesNotExist();
        assertThat(entries).isEmptyDirectory();
    }
}
