package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names of files that lead out of a model's folder or into a repository's own, at every door through which files come
 * in and go out. The models are made, the hostile versions by hand.
 */
class UnsafeNamesTest {
    private static final int INTEGRITY = 6;

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path good;

    @BeforeEach
    void aGoodModel() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        good = LayeredFamily.write(folder.resolve("good"), Map.of());
        repository.ok("commit", good.toString(), "--model", "good");
        LayeredFamily.write(folder.resolve("other"), Map.of(0, 7));
        repository.ok("commit", folder.resolve("other").toString(), "--model", "other", "--from", "good");
    }

    private static final List<String> UNSAFE = List.of(
            "../evil",
            "a/../../evil",
            "/tmp/evil",
            ".git/hooks/post-checkout",
            ".GIT/config",
            ".git./hooks/x",
            ".git /hooks/x",
            "sub/.git/config",
            "git~1/config",
            ".g\u200cit/config",
            ".git::$INDEX_ALLOCATION/config",
            ".mgit/config",
            ".Mgit",
            "mgit~1/config",
            ".m\u200dgit",
            "C:/evil",
            "back\\slash",
            "bell\u0007",
            "a\u001b[31m");

    /** Left out of a commit by the rules for any folder. */
    private static final Set<String> IGNORED = Set.of(".git/hooks/post-checkout", "sub/.git/config", ".mgit/config");

    @Test
    void noVersionIsWrittenOutUnderThem() throws IOException {
        for (String path : UNSAFE) {
            HostileVersion.withFile(repository, "good", "hostile", path);
            TreeMap<String, Long> before = files();
            refuses(path, "checkout", "hostile", "out");
            refuses(path, "checkout", "hostile", "out", "--files", "*");
            refuses(path, "checkout", "hostile", ".", "--force");
            if (!path.startsWith("/")) { // Git has no such name, so a merge has nothing to read
                refuses(path, "merge", "hostile", "other", "--output", "merged");
            }
            refuses(path, "run", "--model", "made", "--from", "hostile", "--", "true");
            assertThat(files()).as(path).isEqualTo(before);
        }
    }

    private void refuses(String path, String... command) {
        Cli.Ran ran = repository.run(command);
        assertThat(ran.err()).as("%s by %s", path, command[0]).contains("the version names a file '");
        TestRepository.assertRefused(ran, INTEGRITY, "nothing was written");
    }

    /** All there is beside the repository's own files, which commands may work in. */
    private TreeMap<String, Long> files() throws IOException {
        TreeMap<String, Long> found = new TreeMap<>();
        Path work = repository.mgit().resolve("hooks");
        Path index = repository.mgit().resolve("index");
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                if (!path.startsWith(work) && !path.startsWith(index)) {
                    found.put(path.toString(), Files.size(path));
                }
            }
        }
        return found;
    }

    @Test
    void noFolderIsMadeUnderThem() throws IOException {
        for (String path : UNSAFE) {
            HostileVersion.withFolder(repository, "good", "hostile", path);
            TreeMap<String, Long> before = files();
            refuses(path, "checkout", "hostile", "out");
            refuses(path, "checkout", "hostile", ".", "--force");
            refuses(path, "run", "--model", "made", "--from", "hostile", "--", "true");
            assertThat(files()).as(path).isEqualTo(before);
        }
    }

    @Test
    void noFolderIsRemovedUnderThem() throws IOException {
        repository.ok("checkout", "good", "out");
        Path empty = Files.createDirectories(repository.root().resolve("empty"));
        HostileVersion.withFolder(repository, "good", "hostile", "../empty");
        Path record;
        try (Stream<Path> records = Files.list(repository.mgit().resolve("checkouts"))) {
            record = records.findFirst().orElseThrow();
        }
        JsonObject json = CheckedJson.parse(Files.readAllBytes(record));
        Files.write(
                record,
                CheckedJson.bytes(Map.of(
                        "folder",
                        "out",
                        "model",
                        "hostile",
                        "version",
                        repository.json("show", "hostile", "--json").string("id"),
                        "partial",
                        false,
                        "files",
                        json.object("files").members())));
        refuses("../empty", "checkout", "other", "out", "--force");
        assertThat(empty).isEmptyDirectory();
    }

    @Test
    void noFileComesInUnderThem() throws IOException {
        int tried = 0;
        for (String path : UNSAFE) {
            Path file = onDisk(path);
            if (file == null) {
                continue;
            }
            tried++;
            if (IGNORED.contains(path)) {
                repository.refuses(1, "nothing to commit", "commit", good.toString(), "--model", "good");
            } else {
                repository.refuses(1, "the file name '", "commit", good.toString(), "--model", "good");
                assertThat(repository.run("import", good.toString()).err()).contains("left out: ", "the file name '");
            }
            Trees.delete(good.resolve(good.relativize(file).getName(0)));
        }
        assertThat(tried).isGreaterThan(IGNORED.size());
    }

    /** Puts a file of that name into the model's folder; null if that leads out of it or there are no such names. */
    private @Nullable Path onDisk(String path) throws IOException {
        try {
            Path file = good.resolve(path);
            if (!file.normalize().equals(file) || !file.startsWith(good)) {
                return null;
            }
            Files.createDirectories(file.getParent());
            return Files.writeString(file, "x");
        } catch (InvalidPathException | FileSystemException e) {
            return null;
        }
    }

    @Test
    void ofTwoNamesThatAreOneHereNeitherWins() throws IOException {
        int size = (int) Files.size(good.resolve("model.safetensors"));
        HostileVersion.withFile(repository, "good", "hostile", "model.safetensors", size);
        TestRepository.assertRefused(
                repository.run("checkout", "hostile", "out"), INTEGRITY, "the version has two files");
        HostileVersion.withFile(repository, "good", "nested", "model.safetensors/x");
        TestRepository.assertRefused(
                repository.run("checkout", "nested", "out"), INTEGRITY, "the version has two files");
        assertThat(repository.root().resolve("out")).doesNotExist();
        assertThat(TestRepository.holdsStaging(repository.root())).isFalse();
    }
}
