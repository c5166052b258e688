package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A name is that of a model, a tag or a version's id: whoever would make it two of them is refused, at every way in. */
class OneNameOneMeaningTest {
    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void twoModelsAndATag() throws IOException {
        repository = TestRepository.init(folder.resolve("repository"));
        commit(repository, "bert", 1);
        commit(repository, "squad", 2);
        repository.ok("tag", "release", "bert");
    }

    private static void commit(TestRepository repository, String model, int seed) throws IOException {
        Path run = repository.root().resolve("run-" + model);
        TestRepository.weights(run.resolve("model.safetensors"), seed, 8);
        repository.ok("commit", run.toString(), "--model", model);
    }

    private String lineage() {
        return repository.ok("log", "--all") + repository.ok("tag");
    }

    @Test
    void aModelDoesNotGetTheNameOfATagNorATagThatOfAModel() throws IOException {
        String before = lineage();
        Path marker = folder.resolve("ran");
        String taken = "already a tag 'release'";
        repository.refuses(2, taken, "commit", "run-bert", "--model", "release");
        repository.refuses(2, taken, "branch", "release", "squad");
        repository.refuses(2, taken, "branch", "-m", "squad", "release");
        repository.refuses(2, taken, "mv", "squad", "release");
        repository.refuses(2, taken, "merge", "bert", "squad", "--strategy", "average", "--model", "release");
        repository.refuses(2, taken, "run", "--model", "release", "--from", "bert", "--", "touch", marker.toString());
        assertThat(marker).as("nothing ran for a name that cannot be").doesNotExist();
        repository.refuses(2, "already a model 'squad'", "tag", "squad", "bert");
        assertThat(lineage()).isEqualTo(before);
    }

    @Test
    void importGivesAModelAnotherNameThanATag() throws IOException {
        TestRepository.weights(folder.resolve("downloads/release/model.safetensors"), 3, 8);
        String downloads = folder.resolve("downloads").toString();

        assertThat(repository.ok("import", downloads, "--dry-run")).contains("[release-2 would import]");
        assertThat(repository.ok("import", downloads)).contains("[release-2 ");
        assertThat(repository.id("release")).isEqualTo(repository.id("bert"));
    }

    @Test
    void namesThatARevisionMeansAlready() throws IOException {
        String before = lineage();
        String id = GitServers.run(repository.root().resolve(".mgit/lineage.git"), "git", "rev-parse", "squad")
                .strip();
        for (String name : new String[] {"@", "refs/tags/release", "refs/heads/x", id, id.substring(0, 8)}) {
            repository.refuses(2, "would make the name ambiguous", "tag", name, "bert");
            repository.refuses(2, "would make the name ambiguous", "branch", name, "bert");
        }
        assertThat(lineage()).isEqualTo(before);
        repository.ok("tag", "facade0", "bert"); // which begins no id
        GitServers.run(
                repository.root().resolve(".mgit/lineage.git"), "git", "tag", id.substring(0, 8), "refs/heads/bert");
        assertThat(repository.run("show", id.substring(0, 8)).err())
                .contains("is both a tag and the beginning of a version's id; using the tag");
    }

    /** Plain Git, and whoever else pushes, refuses nothing. */
    @Test
    void ofARemotesModelAndTagOfOneNameTheModelIsMeant() throws IOException {
        Path hub = GitServers.bare(folder.resolve("hub.git"));
        repository.ok("remote", "add", "origin", hub.toString());
        repository.ok("push", "--lineage-only");
        for (String tag : new String[] {"bert", "@", "refs/heads/squad"}) {
            GitServers.run(hub, "git", "update-ref", "refs/tags/" + tag, "refs/heads/squad");
        }

        Cli.Ran cloned = Cli.run(folder, "clone", hub.toString(), "clone", "--lineage-only");
        assertThat(cloned.exit()).as("%s", cloned).isZero();
        assertThat(cloned.err())
                .contains(
                        "tag 'bert' has the name of a model there; passed over",
                        "tag '@' is spelled as the version checked out",
                        "tag 'refs/heads/squad' is spelled as the full name");
        var clone = new TestRepository(folder.resolve("clone"));
        assertThat(clone.id("bert")).isEqualTo(repository.id("bert"));
        assertThat(clone.id("squad")).isEqualTo(repository.id("squad"));
        assertThat(clone.ok("tag")).contains("release").doesNotContain("@");
        assertThat(repository.run("fetch").err()).contains("tag 'bert' has the name of a model here; passed over");
    }

    @Test
    void aPushMakesNoNameOfARemoteMeanTwoThings() throws IOException {
        Path hub = GitServers.bare(folder.resolve("hub.git"));
        repository.ok("remote", "add", "origin", hub.toString());
        repository.ok("push", "--lineage-only");
        TestRepository other = TestRepository.init(folder.resolve("other"));
        other.ok("remote", "add", "origin", hub.toString());
        commit(other, "release", 4);
        other.ok("tag", "squad", "release");
        String before = GitServers.run(hub, "git", "for-each-ref");

        other.refuses(5, "origin has a tag 'release'", "push", "--lineage-only", "origin", "release");
        other.ok("mv", "release", "mine");
        other.refuses(5, "origin has a model 'squad'", "push", "--lineage-only");
        assertThat(GitServers.run(hub, "git", "for-each-ref")).isEqualTo(before);
        other.ok("tag", "-d", "squad");
        other.ok("push", "--lineage-only");
        assertThat(Files.exists(hub.resolve("refs/heads/mine"))).isTrue();
    }
}
