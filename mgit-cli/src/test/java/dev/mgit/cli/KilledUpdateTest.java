package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real command, really killed as soon as its journal shows a state, then continued or dropped. Every instant at the
 * journal is the hooks module's KillTest; here it is the whole command over a real repository. The models are made.
 */
@Tag("slow")
class KilledUpdateTest {
    /** What the journal holds once an update of base → a → b is in a state, in the order they come. */
    private static final List<String> STATES = List.of(
            "\"units\":",
            "\"unit\":0,\"state\":\"RUNNING\"",
            "\"unit\":0,\"state\":\"RAN\"",
            "\"unit\":0,\"state\":\"PASSED\"",
            "\"unit\":1,\"state\":\"PASSED\"",
            "\"update\":\"PUBLISHING\"");

    @TempDir
    private Path folder;

    private HookedRepository original;

    @BeforeEach
    void aChainWithAGateWhoseBaseHasANewVersion() throws IOException {
        original = HookedRepository.init(folder).derive("a", "base").derive("b", "a");
        original.test("lines", "all", "update", "lines:lower:max=9", HookedRepository.COUNT);
        original.commit("base", "base2");
        original.ran();
    }

    private HookedRepository copy(String name) throws IOException {
        Path to = Files.createDirectory(folder.resolve(name)).resolve("repo");
        Trees.copy(original.root(), to);
        var copied = new HookedRepository(new TestRepository(to));
        copied.repository().ok("hooks", "trust", "--all"); // what is trusted stays behind
        return copied;
    }

    private static String journal(HookedRepository models) {
        try {
            return Files.readString(models.repository().mgit().resolve("hooks/update/journal"));
        } catch (IOException e) {
            return ""; // not there yet, or no longer
        }
    }

    /** Kills an update once its journal shows a state. */
    private static void killAt(HookedRepository models, String state) throws Exception {
        try (PausedCommand update = PausedCommand.start(models.root(), "update", "base", "--no-progress")) {
            update.until("its journal shows " + state, () -> journal(models).contains(state));
            assertThat(update.kill().killed()).isTrue();
        }
        assertThat(journal(models)).contains(state);
    }

    private static Map<String, String> heads(HookedRepository models) {
        return new TreeMap<>(Map.of(
                "a", models.repository().id("a"), "b", models.repository().id("b")));
    }

    @Test
    void inWhateverStateItIsKilledContinuingFinishesItAndRepeatsNothing() throws Exception {
        for (int i = 0; i < STATES.size(); i++) {
            HookedRepository models = copy("continued" + i);
            Map<String, String> before = heads(models);
            killAt(models, STATES.get(i));
            assertThat(heads(models)).as("nothing is published").isEqualTo(before);
            String status = models.repository().ok("update", "--status");
            assertThat(status).contains("of base, ");
            Cli.Ran resumed = models.repository().run("update", "--continue", "--no-progress");
            assertThat(resumed.exit())
                    .as("killed at %s: %s", STATES.get(i), resumed)
                    .isZero();
            assertThat(models.history("b")).as(STATES.get(i)).isEqualTo("base2\n+a\n+b\n");
            // A result that had not come to the journal yet when the process died has to be found again.
            List<String> ran = models.ran();
            assertThat(ran.stream().filter(line -> !line.startsWith("test")))
                    .as(STATES.get(i))
                    .containsExactly("a", "b");
            assertThat(ran).contains("test a", "test b").hasSizeBetween(4, 5);
            assertThat(models.repository().ok("log", "--tests", "--oneline", "-n", "1", "b"))
                    .contains("lines 3");
            assertNoTrace(models);
        }
    }

    @Test
    void inWhateverStateItIsKilledDroppingItLeavesNoTrace() throws Exception {
        for (String state : List.of(STATES.get(1), STATES.get(2), STATES.get(4))) {
            HookedRepository models = copy("dropped" + STATES.indexOf(state));
            Map<String, String> before = heads(models);
            killAt(models, state);
            assertThat(heads(models)).isEqualTo(before);
            models.repository().ok("update", "--abort");
            assertThat(heads(models)).isEqualTo(before);
            assertThat(models.repository().ok("log", "--tests", "a", "b")).doesNotContain("test lines");
            assertNoTrace(models);
            assertThat(models.repository().ok("update", "--status")).contains("No update in progress");
            models.ran();
            models.repository().ok("update", "base", "--no-progress");
            assertThat(models.history("b")).isEqualTo("base2\n+a\n+b\n");
        }
    }

    private static void assertNoTrace(HookedRepository models) throws IOException {
        Path mgit = models.repository().mgit();
        assertThat(mgit.resolve("hooks/update")).doesNotExist();
        try (Stream<Path> refs = Files.walk(mgit.resolve("lineage.git/refs"))) {
            assertThat(refs.filter(Files::isRegularFile).map(Path::toString))
                    .noneMatch(name -> name.contains("staging"));
        }
        assertThat(models.repository().run("fsck").exit()).isZero();
    }
}
