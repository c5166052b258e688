package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    static Stream<String> unsafe() {
        return Stream.of(
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
    }

    @ParameterizedTest
    @MethodSource("unsafe")
    void noVersionIsWrittenOutUnderThem(String path) throws IOException {
        HostileVersion.withFile(repository, "good", "hostile", path);
        TreeMap<String, Long> before = files();
        refuses("checkout", "hostile", "out");
        refuses("checkout", "hostile", "out", "--files", "*");
        if (!path.startsWith("/")) { // Git has no such name, so a merge has nothing to read
            refuses("merge", "hostile", "other", "--output", "merged");
        }
        refuses("run", "--model", "made", "--from", "hostile", "--", "true");
        Files.createDirectories(repository.root().resolve("there"));
        refuses("checkout", "hostile", "there", "--force");
        assertThat(files()).isEqualTo(before);
    }

    private void refuses(String... command) {
        TestRepository.assertRefused(repository.run(command), INTEGRITY, "the version names a file '");
    }

    /** All there is beside the repository's own files, which commands may work in. */
    private TreeMap<String, Long> files() throws IOException {
        TreeMap<String, Long> found = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                if (!path.startsWith(repository.mgit().resolve("hooks")) && !path.startsWith(repository.mgit().resolve("index"))) {
                    found.put(path.toString(), Files.size(path));
                }
            }
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("unsafe")
    void noFolderIsMadeUnderThem(String path) throws IOException {
        HostileVersion.withFolder(repository, "good", "hostile", path);
        TreeMap<String, Long> before = files();
        refuses("checkout", "hostile", "out");
        refuses("run", "--model", "made", "--from", "hostile", "--", "true");
        assertThat(files()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("unsafe")
    void noFileComesInUnderThem(String path) throws IOException {
        Path file;
        try {
            file = good.resolve(path);
            assumeTrue(file.normalize().equals(file) && file.startsWith(good), "leads out of the folder on disk too");
            Files.createDirectories(file.getParent());
            Files.writeString(file, "x");
        } catch (InvalidPathException | FileSystemException e) {
            assumeTrue(false, "this file system takes no such name");
            return;
        }
        boolean ignored = path.equals(".git/hooks/post-checkout")
                || path.equals("sub/.git/config")
                || path.startsWith(".mgit/");
        if (ignored) {
            repository.refuses(1, "nothing to commit", "commit", good.toString(), "--model", "good");
        } else {
            repository.refuses(1, "the file name '", "commit", good.toString(), "--model", "good");
            assertThat(repository.run("import", folder.toString(), "--recursive").err()).doesNotContain("Exception");
            assertThat(repository.ok("show", "good")).doesNotContain("evil");
        }
    }

    @Test
    void ofTwoNamesThatAreOneHereNeitherWins() throws IOException {
        HostileVersion.withFile(repository, "good", "hostile", "model.safetensors");
        TestRepository.assertRefused(
                repository.run("checkout", "hostile", "out"), INTEGRITY, "the version has two files");
        HostileVersion.withFile(repository, "good", "nested", "model.safetensors/x");
        TestRepository.assertRefused(
                repository.run("checkout", "nested", "out"), INTEGRITY, "the version has two files");
        assertThat(repository.root().resolve("out")).doesNotExist();
        assertThat(TestRepository.holdsStaging(repository.root())).isFalse();
    }
}
