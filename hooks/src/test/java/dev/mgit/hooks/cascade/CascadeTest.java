package dev.mgit.hooks.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.Family;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.hooks.recipe.Recipe;
import dev.mgit.hooks.recipe.Recipes;
import dev.mgit.lineage.version.ProvenanceEdge;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cascades over a real Git lineage: made models, real processes. */
class CascadeTest {
    @TempDir
    Path temp;

    private FolderWorkspace workspace;
    private Family family;
    private Updates updates;

    @BeforeEach
    void create() {
        workspace = FolderWorkspace.create(temp.resolve("repo"));
        family = new Family(workspace);
        updates = new Updates(workspace, new LocalExecutor(), JobProgress.NONE);
    }

    private static UpdateOptions options(int jobs, boolean failFast) {
        return new UpdateOptions("base", List.of(), List.of(), List.of(), List.of(), jobs, failFast);
    }

    private UpdateReport update(UpdateOptions options) {
        return updates.start(updates.plan(options), options);
    }

    private Map<String, VersionId> heads() {
        Map<String, VersionId> heads = new TreeMap<>();
        workspace.lineage().models().forEach(model -> heads.put(model.name(), model.head()));
        return heads;
    }

    private static Map<String, String> states(UpdateReport report) {
        Map<String, String> states = new TreeMap<>();
        report.lines().forEach(line -> states.put(line.name(), line.state()));
        return states;
    }

    private void assertNothingLeft() {
        assertThat(workspace.lineage().privateRefs("staging/")).isEmpty();
        assertThat(workspace.scratch().resolve("update")).doesNotExist();
        assertThat(updates.status()).isEmpty();
    }

    @Test
    void aDiamondIsMadeAgainOnceEachFromItsParentsNewVersions() {
        family.diamond().ran();
        Map<String, VersionId> before = heads();
        VersionId base = workspace.commit("base", "base2\n");
        int operations = workspace.lineage().operations(1000).size();

        UpdateReport report = update(options(2, false));

        assertThat(report.failure()).isEmpty();
        assertThat(family.ran()).containsExactly("a", "b", "c", "d", "q");
        assertThat(report.published().keySet()).containsExactlyInAnyOrder("a", "b", "c", "d", "q");
        assertThat(workspace.weights("q")).isEqualTo("base2\n+a\nbase2\n+b\n+c\n+q\n");
        Version merge = workspace.lineage().version(workspace.head("c"));
        assertThat(merge.previous()).contains(before.get("c"));
        assertThat(merge.origins().stream().map(ProvenanceEdge::parent))
                .containsExactly(workspace.head("a"), workspace.head("b"));
        assertThat(workspace
                        .lineage()
                        .version(workspace.head("a"))
                        .origins()
                        .get(0)
                        .parent())
                .isEqualTo(base);
        Recipe recipe = new Recipes(workspace).get(workspace.head("c"));
        assertThat(recipe.parents().stream().map(Recipe.Parent::version))
                .containsExactly(workspace.head("a"), workspace.head("b"));
        assertThat(workspace.lineage().operations(1000).get(0).changes().stream()
                        .filter(change -> change.ref().startsWith("refs/heads/"))
                        .count())
                .as("all models move in one operation, of %s before", operations)
                .isEqualTo(5);
        assertThat(report.logs().resolve("a.out.log")).exists();
        assertThat(updates.last().orElseThrow().string("state")).isEqualTo("done");
        assertNothingLeft();
        assertThat(updates.plan(options(1, false)).units()).isEmpty();
    }

    @Test
    void aFailureStopsOnlyWhatIsBelowIt() {
        family.diamond();
        family.derive(
                List.of("b"),
                "grep -q base2 {parent1}/weights && { echo no >&2; exit 5; }; cp {parent1}/weights {output}/weights",
                "base");
        family.derive("c", "a", "b").derive("q", "c").ran();
        Map<String, VersionId> before = heads();
        workspace.commit("base", "base2\n");

        UpdateReport report = update(options(2, false));

        assertThat(states(report))
                .isEqualTo(Map.of("a", "passed", "b", "failed", "c", "skipped", "d", "passed", "q", "skipped"));
        assertThat(report.failure()).contains(MgitException.Kind.FAILED);
        assertThat(report.lines().stream().filter(line -> line.name().equals("b")))
                .singleElement()
                .satisfies(line -> assertThat(line.detail()).isEqualTo("exit code 5\nno"));
        assertThat(report.published().keySet()).containsExactlyInAnyOrder("a", "d");
        assertThat(heads()).containsEntry("b", before.get("b")).containsEntry("c", before.get("c"));
        assertThat(report.logs().resolve("b.err.log")).hasContent("no");
        assertNothingLeft();
    }

    @Test
    void aGateKeepsABadVersionOutAndItsResultsAreNotedOnTheGoodOnes() {
        family.diamond().gate("all", "lines:lower:max=4").ran();
        Map<String, VersionId> before = heads();
        workspace.commit("base", "base2\n");

        UpdateReport report = update(options(2, false));

        assertThat(states(report))
                .isEqualTo(Map.of("a", "passed", "b", "passed", "c", "failed", "d", "passed", "q", "skipped"));
        assertThat(report.failure()).contains(MgitException.Kind.GATE);
        assertThat(report.lines().stream().filter(line -> line.name().equals("c")))
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.gate()).isTrue();
                    assertThat(line.detail()).isEqualTo("c: test lines failed: lines 5 is above 4");
                });
        assertThat(heads()).containsEntry("c", before.get("c"));
        assertThat(new TestResults(workspace).of(workspace.head("a")))
                .singleElement()
                .satisfies(result -> assertThat(result.metrics()).containsEntry("lines", 2.0));
        assertThat(workspace.lineage().notes(TestResults.NAMESPACE))
                .as("those of the base, too")
                .hasSize(4)
                .containsKey(workspace.head("base"));
        assertThat(family.ran())
                .containsExactly("a", "b", "c", "d", "test a", "test b", "test base", "test c", "test d");
        assertNothingLeft();
    }

    @Test
    void failFastPublishesNothingUntilItIsContinued() throws Exception {
        family.diamond();
        Path allowed = temp.resolve("allowed");
        family.derive(
                List.of("b"),
                "echo b >> $RUNS; grep -q base2 {parent1}/weights && test ! -e " + allowed
                        + " && exit 5; cp {parent1}/weights {output}/weights",
                "base");
        family.derive("c", "a", "b").derive("q", "c").ran();
        VersionId base = workspace.commit("base", "base2\n");
        Map<String, VersionId> before = heads();

        UpdateReport stopped = update(options(1, true));

        assertThat(stopped.state()).isEqualTo("stopped");
        assertThat(heads()).isEqualTo(before);
        assertThatThrownBy(() -> update(options(1, false)))
                .isInstanceOf(MgitException.class)
                .hasMessage("an update is already in progress");
        Files.createFile(allowed);
        UpdateReport report = updates.resume();
        assertThat(report.failure()).isEmpty();
        assertThat(family.ran()).containsExactly("a", "b", "b", "c", "d", "q");
        assertThat(workspace.head("base")).isEqualTo(base);
        assertNothingLeft();
    }

    /** Lets somebody do something once a step has come. */
    private Updates racing(JobProgress.Kind kind, String subject, Runnable meanwhile) {
        FolderWorkspace shared = workspace;
        var once = new java.util.concurrent.atomic.AtomicBoolean();
        return new Updates(workspace, new LocalExecutor(), event -> {
            if (event.kind() == kind && event.subject().equals(subject) && once.compareAndSet(false, true)) {
                synchronized (shared) {
                    meanwhile.run();
                }
            }
        });
    }

    @Test
    void aCommitToAModelMeanwhileKeepsOutOnlyWhatDependsOnIt() {
        family.diamond();
        workspace.commit("base", "base2\n");
        var racing = racing(JobProgress.Kind.MADE, "c", () -> workspace.commit("c", "meanwhile\n"));
        Map<String, VersionId> before = heads();
        UpdateOptions options = options(1, false);

        UpdateReport report = racing.start(racing.plan(options), options);

        assertThat(workspace.weights("c")).isEqualTo("meanwhile\n");
        assertThat(workspace.lineage().version(workspace.head("c")).previous()).contains(before.get("c"));
        assertThat(heads()).containsEntry("q", before.get("q"));
        assertThat(report.published().keySet()).containsExactlyInAnyOrder("a", "b", "d");
        assertThat(workspace.weights("a")).isEqualTo("base2\n+a\n");
        assertThat(states(report))
                .isEqualTo(Map.of("a", "passed", "b", "passed", "c", "stale", "d", "passed", "q", "stale"));
        assertThat(report.failure()).contains(MgitException.Kind.DIFFERS);
        assertThat(report.lines().stream().filter(line -> line.name().equals("c")))
                .singleElement()
                .satisfies(line -> assertThat(line.detail())
                        .startsWith("'c' got version " + workspace.head("c").abbreviated() + " meanwhile; ")
                        .endsWith("but it has no recipe"));
        assertNothingLeft();
        assertThatThrownBy(updates::resume).hasMessage("no update in progress");
    }

    /** What it could not publish is planned anew, and there is nothing left to plan from. */
    @Test
    void theModelItIsAboutMayBeRemovedMeanwhile() {
        family.diamond();
        workspace.commit("base", "base2\n");
        var racing = racing(JobProgress.Kind.MADE, "c", () -> {
            workspace.commit("c", "meanwhile\n");
            Transaction transaction = workspace.lineage().begin("rm base", workspace.author());
            transaction.deleteModel("base");
            transaction.apply();
        });
        UpdateOptions options = options(1, false);

        UpdateReport report = racing.start(racing.plan(options), options);

        assertThat(report.published().keySet()).containsExactlyInAnyOrder("a", "b", "d");
        assertThat(workspace.weights("c")).isEqualTo("meanwhile\n");
        assertNothingLeft();
    }

    /** The colleague ran the recipe from the old parents; their new version is made again like any other. */
    @Test
    void aVersionWithARecipeMeanwhileIsPlannedAnewAndWhatWasMadeIsReused() {
        family.diamond().ran();
        workspace.commit("base", "base2\n");
        var racing = racing(JobProgress.Kind.PASSED, "q", () -> family.derive("c", "a", "b"));
        UpdateOptions options = options(1, false);

        UpdateReport report = racing.start(racing.plan(options), options);

        assertThat(report.failure()).isEmpty();
        assertThat(report.published().keySet()).containsExactlyInAnyOrder("a", "b", "c", "d", "q");
        assertThat(workspace.weights("q")).isEqualTo("base2\n+a\nbase2\n+b\n+c\n+q\n");
        assertThat(family.ran())
                .as("the colleague's c, and each of the family once")
                .containsExactly("a", "b", "c", "c", "d", "q");
        assertThat(report.lines().stream().filter(UpdateReport.Line::reused).map(UpdateReport.Line::name))
                .containsExactlyInAnyOrder("c", "q");
        assertNothingLeft();
    }

    @Test
    void whatAnAbortedUpdateMadeIsReusedUnlessAnythingItReadIsAnother() {
        family.diamond();
        Path allowed = temp.resolve("allowed");
        family.deriveAfter("grep -q base1 {parent1}/weights || test -e " + allowed + " || exit 5", "d", "base");
        workspace.commit("base", "base2\n");
        family.ran();
        assertThat(update(options(1, true)).state()).isEqualTo("stopped");
        assertThat(family.ran()).contains("a");
        updates.abort();

        FolderTools.create(allowed);
        UpdateReport report = update(options(1, false));
        assertThat(report.failure()).isEmpty();
        assertThat(report.lines().stream().filter(UpdateReport.Line::reused).map(UpdateReport.Line::name))
                .containsExactly("a", "b", "c");
        assertThat(family.ran()).containsExactly("d", "q");
        assertThat(workspace.weights("q")).isEqualTo("base2\n+a\nbase2\n+b\n+c\n+q\n");

        workspace.commit("base", "base3\n");
        assertThat(update(options(1, false)).failure()).isEmpty();
        assertThat(family.ran()).containsExactly("a", "b", "c", "d", "q");
        // The same base again: everything is there.
        workspace.commit("base", "base2\n");
        assertThat(update(options(2, false)).failure()).isEmpty();
        assertThat(family.ran()).isEmpty();
        assertThat(workspace.weights("q")).isEqualTo("base2\n+a\nbase2\n+b\n+c\n+q\n");
        UpdateOptions forced = options(1, false).withForce(List.of("c"));
        assertThat(update(forced).failure()).isEmpty();
        assertThat(family.ran()).containsExactly("c");
    }

    @Test
    void aBaseThatFailsItsTestsStopsItsFamilyBeforeAnythingRuns() {
        family.diamond().gate("all", "lines:lower:max=4").ran();
        Map<String, VersionId> before = heads();
        VersionId base = workspace.commit("base", "1\n2\n3\n4\n5\n");

        UpdateReport report = update(options(2, false));

        assertThat(family.ran()).containsExactly("test base");
        assertThat(report.failure()).contains(MgitException.Kind.GATE);
        assertThat(report.failed()).isEqualTo("base: base: test lines failed: lines 5 is above 4");
        assertThat(report.published()).isEmpty();
        assertThat(states(report).values().stream().filter("skipped"::equals)).hasSize(5);
        before.put("base", base);
        assertThat(heads()).isEqualTo(before);
        assertThat(new TestResults(workspace).of(base)).hasSize(1);
        assertNothingLeft();
        workspace.commit("base", "base2\n");
        assertThat(update(options(2, false)).published()).hasSize(3);
    }

    /** Somebody else's commit at every instant at the journal: it stays, and what appears fits together. */
    @Test
    void aCommitAtAnyStepIsNeverOverwritten() {
        for (String model : List.of("a", "b")) {
            int steps = 1;
            for (int point = 1; point <= steps; point++) {
                steps = commitAt(model, point);
            }
            assertThat(steps).isGreaterThan(20);
        }
    }

    /** @return how many instants there were */
    private int commitAt(String model, int point) {
        try (var other = FolderWorkspace.create(temp.resolve(model + point))) {
            other.commit("base", "base1\n");
            new Family(other).derive("a", "base").derive("b", "a").gate("all", "lines:lower:max=9");
            other.commit("base", "base2\n");
            var count = new java.util.concurrent.atomic.AtomicInteger();
            VersionId[] theirs = new VersionId[1];
            var racing = new Updates(other, new LocalExecutor(), JobProgress.NONE, (record, written) -> {
                if (count.incrementAndGet() == point) {
                    theirs[0] = other.commit(model, "by hand\n");
                }
            });
            UpdateOptions options = options(1, false);
            UpdateReport report = racing.start(racing.plan(options), options);
            String where = model + " at " + point;
            assertThat(other.head(model)).as(where).isEqualTo(theirs[0]);
            boolean published = report.published().containsKey(model);
            assertThat(other.lineage().version(theirs[0]).previous())
                    .as(where)
                    .isPresent()
                    .get()
                    .satisfies(previous -> assertThat(other.weights(previous))
                            .isEqualTo(
                                    (published ? "base2" : "base1") + (model.equals("a") ? "\n+a\n" : "\n+a\n+b\n")));
            if (model.equals("b")) {
                assertThat(other.weights("a")).as(where).isEqualTo("base2\n+a\n");
            } else {
                assertThat(other.weights("b")).as(where).isEqualTo((published ? "base2" : "base1") + "\n+a\n+b\n");
            }
            assertThat(other.lineage().privateRefs("staging/")).as(where).isEmpty();
            assertThat(other.scratch().resolve("update")).as(where).doesNotExist();
            return count.get();
        }
    }

    @Test
    void modelsTrainedTogetherRunOnceAndAppearTogether() {
        workspace.commit("base", "base1\n");
        family.together(List.of("mtl/a", "mtl/b"), "base");
        family.derive("below", "mtl/b").ran();
        workspace.commit("base", "base2\n");

        assertThat(update(options(2, false)).failure()).isEmpty();
        assertThat(family.ran()).containsExactly("below", "group");
        assertThat(workspace.weights("mtl/a")).isEqualTo("base2\n+mtl/a\n");
        assertThat(workspace.weights("below")).isEqualTo("base2\n+mtl/b\n+below\n");
    }

    @Test
    void anOutputThatLeadsElsewhereIsRefused() {
        workspace.commit("base", "base1\n");
        family.derive(List.of("x"), "echo ok > {output}/weights; true", "base");
        family.derive(
                List.of("y"),
                "grep -q base2 {parent1}/weights && ln -s /etc/passwd {output}/stolen; echo ok > {output}/weights",
                "base");
        family.derive(List.of("z"), "grep -q base2 {parent1}/weights || echo ok > {output}/weights", "base");
        workspace.commit("base", "base2\n");

        UpdateReport report = update(options(1, false));
        assertThat(states(report)).isEqualTo(Map.of("x", "passed", "y", "failed", "z", "failed"));
        assertThat(report.lines().get(1).detail())
                .isEqualTo("output 'stolen' is a link to a file outside the output folder");
        assertThat(report.lines().get(2).detail()).startsWith("the command wrote no file for 'z'");
    }

    @Test
    void aTornLastLineIsForgottenAndDamageBeforeItIsNot() throws Exception {
        Path file = temp.resolve("journal");
        try (UpdateJournal journal = UpdateJournal.open(file, UpdateJournal.Watcher.NONE)) {
            journal.append(CascadeRecord.updateState(CascadeState.UpdateState.OPEN));
            journal.append(CascadeRecord.updateState(CascadeState.UpdateState.STOPPED));
        }
        byte[] whole = Files.readAllBytes(file);
        int first = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;
        for (int length = first; length < whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThat(UpdateJournal.read(file)).hasSize(1);
            UpdateJournal.open(file, UpdateJournal.Watcher.NONE).close();
            assertThat(Files.size(file)).isEqualTo(first);
        }
        byte[] damaged = whole.clone();
        damaged[first - 3] ^= 1;
        Files.write(file, damaged);
        assertThatThrownBy(() -> UpdateJournal.read(file)).hasMessageContaining("update journal is damaged");
    }

    @Test
    void anUpdateWhoseJournalIsDamagedCanBeDropped() throws Exception {
        family.diamond();
        workspace.commit("base", "base2\n");
        Map<String, VersionId> before = heads();
        var dying = new Updates(workspace, new LocalExecutor(), JobProgress.NONE, (record, written) -> {
            if (written && "RAN".equals(record.optionalString("state").orElse(""))) {
                throw new IllegalStateException("power cut");
            }
        });
        assertThatThrownBy(() -> dying.start(dying.plan(options(1, false)), options(1, false)))
                .hasMessage("power cut");
        Path journal = workspace.scratch().resolve("update/journal");
        byte[] bytes = Files.readAllBytes(journal);
        bytes[20] ^= 1;
        Files.write(journal, bytes);

        assertThatThrownBy(updates::resume).hasMessageContaining("update journal is damaged");
        updates.abort();
        assertThat(heads()).isEqualTo(before);
        assertNothingLeft();
    }
}
