package dev.mgit.lineage.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Person;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a repository is, what tells it from its copies, and by what a user's records in it are known. */
class AccessTest {
    @TempDir
    private Path folder;

    private Path root;

    @BeforeEach
    void make() throws IOException {
        root = folder.resolve("team/repo");
        Repository.init(root).close();
    }

    /** Somebody whose files these are not. */
    private User stranger(String settings) throws IOException {
        Path config = Files.writeString(folder.resolve("config"), settings);
        int other = (Integer) Files.getAttribute(root, "unix:uid") + 1;
        return new User(Set.of(other), Optional.of(folder.resolve("state")), Optional.of(config), sentence -> {});
    }

    private static void lock(Repository repository) throws IOException {
        repository.lock("test", Duration.ZERO, notice -> {}).close();
    }

    private TreeMap<String, Long> below(Path tree) throws IOException {
        var all = new TreeMap<String, Long>();
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                all.put(file.toString(), attributes.lastModifiedTime().toMillis());
                return FileVisitResult.CONTINUE;
            }
        });
        return all;
    }

    @Test
    void anotherUsersRepositoryIsReadAndNotChanged() throws IOException {
        var before = below(root);
        try (Repository repository = Repository.open(root, stranger(""))) {
            assertThat(repository.lineage().models()).isEmpty();
            assertThat(repository.graph().size()).isZero();
            repository.recover();
            assertThatThrownBy(() -> lock(repository))
                    .isInstanceOfSatisfying(MgitException.class, e -> {
                        assertThat(e.kind()).isEqualTo(MgitException.Kind.FAILED);
                        assertThat(e.hint()).contains("mgit config --global --add safe.directory " + root);
                    })
                    .hasMessageContaining("belongs to another user");
            assertThat(repository.access().writableCheckouts().orElseThrow().toString())
                    .startsWith(folder.resolve("state").toString());
        }
        assertThat(below(root)).isEqualTo(before);
    }

    @Test
    void consentIsByPathByFolderOrForAllAndCanBeTakenBack() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);
        for (String value : new String[] {root.toString(), link.toString(), folder + "/team/*", folder + "/*", "*"}) {
            try (Repository repository = Repository.open(root, stranger("[safe]\n directory = " + value + "\n"))) {
                lock(repository);
            }
        }
        String[] not = {
            "[safe]\n directory = " + folder + "/team\n",
            "[safe]\n directory = " + root + "/*\n",
            "[safe]\n directory = repo\n",
            "[safe]\n directory = *\n directory =\n",
            "[safe]\n directory = *\n directory =\n directory = /elsewhere\n",
        };
        for (String settings : not) {
            try (Repository repository = Repository.open(root, stranger(settings))) {
                assertThatThrownBy(() -> lock(repository)).as(settings).hasMessageContaining("another user");
            }
        }
    }

    @Test
    void aRepositoryCannotVouchForItself() throws IOException {
        Files.writeString(root.resolve(".mgit/config"), "[safe]\n directory = *\n");
        try (Repository repository = Repository.open(root, stranger(""))) {
            assertThatThrownBy(() -> lock(repository)).hasMessageContaining("another user");
        }
    }

    private UserRecords records() throws IOException {
        return UserRecords.of(User.withState(folder.resolve("state")), RepositoryFiles.below(root), true)
                .orElseThrow();
    }

    @Test
    void trustIsKeptForThisRepositoryAndNoneThatComesToItsPlace() throws IOException {
        Path here = records().trusted();
        assertThat(records().trusted()).isEqualTo(here);
        byte[] id = Files.readAllBytes(root.resolve(".mgit/id"));

        // Another repository at the same path, even if it gets the folder's old number: its id differs.
        Files.write(root.resolve(".mgit/id"), RepositoryIdentity.newId());
        assertThat(records().trusted()).isNotEqualTo(here);
        Files.write(root.resolve(".mgit/id"), id);
        assertThat(records().trusted()).isEqualTo(here);

        // A copy of it elsewhere; and one that was unpacked where it was, which is another folder.
        Files.move(root, folder.resolve("moved"));
        Files.createDirectories(root.resolve(".mgit"));
        Files.write(root.resolve(".mgit/id"), id);
        assertThat(records().trusted()).isNotEqualTo(here);
        assertThat(UserRecords.of(
                                User.withState(folder.resolve("state")),
                                RepositoryFiles.below(folder.resolve("moved")),
                                true)
                        .orElseThrow()
                        .trusted())
                .isNotEqualTo(here);
    }

    @Test
    void aRepositoryFromBeforeThereWereIdsGetsOne() throws IOException {
        Files.delete(root.resolve(".mgit/id"));
        try (Repository repository = Repository.open(root, stranger(""))) {
            repository.access();
        }
        assertThat(root.resolve(".mgit/id")).doesNotExist();
        Path here = records().trusted();
        assertThat(root.resolve(".mgit/id")).isRegularFile();
        assertThat(records().trusted()).isEqualTo(here);
    }

    private static JsonObject read(Map<String, Object> record) {
        return Json.parseObject(Json.text(record).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSealHoldsForThisUserNameContentAndRepositoryOnly() throws IOException {
        Map<String, Object> content = Map.of("a", 1.5e-7, "b", Map.of("c", "\u00e4\n"), "d", true);
        Seal seal = Seal.of(Optional.of(records()));
        Map<String, Object> sealed = seal.sealed("x", content);
        assertThat(seal.holds("x", read(sealed))).isTrue();
        assertThat(Seal.of(Optional.of(records())).holds("x", read(sealed))).isTrue();
        assertThat(seal.holds("y", read(sealed))).isFalse();
        var changed = new java.util.LinkedHashMap<>(sealed);
        changed.put("a", 2);
        assertThat(seal.holds("x", read(changed))).isFalse();
        assertThat(seal.holds("x", read(Map.of("a", 1)))).isFalse();

        Seal other =
                Seal.of(UserRecords.of(User.withState(folder.resolve("other")), RepositoryFiles.below(root), true));
        assertThat(other.holds("x", read(sealed))).isFalse();
        Files.write(root.resolve(".mgit/id"), RepositoryIdentity.newId());
        assertThat(Seal.of(Optional.of(records())).holds("x", read(sealed))).isFalse();
        Seal none = Seal.of(Optional.empty());
        assertThat(none.holds("x", read(none.sealed("x", content)))).isFalse();
    }

    @Test
    void theKeyIsTheUsersAloneAndOneThatOthersCouldReadIsReplaced() throws IOException {
        byte[] key = records().key().orElseThrow();
        Path file = folder.resolve("state/key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(records().key().orElseThrow()).isEqualTo(key);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(records().key().orElseThrow()).isNotEqualTo(key).hasSize(32);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.write(file, new byte[3]);
        assertThat(records().key().orElseThrow()).hasSize(32);
    }

    @Test
    void withoutAFolderOfTheirOwnAUserCanStillWork() throws IOException {
        for (Optional<Path> state : java.util.List.of(
                Optional.<Path>empty(), Optional.of(Path.of("/dev/null/state")), Optional.of(Path.of("/proc/state")))) {
            try (Repository repository =
                    Repository.open(root, new User(Set.of(), state, Optional.empty(), sentence -> {}))) {
                lock(repository);
                repository.lineage().begin("x", new Person("a", "b")).apply();
                Path out = Files.createDirectories(folder.resolve("out"));
                try (Journal journal = repository.access().journal(out, false)) {
                    Files.writeString(journal.staging().resolve("a"), "new");
                    journal.finish(new FolderSwitch(
                            java.util.List.of("a"), java.util.List.of(), java.util.Map.of(), Optional.empty()));
                }
                assertThat(out.resolve("a")).hasContent("new");
                assertThat(out.toFile().list()).containsExactly("a");
            }
        }
    }
}
