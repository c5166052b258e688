package dev.mgit.hooks.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.hooks.Family;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.FileScheduler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates under a scheduler that outlives them, killed with SIGKILL around every record and continued. */
@Tag("slow")
class SchedulerKillTest {
    @TempDir
    Path temp;

    @Test
    void killedAtEveryRecordTheNextOneAdoptsItsJobsAndEveryModelIsTrainedOnce() throws Exception {
        Path queue = temp.resolve("queue");
        Path root = FolderTools.create(temp.resolve("family")).resolve("repo");
        try (var workspace = FolderWorkspace.create(root)) {
            workspace.commit("base", "base1\n");
            new Family(workspace).derive("a", "base").derive("b", "a").ran();
            workspace.commit("base", "base2\n");
        }
        Map<String, String> environment = Map.of(UpdateProcess.QUEUE, queue.toString());
        List<String> points = new ArrayList<>();
        Optional<String> where = UpdateProcess.killAt(root, "start", 3, environment);
        for (int step = 0; where.isPresent(); step++) {
            points.add(where.get());
            // Later each time: what a run writes before it goes on must not be all it ever does.
            where = UpdateProcess.killAt(root, "resume", 2 + step, environment);
        }
        try (var workspace = FolderWorkspace.open(root)) {
            var updates = new Updates(workspace, new FileScheduler(queue).executor(), JobProgress.NONE);
            assertThat(updates.status().map(UpdateReport::failure).orElse(Optional.empty()))
                    .isEmpty();
            assertThat(workspace.weights("b")).isEqualTo("base2\n+a\n+b\n");
            assertThat(new Family(workspace).ran()).as("killed at %s", points).containsExactly("a", "b");
        }
        assertThat(points).anyMatch(point -> point.contains("RUNNING")).anyMatch(point -> point.contains("handle"));
    }

    @Test
    void anUpdateRunsUnderAScheduler() throws Exception {
        try (var workspace = FolderWorkspace.create(temp.resolve("repo"))) {
            new Family(workspace).diamond().gate("all", "lines:lower:max=9").ran();
            workspace.commit("base", "base2\n");
            var scheduler = new FileScheduler(temp.resolve("queue"));
            var updates = new Updates(workspace, scheduler.executor(), JobProgress.NONE);
            UpdateOptions options = UpdateOptions.of("base");
            assertThat(updates.start(updates.plan(options), options).failure()).isEmpty();
            assertThat(workspace.weights("q")).isEqualTo("base2\n+a\nbase2\n+b\n+c\n+q\n");
        }
    }
}
