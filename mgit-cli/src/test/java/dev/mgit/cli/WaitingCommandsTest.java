package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.hooks.WorkFolder;
import dev.mgit.hooks.merge.MergeFiles;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.maintain.GarbageCollector;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.repository.WriterLock;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A command that waits for another decides by what there is when its turn comes, not by what it saw before: nothing that another
 * command said was done is undone by it, and nothing is said to be done that is not. The weights are made.
 */
class WaitingCommandsTest {
    private static final Person ADA = new Person("Ada", "ada@example.org");

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;
    private VersionId first;
    private VersionId second;

    @BeforeEach
    void twoModels() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        model = folder.resolve("model");
        first = commit("one", 1);
        second = commit("two", 2);
    }

    private VersionId commit(String name, int seed) throws IOException {
        weights(model.resolve("model.safetensors"), seed, 500);
        return new VersionId(repository
                .json("commit", model.toString(), "--model", name, "--json")
                .string("id"));
    }

    private Cli.Ran after(WaitingCommand.Work work, String... words) throws Exception {
        return WaitingCommand.run(repository, work, words);
    }

    private Cli.Ran afterChange(Consumer<Transaction> change, String... words) throws Exception {
        return after((held, lock) -> change(held, change), words);
    }

    private static void change(Repository held, Consumer<Transaction> change) {
        Transaction transaction = held.lineage().begin("meanwhile", ADA);
        change.accept(transaction);
        transaction.apply();
    }

    private void refused(Cli.Ran ran, int exit, String sentence) {
        assertThat(ran.exit()).as("%s", ran).isEqualTo(exit);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("waiting for ", "error: ", sentence);
    }

    @Test
    void twoMergesNeverWorkInOneFolder() throws Exception {
        try (WorkFolder other = MergeFiles.hold(repository.mgit().resolve("hooks"))) {
            for (String[] words : new String[][] {
                {"merge", "one", "two", "--strategy", "average", "--model", "both"}, {"merge", "--abort"}
            }) {
                repository.refuses(5, "another merge is running", words);
            }
            repository.ok("merge", "one", "two", "--strategy", "average", "--model", "both", "--plan");
        }
        repository.ok("merge", "one", "two", "--strategy", "average", "--model", "both");
    }

    @Test
    void aTagThatSomebodySetMeanwhileStays() throws Exception {
        refused(
                afterChange(transaction -> transaction.setTag("v1", second), "tag", "v1", "one"),
                5,
                "there is already a tag 'v1'");
        assertThat(repository.json("tag", "--json").objects("tags").get(0).string("version"))
                .isEqualTo(second.hex());
        refused(afterChange(transaction -> transaction.deleteTag("v1"), "tag", "-d", "v1"), 2, "there is no tag 'v1'");
    }

    @Test
    void aNameMeansWhatItMeansThen() throws Exception {
        Consumer<Transaction> moves = transaction -> transaction.setModel("one", second);
        assertThat(afterChange(moves, "tag", "v1", "one").exit()).isZero();
        assertThat(repository.id("v1")).isEqualTo(repository.id("two"));
        Consumer<Transaction> back = transaction -> transaction.setModel("one", first);
        assertThat(afterChange(back, "branch", "three", "one").exit()).isZero();
        assertThat(repository.id("three")).isEqualTo(first.abbreviated());
    }

    @Test
    void whatSomebodyRemovedMeanwhileIsNotRemovedAgain() throws Exception {
        refused(afterChange(transaction -> transaction.deleteModel("two"), "rm", "two"), 2, "'two'");
        repository.ok("test", "add", "t", "--on", "all", "--", "true");
        refused(
                afterChange(transaction -> transaction.removeRegistryFile("tests/t.json"), "test", "rm", "t"),
                2,
                "no test 't'");
    }

    @Test
    void aModelThatSomebodyMadeMeanwhileStays() throws Exception {
        Consumer<Transaction> made = transaction -> transaction.setModel("three", first);
        refused(afterChange(made, "mv", "two", "three"), 2, "there is already a model 'three'");
        refused(
                afterChange(transaction -> transaction.setModel("four", first), "branch", "four", "two"),
                5,
                "there is already a model 'four'");
        assertThat(repository.id("three")).isEqualTo(first.abbreviated());
    }

    @Test
    void anEdgeToWhatWasCleanedUpMeanwhileIsNotMade() throws Exception {
        refused(after(this::removeTwo, "edge", "add", "one", "two", "distill"), 2, "unknown revision 'two'");
        assertThat(repository.ok("fsck")).contains("no damage");
    }

    @Test
    void aVersionIsNotDerivedFromWhatWasCleanedUpMeanwhile() throws Exception {
        weights(model.resolve("model.safetensors"), 3, 500);
        refused(
                after(this::removeTwo, "commit", model.toString(), "--model", "three", "--from", "two"),
                5,
                "was removed meanwhile; nothing was committed");
        assertThat(repository.ok("fsck")).contains("no damage");
        assertThat(repository.ok("branch")).doesNotContain("three");
    }

    private void removeTwo(Repository held, WriterLock lock) throws IOException {
        change(held, transaction -> transaction.deleteModel("two"));
        var request = new GarbageCollector.Request(Instant.now(), Optional.empty(), Optional.empty());
        new GarbageCollector(held, CopyProgress.none()).collect(request, lock);
    }

    @Test
    void theNoteOfAVersionThatWasRemovedIsNoDamage() throws IOException {
        commit("three", 3);
        repository.ok("edge", "add", "two", "three", "distill");
        repository.ok("rm", "two", "three");
        repository.ok("gc", "--prune-older-than", "0");
        assertThat(repository.ok("fsck")).contains("no damage");
    }
}
