package dev.mgit.hooks.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.FolderTools;
import dev.mgit.hooks.FolderWorkspace;
import dev.mgit.hooks.JobProgress;
import dev.mgit.hooks.executor.Limits;
import dev.mgit.hooks.executor.LocalExecutor;
import dev.mgit.hooks.modeltest.Selector;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps of a commit, in order, and what each can and cannot stop. */
class CommitWorkflowTest {
    @TempDir
    Path temp;

    private final List<String> steps = new ArrayList<>();
    private FolderWorkspace workspace;
    private VersionId version;
    private boolean accepted = true;

    @BeforeEach
    void create() {
        workspace = FolderWorkspace.create(temp.resolve("repo"));
        version = workspace.commit("model", "weights\n");
    }

    private void hook(String line) {
        new Hooks(workspace, new LocalExecutor())
                .add(new HookRegistration(
                        "gate", HookEvent.PRE_COMMIT, new Selector("all"), Limits.NONE, true, List.of(line)));
    }

    private String run() throws IOException {
        return new CommitWorkflow(workspace, new LocalExecutor(), JobProgress.NONE, new Listener())
                .run(new Steps(), result -> steps.add("told " + result));
    }

    private final class Steps implements Incoming<String> {
        @Override
        public List<Candidate> check() {
            steps.add("check");
            return List.of(new Candidate("model", List.of(), folder -> {
                steps.add("gate");
                FolderTools.create(folder.resolve("files"));
            }));
        }

        @Override
        public void store() {
            steps.add("store");
        }

        @Override
        public boolean judge() {
            steps.add("judge");
            return accepted;
        }

        @Override
        public void publish() {
            steps.add("publish");
        }

        @Override
        public String result() {
            return accepted ? "published" : "held back";
        }

        @Override
        public List<VersionId> published() {
            return List.of(version);
        }

        @Override
        public void note() {
            steps.add("note");
        }

        @Override
        public void close() {
            steps.add("unlock");
        }
    }

    private final class Listener implements CommitListener {
        @Override
        public void notAsked(HookRegistration hook) {
            steps.add("not asked");
        }

        @Override
        public void announce(VersionId id) {
            steps.add("announce " + id.equals(version));
            throw MgitException.failed("no room for tests");
        }

        @Override
        public void failedAfterwards(RuntimeException failure) {
            steps.add(failure.getMessage());
        }
    }

    @Test
    void theStepsComeInOrderAndNothingThatFollowsACommitFailsIt() throws IOException {
        hook("exit 0");
        assertThat(run()).isEqualTo("published");
        assertThat(steps)
                .containsExactly(
                        "check",
                        "gate",
                        "store",
                        "judge",
                        "publish",
                        "unlock",
                        "told published",
                        "note",
                        "announce true",
                        "no room for tests");
    }

    @Test
    void whatAHookRefusesIsNotStored() {
        hook("exit 1");
        assertThatThrownBy(this::run)
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.kind()).isEqualTo(MgitException.Kind.GATE));
        assertThat(steps).containsExactly("check", "gate");
    }

    @Test
    void whatAJudgeHoldsBackIsNeitherPublishedNorAnnounced() throws IOException {
        accepted = false;
        assertThat(run()).isEqualTo("held back");
        assertThat(steps).containsExactly("check", "store", "judge", "unlock");
    }
}
