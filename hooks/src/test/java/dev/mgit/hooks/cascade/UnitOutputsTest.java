package dev.mgit.hooks.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.hooks.Family;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.maintain.Leftovers;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates delete nothing that a command made unless a version holds it. */
class UnitOutputsTest {
    private static final String TRAIN =
            "cat {parent1}/weights > {output}/weights; echo moments > {output}/optimizer.pt";

    @TempDir
    private Path temp;

    private FolderWorkspace workspace;
    private Family family;
    private final List<JobProgress.Event> kept = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void create() {
        workspace = FolderWorkspace.create(temp.resolve("repo"));
        family = new Family(workspace);
        workspace.commit("base", "base1\n");
    }

    private void update(boolean failFast) {
        var options = new UpdateOptions("base", List.of(), List.of(), List.of(), List.of(), 1, failFast);
        Updates updates = updates();
        var unused = updates.start(updates.plan(options), options);
    }

    private Updates updates() {
        return new Updates(workspace, new LocalExecutor(), event -> {
            if (event.kind() == JobProgress.Kind.KEPT) {
                kept.add(event);
            }
        });
    }

    private List<Path> runs() {
        return FolderTools.folders(workspace.scratch().resolve("runs"));
    }

    /** So that only what the update leaves is there. */
    private void forgetRuns() {
        runs().forEach(FolderTools::delete);
    }

    @Test
    void whatAVersionLeavesOutStaysAndUpkeepKnowsIt() {
        family.weightsOnly("a", TRAIN, "base").derive("b", "base");
        forgetRuns();
        workspace.commit("base", "base2\n");

        update(false);

        assertThat(workspace.weights("a")).isEqualTo("base2\n");
        assertThat(kept).extracting(JobProgress.Event::subject).containsExactly("a");
        Path output = Path.of(kept.get(0).detail());
        assertThat(output.resolve("optimizer.pt")).hasContent("moments");
        assertThat(runs()).containsExactly(FolderTools.parent(output));
        assertThat(FolderTools.folders(FolderTools.parent(output)))
                .as("copies of parents go")
                .extracting(folder -> folder.getFileName().toString())
                .containsExactly("job", "output");
        assertThat(workspace.scratch().resolve("update")).doesNotExist();
        assertThat(Leftovers.before(Instant.MAX, workspace.scratch(), false))
                .extracting(Leftovers.Leftover::folder)
                .containsAll(runs());
    }

    @Test
    void allAttemptsThatFailedStay() {
        String unlucky = "cat {parent1}/weights > {output}/weights; test ! -e ../broken";
        family.derive(List.of("a"), unlucky, "base");
        forgetRuns();
        FolderTools.create(temp.resolve("broken"));
        workspace.commit("base", "base2\n");

        update(true);
        assertThat(kept).as("the update goes on").isEmpty();
        var again = updates().resume();
        assertThat(again.done()).isFalse();
        FolderTools.delete(temp.resolve("broken"));
        assertThat(updates().resume().done()).isTrue();

        assertThat(kept)
                .hasSize(2)
                .allSatisfy(event ->
                        assertThat(Path.of(event.detail()).resolve("weights")).hasContent("base2"));
        assertThat(workspace.weights("a")).isEqualTo("base2\n");
    }

    @Test
    void nothingStaysOfWhatIsStoredOrReused() {
        family.derive("a", "base");
        workspace.commit("base", "base2\n");
        update(false);
        assertThat(runs()).isEmpty();
        assertThat(kept).isEmpty();
    }
}
