package dev.mgit.hooks.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.MgitException;
import dev.mgit.fixtures.Trees;
import dev.mgit.hooks.Family;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every step that a journal can take, with a real process killed just before and just after the step is on disk: what
 * was begun is then finished, or dropped, as if nothing had happened. Models are made; commands are real.
 */
@Tag("slow")
class KilledStepsTest {
    /** Only an executor with a queue has a unit running whose parent can still fail: killed there by SlurmTest. */
    static final String IN_A_QUEUE = "RUNNING>SKIPPED";

    /** Lets through what the family was first made from, and anything once the file is there. */
    private static final String MAY = "grep -q base1 {parent1}/weights || test -e ../allowed || exit 5";

    @TempDir
    Path temp;

    private int copies;
    private final Set<String> killed = new TreeSet<>();

    /** base → a → b, base having got a new version. */
    private Path family(String first, String gate) throws IOException {
        Path root = fresh();
        try (var workspace = FolderWorkspace.create(root)) {
            workspace.commit("base", "base1\n");
            new Family(workspace)
                    .deriveAfter(first, "a", "base")
                    .derive("b", "a")
                    .gate("all", "lines:lower:max=9", gate)
                    .ran();
            workspace.commit("base", "base2\n");
        }
        return root;
    }

    private Path fresh() {
        return FolderTools.create(temp.resolve("at" + copies++)).resolve("repo");
    }

    private Path copyOf(Path root) throws IOException {
        Path copy = fresh();
        for (String beside : List.of("allowed", "runs")) {
            if (Files.exists(root.resolveSibling(beside))) {
                Files.copy(root.resolveSibling(beside), copy.resolveSibling(beside));
            }
        }
        Trees.copy(root, copy);
        return copy;
    }

    /** Lets what failed until now succeed. */
    private static Path allow(Path root) throws IOException {
        Files.writeString(root.resolveSibling("allowed"), "");
        return root;
    }

    /** A copy of a repository with a process killed right after the first step of this name. */
    private Path killedAfter(Path root, String verb, String step) throws Exception {
        int point = UpdateProcess.steps(copyOf(root), verb, Map.of()).indexOf("after " + step) + 1;
        Path copy = copyOf(root);
        assertThat(UpdateProcess.killAt(copy, verb, point)).isPresent();
        return copy;
    }

    /** Kills before and after each kind of step that a process takes and that no process was killed at yet. */
    private void killAtEachStep(Path root, String verb) throws Exception {
        List<String> steps = UpdateProcess.steps(copyOf(root), verb, Map.of());
        for (String step : new TreeSet<>(steps)) {
            if (killed.add(step)) {
                Path copy = copyOf(root);
                assertThat(UpdateProcess.killAt(copy, verb, steps.indexOf(step) + 1))
                        .as(step)
                        .hasValueSatisfying(where -> assertThat(where).startsWith(step));
                if (verb.equals("abort")) {
                    dropped(copy, verb + " killed " + step);
                } else if (steps.stream().anyMatch(taken -> taken.endsWith(">MOVED"))) {
                    finishedAround(copy, verb + " killed " + step);
                } else {
                    finished(copy, verb + " killed " + step);
                }
            }
        }
    }

    private static Map<String, VersionId> heads(FolderWorkspace workspace) {
        Map<String, VersionId> heads = new TreeMap<>();
        workspace.lineage().models().forEach(model -> heads.put(model.name(), model.head()));
        return heads;
    }

    /** Takes up what was killed, if it had begun, and lets it come to its end. */
    private static void finished(Path root, String where) throws IOException {
        assertThat(finish(root, where))
                .as("nothing is trained twice, %s", where)
                .containsExactly("a", "b");
    }

    /** @return what was trained */
    private static List<String> finish(Path root, String where) throws IOException {
        Path allowed = allow(root);
        try (var workspace = FolderWorkspace.open(allowed)) {
            var updates = new Updates(workspace, new LocalExecutor(), JobProgress.NONE);
            UpdateOptions options = UpdateOptions.of("base");
            UpdateReport report =
                    updates.status().isPresent() ? updates.resume() : updates.start(updates.plan(options), options);
            if (report.state().equals("stopped")) {
                report = updates.resume();
            }
            assertThat(report.failure()).as(where).isEmpty();
            assertThat(workspace.weights("b")).as(where).isEqualTo("base2\n+a\n+b\n");
            List<String> ran = new Family(workspace).ran();
            // A result that had not come to the journal when the process died has to be found again.
            List<String> tests =
                    ran.stream().filter(line -> line.startsWith("test")).toList();
            assertThat(tests)
                    .as(where)
                    .contains("test a", "test b", "test base")
                    .hasSizeLessThanOrEqualTo(4);
            assertNothingLeft(workspace, where);
            return ran.stream().filter(line -> !line.startsWith("test")).toList();
        }
    }

    private static void dropped(Path root, String where) throws IOException {
        try (var workspace = FolderWorkspace.open(root)) {
            Map<String, VersionId> before = heads(workspace);
            assertThat(workspace.weights("a")).startsWith("base1");
            var updates = new Updates(workspace, new LocalExecutor(), JobProgress.NONE);
            updates.abort();
            assertThat(heads(workspace)).as(where).isEqualTo(before);
            assertThat(workspace.lineage().notes(TestResults.NAMESPACE))
                    .as(where)
                    .isEmpty();
            assertNothingLeft(workspace, where);
            new Family(workspace).ran();
        }
        assertThat(finish(root, where + ", dropped and begun anew"))
                .as("what was stored is there to be reused, %s", where)
                .isSubsetOf("a", "b")
                .doesNotHaveDuplicates();
    }

    /** Somebody has given b a version: that stays, and the rest appears. */
    private static void finishedAround(Path root, String where) throws IOException {
        try (var workspace = FolderWorkspace.open(root)) {
            var updates = new Updates(workspace, new LocalExecutor(), JobProgress.NONE);
            if (updates.status().isPresent()) {
                assertThat(updates.resume().failure()).as(where).contains(MgitException.Kind.DIFFERS);
            }
            assertThat(workspace.weights("a")).as(where).isEqualTo("base2\n+a\n");
            assertThat(workspace.weights("b")).as(where).isEqualTo("by hand\n");
            assertNothingLeft(workspace, where);
        }
    }

    /** Gives b a version, as somebody else might. */
    private static Path overtaken(Path root) {
        try (var workspace = FolderWorkspace.open(root)) {
            workspace.commit("b", "by hand\n");
        }
        return root;
    }

    private static void assertNothingLeft(FolderWorkspace workspace, String where) {
        assertThat(workspace.lineage().privateRefs("staging/")).as(where).isEmpty();
        assertThat(workspace.scratch().resolve("update")).as(where).doesNotExist();
    }

    /** As it is when an update was told to stop at a failure, and did. */
    private Path stopped(Path root) throws IOException {
        Path copy = copyOf(root);
        try (var workspace = FolderWorkspace.open(copy)) {
            var updates = new Updates(workspace, new LocalExecutor(), JobProgress.NONE);
            var options = new UpdateOptions("base", List.of(), List.of(), List.of(), List.of(), 2, true);
            assertThat(updates.start(updates.plan(options), options).state()).isEqualTo("stopped");
        }
        return copy;
    }

    @Test
    void whateverStepItIsKilledAtAnUpdateCanBeFinishedOrDropped() throws Exception {
        Path good = family(":", ":");
        killAtEachStep(good, "start");
        killAtEachStep(killedAfter(good, "start", "OPEN>PUBLISHING"), "resume");

        Path badCommand = family(MAY, ":");
        killAtEachStep(badCommand, "start-strict");
        Path stoppedByCommand = stopped(badCommand);
        killAtEachStep(allow(copyOf(stoppedByCommand)), "resume");
        Path badGate = family(":", "test $MGIT_MODEL_NAME = base || test -e ../allowed || exit 9");
        killAtEachStep(badGate, "start-strict");
        killAtEachStep(allow(stopped(badGate)), "resume");
        Path badBase = family(":", "test -e ../allowed || exit 9");
        killAtEachStep(badBase, "start-strict");
        killAtEachStep(allow(stopped(badBase)), "resume");

        killAtEachStep(overtaken(killedAfter(good, "start", "header")), "resume");
        killAtEachStep(overtaken(killedAfter(good, "start", "OPEN>PUBLISHING")), "resume");

        killAtEachStep(killedAfter(good, "start", "RUNNING>RAN"), "abort");
        killAtEachStep(killedAfter(good, "start", "OPEN>PUBLISHING"), "abort");
        killAtEachStep(stoppedByCommand, "abort");
        killAtEachStep(killedAfter(stoppedByCommand, "abort", "STOPPED>ABORTING"), "abort");

        Set<String> expected = new TreeSet<>();
        JournalSteps.all().stream()
                .filter(step -> !step.equals(IN_A_QUEUE))
                .forEach(step -> expected.addAll(List.of("before " + step, "after " + step)));
        assertThat(killed)
                .as("a step nobody kills at: give it a scenario here")
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void everyStateIsComeToByAStep() {
        List<String> states = new ArrayList<>();
        Stream.of(CascadeState.Unit.values(), CascadeState.UpdateState.values())
                .flatMap(Arrays::stream)
                .forEach(state -> states.add(state.name()));
        assertThat(JournalSteps.all().stream()
                        .flatMap(step -> Stream.of(step.split("[>:]")))
                        .filter(states::contains)
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(states);
    }
}
