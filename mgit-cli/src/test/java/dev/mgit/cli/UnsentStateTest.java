package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training state that was dropped before its version was pushed: others get the rest, and are told. All made. */
class UnsentStateTest {
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final int STEPS = 3;

    @TempDir
    private Path dir;

    private TestRepository ada;
    private final List<Map<String, String>> steps = new ArrayList<>();

    @BeforeEach
    void aRunAndARemote() throws IOException {
        GitServers.bare(dir.resolve("models.git"));
        ada = TestRepository.init(dir.resolve("ada"));
        for (int step = 0; step < STEPS; step++) {
            commit(ada, step, "net");
            steps.add(TestRepository.contents(ada.root().resolve("step-" + step)));
        }
        ada.ok("remote", "add", "origin", "../models.git", "--store", "../store");
    }

    private static void commit(TestRepository repository, int step, String model) throws IOException {
        Path run = repository.root().resolve("step-" + step);
        TestRepository.weights(run.resolve("model.safetensors"), step, 20_000);
        TestRepository.weights(run.resolve(OPTIMIZER), 100 + step, 20_000);
        Files.writeString(run.resolve("trainer_state.json"), "{\"global_step\": " + step + "}");
        repository.ok("commit", run.getFileName().toString(), "--model", model);
    }

    private void drop() {
        ada.ok("gc", "--drop-training-state", "--keep-last", "1");
    }

    private TestRepository clone(String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of("clone", "models.git", name));
        arguments.addAll(List.of(options));
        Cli.Ran ran = Cli.run(dir, arguments.toArray(String[]::new));
        assertThat(ran.exit()).as("%s", ran).isZero();
        return new TestRepository(dir.resolve(name));
    }

    private static String of(int step) {
        return "net~" + (STEPS - 1 - step);
    }

    private void requireWhole(TestRepository repository, int step) throws IOException {
        repository.ok("checkout", of(step), "whole-" + step);
        assertThat(TestRepository.contents(repository.root().resolve("whole-" + step)))
                .isEqualTo(steps.get(step));
    }

    private void requireWithoutState(TestRepository repository, int step) throws IOException {
        Cli.Ran checkout = repository.run("checkout", of(step), "rest-" + step);
        assertThat(checkout.exit()).as("%s", checkout).isZero();
        assertThat(checkout.err()).contains("training state was dropped on ", "--keep-last 1");
        var rest = new TreeMap<>(steps.get(step));
        rest.remove(OPTIMIZER);
        assertThat(TestRepository.contents(repository.root().resolve("rest-" + step)))
                .isEqualTo(rest);
    }

    @Test
    void aCloneHasTheRestAndSaysWhatIsGone() throws IOException {
        drop();
        ada.ok("push");
        assertThat(ada.ok("push")).contains("up to date");
        TestRepository ben = clone("ben");
        assertThat(ben.ok("fsck")).contains("no damage");
        requireWithoutState(ben, 0);
        requireWithoutState(ben, 1);
        requireWhole(ben, 2);
        TestRepository cleo = clone("cleo", "--lineage-only");
        requireWithoutState(cleo, 0);
        requireWhole(cleo, 2);
        assertThat(ben.ok("gc", "--drop-training-state", "--keep-last", "1")).contains("No training state to drop");
    }

    @Test
    void aPullThatFollowsOtherPullsDoesTheSame() throws IOException {
        ada.ok("push");
        TestRepository ben = clone("ben");
        commit(ada, STEPS, "net");
        commit(ada, STEPS + 1, "net");
        drop();
        ada.ok("push");
        ben.ok("pull");
        assertThat(ben.ok("fsck")).contains("no damage");
        ben.ok("checkout", "net~2", "before"); // pushed before it was dropped at Ada's
        assertThat(ben.root().resolve("before/" + OPTIMIZER)).exists();
        ben.ok("checkout", "net~1", "after");
        assertThat(ben.root().resolve("after/" + OPTIMIZER)).doesNotExist();
        assertThat(ben.root().resolve("after/model.safetensors")).exists();
    }

    @Test
    void whatIsCommittedAgainComesBackForAll() throws IOException {
        drop();
        ada.ok("push");
        TestRepository ben = clone("ben");
        commit(ben, 0, "again"); // whoever still has the folder
        requireWhole(ben, 0);
        ben.ok("push", "--check-store");
        TestRepository cleo = clone("cleo");
        requireWhole(cleo, 0);
        requireWithoutState(cleo, 1);
    }
}
