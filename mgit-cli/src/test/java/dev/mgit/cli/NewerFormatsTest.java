package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a newer mgit wrote is refused in a sentence that says so, and is neither called damage nor repaired. */
class NewerFormatsTest {
    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void aModel() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        TestRepository.weights(folder.resolve("model/model.safetensors"), 1, 500);
        Files.writeString(folder.resolve("model/config.json"), "{}");
        repository.ok("commit", "../model", "--model", "base");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "log",
                "commit ../model --model x",
                "checkout base out",
                "fsck",
                "fsck --repair",
                "gc",
                "tag v base"
            })
    void aRepository(String command) throws IOException {
        Path format = repository.mgit().resolve("format");
        Files.writeString(format, "mgit repository 2\n");
        TestRepository.assertRefused(repository.run(command.split(" ")), 1, "has format 2, this mgit reads up to 1");
        assertThat(format).hasContent("mgit repository 2\n");
    }

    @Test
    void aRemoteStore() throws IOException {
        GitServers.bare(folder.resolve("models.git"));
        repository.ok("remote", "add", "origin", "../models.git", "--store", "../store");
        repository.ok("push");
        Path format = folder.resolve("store/format");
        String text = Files.readString(format);
        Files.writeString(format, text.replace("mgit parameters 1", "mgit parameters 2"));
        TestRepository.weights(folder.resolve("model/model.safetensors"), 2, 500);
        repository.ok("commit", "../model", "--model", "base");
        for (String[] command : new String[][] {{"push"}, {"gc", "--remote", "origin"}}) {
            Cli.Ran ran = repository.run(command);
            assertThat(ran.exit()).as("%s", ran).isEqualTo(1);
            assertThat(ran.err()).contains("has format 2, this mgit reads up to 1", "use a newer mgit");
        }
        Cli.Ran clone = Cli.run(folder, "clone", "models.git", "copy", "--store", "store");
        assertThat(clone.exit()).as("%s", clone).isEqualTo(1);
        assertThat(clone.err()).contains("has format 2, this mgit reads up to 1");
    }

    /** As a version of a newer mgit that was fetched would have it. */
    @ParameterizedTest
    @ValueSource(strings = {"mgit/version.json", "manifests/model.safetensors"})
    void aVersion(String record) throws IOException {
        Path git = repository.mgit().resolve("lineage.git");
        String old = GitServers.run(git, "git", "show", "base:" + record);
        Path newer = Files.writeString(
                folder.resolve("newer"),
                old.replaceFirst("\"schema\": ?\\d+", "\"schema\":99"),
                StandardCharsets.UTF_8);
        String blob = GitServers.run(git, "git", "hash-object", "-w", newer.toString())
                .strip();
        Path index = folder.resolve("index");
        String tree = GitServers.run(
                        git,
                        "sh",
                        "-c",
                        "export GIT_INDEX_FILE='" + index
                                + "'; git read-tree base && git update-index --cacheinfo 100644," + blob + "," + record
                                + " && git write-tree")
                .strip();
        String commit = GitServers.run(
                        git,
                        "sh",
                        "-c",
                        "git log -1 --format=%B base | git -c user.name=a -c user.email=a@b commit-tree " + tree)
                .strip();
        GitServers.run(git, "git", "update-ref", "refs/heads/newer", commit);
        for (String command : new String[] {"checkout newer out", "show newer"}) {
            Cli.Ran ran = repository.run(command.split(" "));
            assertThat(ran.exit()).as("%s", ran).isEqualTo(1);
            assertThat(ran.err()).contains("has schema 99, this mgit reads up to ", "use a newer mgit");
        }
        Cli.Ran fsck = repository.run("fsck");
        assertThat(fsck.out() + fsck.err()).contains("has schema 99, this mgit reads up to ");
        repository.ok("checkout", "base", "out");
    }
}
