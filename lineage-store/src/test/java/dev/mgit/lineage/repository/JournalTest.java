package dev.mgit.lineage.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.CheckedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which interrupted switches are finished, and that nothing else in the world is touched. */
class JournalTest {
    @TempDir
    private Path temp;

    private Path folder;
    private Path precious;
    private Repository repository;
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void make() throws IOException {
        temp = temp.toRealPath();
        folder = Files.createDirectories(temp.resolve("repo/out"));
        precious = Files.createDirectories(temp.resolve("precious/deep")).getParent();
        Files.writeString(precious.resolve("deep/thesis"), "mine");
        Files.writeString(precious.resolve("key"), "mine");
        Repository.init(temp.resolve("repo")).close();
        repository = as("me");
    }

    @AfterEach
    void close() throws IOException {
        repository.close();
        assertThat(precious.resolve("deep/thesis")).hasContent("mine");
        assertThat(precious.resolve("key")).hasContent("mine");
        assertThat(precious.toFile().list()).containsExactlyInAnyOrder("deep", "key");
    }

    private Repository as(String name) throws IOException {
        return Repository.open(
                temp.resolve("repo"),
                new User(Set.of(), Optional.of(temp.resolve("home-" + name)), Optional.empty(), said::add));
    }

    private Path journal() {
        return repository.files().journal();
    }

    private List<Path> left() throws IOException {
        try (Stream<Path> entries = Files.list(journal())) {
            return entries.sorted().toList();
        }
    }

    /** A switch of two files and a removal that comes to a stop at the second, as a crash would stop it. */
    private Path interrupted() throws IOException {
        Files.writeString(folder.resolve("a"), "old");
        Files.writeString(folder.resolve("gone"), "old");
        Path obstacle = Files.createDirectories(folder.resolve("b/full"));
        try (Journal journal = repository.access().journal(folder, false)) {
            Files.writeString(journal.staging().resolve("a"), "new");
            Files.writeString(journal.staging().resolve("b"), "new");
            FolderSwitch change = new FolderSwitch(
                    List.of("a", "b"), List.of(FolderSwitch.Removal.of(folder, "gone")), Optional.empty());
            assertThatThrownBy(() -> journal.finish(change)).isInstanceOf(IOException.class);
        }
        Files.delete(obstacle);
        Files.delete(folder.resolve("b"));
        assertThat(folder.resolve("a")).hasContent("new");
        assertThat(folder.resolve("gone")).hasContent("old");
        return left().get(0);
    }

    private void assertFinished() throws IOException {
        assertThat(folder.resolve("a")).hasContent("new");
        assertThat(folder.resolve("b")).hasContent("new");
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("a", "b");
        assertThat(left()).isEmpty();
    }

    @Test
    void theUsersNextCommandFinishesWhatWasInterrupted() throws IOException {
        interrupted();
        repository.recover();
        assertFinished();
        assertThat(said).isEmpty();
    }

    @Test
    void anotherUserIsToldAndLeavesItToWhoBeganIt() throws IOException {
        interrupted();
        try (Repository other = as("somebody")) {
            other.recover();
            assertThat(said).singleElement().asString().contains(folder.toString(), "nothing shows that it was yours");
            assertThat(folder.resolve("b")).doesNotExist();
            other.lock("test", java.time.Duration.ZERO, notice -> {}).close();
        }
        assertThat(left()).isNotEmpty();
        repository.recover();
        assertFinished();
    }

    @Test
    void aFileThatWasChangedMeanwhileIsNotRemoved() throws IOException {
        interrupted();
        Files.writeString(folder.resolve("gone"), "written since");
        repository.recover();
        assertThat(folder.resolve("gone")).hasContent("written since");
        assertThat(folder.resolve("b")).hasContent("new");
        assertThat(left()).isEmpty();
    }

    @Test
    void noLinkIsFollowed() throws IOException {
        interrupted();
        Path aside = temp.resolve("repo/aside");
        Files.move(folder, aside);
        Files.createSymbolicLink(folder, precious);
        assertThatThrownBy(() -> repository.recover())
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("a link that was not there before");
        Files.delete(folder);
        Files.move(aside, folder);
        repository.recover();
        assertFinished();
    }

    @Test
    void noLinkBelowTheFolderIsFollowed() throws IOException {
        Files.createDirectories(folder.resolve("sub"));
        try (Journal journal = repository.access().journal(folder, false)) {
            Files.createDirectories(journal.staging().resolve("sub"));
            Files.writeString(journal.staging().resolve("sub/key"), "theirs");
            Files.delete(folder.resolve("sub"));
            Files.createSymbolicLink(folder.resolve("sub"), precious);
            assertThatThrownBy(() -> journal.finish(new FolderSwitch(List.of("sub/key"), List.of(), Optional.empty())))
                    .hasMessageContaining("is a link");
        }
        assertThatThrownBy(() -> repository.recover()).hasMessageContaining("is a link");
        Files.delete(folder.resolve("sub"));
        repository.recover();
        assertThat(folder.resolve("sub/key")).hasContent("theirs");
    }

    /** Puts an entry there as a process that died would have left it. */
    private Path plant(Map<String, Object> content) throws IOException {
        Path entry = journal().resolve("planted.json");
        Files.write(entry, CheckedJson.bytes(content));
        Files.writeString(journal().resolve("planted.lock"), "");
        return entry;
    }

    private Map<String, Object> entry(Path target, String... files) {
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("folder", target.toString());
        content.put("fresh", false);
        content.put("staging", ".mgit-staging-00000000-0000-0000-0000-000000000000");
        content.put("files", List.of(files));
        content.put("removals", List.of());
        return content;
    }

    @Test
    void whatNobodySealedIsLeft() throws IOException {
        Map<String, Object> old = new LinkedHashMap<>();
        old.put("staging", precious.toString());
        old.put("moves", List.of());
        old.put("removals", List.of(precious.resolve("key").toString()));
        for (Map<String, Object> content : List.of(old, entry(precious, "key"))) {
            said.clear();
            Path planted = plant(content);
            repository.recover();
            assertThat(said).hasSize(1);
            assertThat(planted).exists();
        }
    }

    @Test
    void aSealIsForOneEntryAlone() throws IOException {
        Path entry = interrupted();
        byte[] copied = Files.readAllBytes(entry);
        repository.recover();
        Files.write(journal().resolve("planted.json"), copied);
        Files.writeString(journal().resolve("planted.lock"), "");
        Files.writeString(folder.resolve("gone"), "written since");
        repository.recover();
        assertThat(said).hasSize(1);
        assertThat(folder.resolve("gone")).hasContent("written since");
    }

    /** Even what the user's own key has sealed names nothing outside the folder. */
    @ParameterizedTest
    @ValueSource(strings = {"../precious/key", "/etc/hostname", "", "x/../../../precious/key", "."})
    void noPathLeadsOutOfTheFolder(String path) throws IOException {
        Map<String, Object> content = entry(folder, path);
        content.put("removals", List.of(Map.of("path", path, "size", 4, "modified", 0)));
        Path staging = Files.createDirectories(
                folder.resolve(".mgit-staging-00000000-0000-0000-0000-000000000000/x/precious"));
        Files.writeString(staging.resolve("key"), "theirs");
        Path planted = plant(repository.access().seal().sealed("journal/planted.json", content));
        repository.recover();
        assertThat(planted).doesNotExist();
        assertThat(planted.resolveSibling("planted.json.damaged")).exists();
    }

    @Test
    void onlyRecordsOfCheckoutsAreWritten() throws IOException {
        Map<String, Object> content = entry(folder);
        content.put("record", Map.of("file", precious.resolve("key").toString(), "content", "theirs"));
        plant(repository.access().seal().sealed("journal/planted.json", content));
        repository.recover();
        content.put(
                "record",
                Map.of(
                        "file",
                        repository
                                .files()
                                .checkouts()
                                .resolve("../../../precious/key")
                                .toString(),
                        "content",
                        "theirs"));
        plant(repository.access().seal().sealed("journal/planted.json", content));
        repository.recover();
    }

    @Test
    void theStagingFolderIsOneOfMgitsOwn() throws IOException {
        Map<String, Object> content = entry(precious.getParent());
        content.put("staging", "precious");
        plant(repository.access().seal().sealed("journal/planted.json", content));
        repository.recover();
        content.put("staging", "../precious");
        plant(repository.access().seal().sealed("journal/planted.json", content));
        repository.recover();
    }

    @Test
    void linksAndPipesInTheJournalAreNotOpened() throws IOException {
        Files.createSymbolicLink(journal().resolve("x.lock"), precious.resolve("key"));
        Files.createSymbolicLink(journal().resolve("y.json"), precious.resolve("key"));
        Files.writeString(journal().resolve("y.lock"), "");
        repository.recover();
        assertThat(precious.resolve("key")).hasContent("mine");
    }

    @Test
    void damageIsSetAside() throws IOException {
        Path entry = interrupted();
        byte[] bytes = Files.readAllBytes(entry);
        bytes[bytes.length / 2] ^= 1;
        Files.write(entry, bytes);
        repository.recover();
        assertThat(folder.resolve("b")).doesNotExist();
        assertThat(left()).singleElement().asString().endsWith(".damaged");
    }
}
