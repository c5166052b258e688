package dev.mgit.hooks.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Trees;
import dev.mgit.hooks.Family;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.modeltest.TestResults;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates in real processes, killed with SIGKILL, then continued or dropped. Models are made; commands are real. */
@Tag("slow")
class KillTest {
    @TempDir
    Path temp;

    private int copies;

    /** base → a → b with a gate on both, base having got a new version. */
    private Path chain() throws IOException {
        Path root = FolderTools.create(temp.resolve("chain")).resolve("repo");
        try (var workspace = FolderWorkspace.create(root)) {
            workspace.commit("base", "base1\n");
            Family family = new Family(workspace);
            family.derive("a", "base")
                    .derive("b", "a")
                    .gate("all", "lines:lower:max=9")
                    .ran();
            workspace.commit("base", "base2\n");
        }
        return root;
    }

    private Path copyOf(Path root) throws IOException {
        Path copy = FolderTools.create(temp.resolve("copy" + copies++)).resolve("repo");
        Trees.copy(root, copy);
        return copy;
    }

    private static Map<String, VersionId> heads(FolderWorkspace workspace) {
        Map<String, VersionId> heads = new TreeMap<>();
        workspace.lineage().models().forEach(model -> heads.put(model.name(), model.head()));
        return heads;
    }

    @Test
    void whereverAnUpdateIsKilledContinuingFinishesItAndRepeatsNothing() throws Exception {
        Path original = chain();
        Map<String, VersionId> before;
        try (var workspace = FolderWorkspace.open(original)) {
            before = heads(workspace);
        }
        List<String> points = new ArrayList<>();
        for (int point = 1; ; point++) {
            Path root = copyOf(original);
            Optional<String> where = UpdateProcess.killAt(root, "start", point);
            if (where.isEmpty()) {
                break;
            }
            points.add(where.get());
            try (var workspace = FolderWorkspace.open(root)) {
                Map<String, VersionId> seen = heads(workspace);
                assertAllOrNothing(before, seen, where.get());
                assertThat(workspace.lineage().notes(TestResults.NAMESPACE)).hasSize(seen.equals(before) ? 0 : 3);
                finish(workspace, point);
                assertThat(workspace.weights("b")).as(where.get()).isEqualTo("base2\n+a\n+b\n");
                // A result that was there but not yet on disk when the process died has to be found again.
                List<String> ran = new Family(workspace).ran();
                if (where.get().startsWith("before") && where.get().contains("\"tested\"")) {
                    assertThat(ran)
                            .as(where.get())
                            .contains("a", "b", "test a", "test b", "test base")
                            .hasSize(6);
                } else {
                    assertThat(ran).as(where.get()).containsExactly("a", "b", "test a", "test b", "test base");
                }
                assertThat(workspace.lineage().privateRefs("staging/")).isEmpty();
                assertThat(workspace.scratch().resolve("update")).doesNotExist();
            }
        }
        for (String state : List.of("RUNNING", "RAN", "PASSED", "PUBLISHING", "DONE", "tested")) {
            assertThat(points).as("was killed around %s", state).anyMatch(text -> text.contains(state));
        }
    }

    private static void assertAllOrNothing(Map<String, VersionId> before, Map<String, VersionId> seen, String where) {
        boolean a = Objects.equals(before.get("a"), seen.get("a"));
        boolean b = Objects.equals(before.get("b"), seen.get("b"));
        assertThat(a).as("a and b appear together, killed %s", where).isEqualTo(b);
    }

    private static void finish(FolderWorkspace workspace, int point) {
        var updates = new Updates(workspace, new LocalExecutor(), JobProgress.NONE);
        if (point == 1) {
            // Not even the first record was written: nothing had begun.
            assertThat(updates.status()).isEmpty();
            UpdateOptions options = UpdateOptions.of("base");
            assertThat(updates.start(updates.plan(options), options).failure()).isEmpty();
        } else {
            assertThat(updates.resume().failure()).isEmpty();
        }
    }

    @Test
    void whereverAnUpdateIsKilledDroppingItLeavesNoTrace() throws Exception {
        Path original = chain();
        for (int point = 2; ; point += 3) {
            Path root = copyOf(original);
            Optional<String> where = UpdateProcess.killAt(root, "start", point);
            if (where.isEmpty() || where.get().contains("DONE")) {
                break;
            }
            boolean published;
            try (var workspace = FolderWorkspace.open(root)) {
                published = workspace.weights("a").startsWith("base2");
            }
            if (!published) {
                // Dropping it is killed, too, and then done again.
                assertThat(UpdateProcess.killAt(root, "abort", 2)).isPresent();
            }
            try (var workspace = FolderWorkspace.open(root)) {
                new Updates(workspace, new LocalExecutor(), JobProgress.NONE).abort();
                assertThat(workspace.weights("a")).isEqualTo(published ? "base2\n+a\n" : "base1\n+a\n");
                assertThat(workspace.lineage().privateRefs("staging/")).isEmpty();
                assertThat(workspace.lineage().notes(TestResults.NAMESPACE)).hasSize(published ? 3 : 0);
                assertThat(workspace.scratch().resolve("update")).doesNotExist();
                assertThat(FolderTools.files(workspace.scratch()))
                        .as("left after being killed %s", where.get())
                        .filteredOn(file -> !file.startsWith("logs/") || !published)
                        .filteredOn(file -> !file.startsWith("outputs/"))
                        .containsOnly("update.lock");
            }
        }
    }

    @Test
    void killedAgainAndAgainEveryModelIsTrainedOnce() throws Exception {
        Path root = FolderTools.create(temp.resolve("diamond")).resolve("repo");
        try (var workspace = FolderWorkspace.create(root)) {
            new Family(workspace).diamond().ran();
            workspace.commit("base", "base2\n");
        }
        long seed = 4711;
        Random random = new Random(seed);
        // Each process writes a record at least; commands that it leaves running are the next one's to collect.
        List<String> points = new ArrayList<>();
        Optional<String> where = UpdateProcess.killAt(root, "start", 2 + random.nextInt(4));
        while (where.isPresent()) {
            points.add(where.get());
            where = UpdateProcess.killAt(root, "resume", 2 + random.nextInt(4));
        }
        try (var workspace = FolderWorkspace.open(root)) {
            assertThat(workspace.weights("q")).isEqualTo("base2\n+a\nbase2\n+b\n+c\n+q\n");
            assertThat(new Family(workspace).ran())
                    .as("killed at %s (seed %s)", points, seed)
                    .containsExactly("a", "b", "c", "d", "q");
        }
        assertThat(points)
                .hasSizeGreaterThan(3)
                .anyMatch(point -> point.contains("RUNNING"))
                .anyMatch(point -> point.contains("DONE") || point.contains("PUBLISHING"));
    }
}
