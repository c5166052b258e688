package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Searches for the first bad version; made models, real commands. The search itself is tested in the library. */
class BisectCommandTest {
    /** Versions along the chain. */
    private static final int LENGTH = 6;

    @TempDir
    private Path folder;

    private TestRepository repository;

    /** Versions 0 to 5 of one model, then a model tuned from the last: seven suspects in a chain. */
    @BeforeEach
    void commitAChain() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        for (int i = 0; i < LENGTH; i++) {
            commit("chain", i);
        }
        LayeredFamily.write(folder.resolve("tuned"), Map.of(1, 50));
        repository.ok("commit", folder.resolve("tuned").toString(), "--model", "tuned", "--from", "chain");
    }

    private void commit(String model, int step) throws IOException {
        Path made = LayeredFamily.write(folder.resolve("made"), Map.of(0, 100 + step));
        Files.writeString(made.resolve("step.txt"), step + "\n");
        repository.ok("commit", made.toString(), "--model", model);
    }

    @Test
    void aCommandFindsTheFirstBadVersionInFewRuns() {
        String runs = folder.resolve("runs").toString();
        String judge = "echo $MGIT_VERSION >>" + runs + "; test ! -e $MGIT_MODEL/step.txt && exit 1; "
                + "test $(cat $MGIT_MODEL/step.txt) -lt 4";
        String out = repository.ok("bisect", "run", "--bad", "tuned", "--good", "chain~5", "--", "sh", "-c", judge);
        assertThat(out).contains("chain@" + repository.id("chain~1") + " is the first bad version");
        assertThat(folder.resolve("runs"))
                .content()
                .satisfies(text -> assertThat(text.lines().count()).isLessThanOrEqualTo(4));
        assertThat(repository.ok("bisect", "log")).contains("is the first bad version");
        assertThat(repository.ok("bisect", "reset")).contains("Bisect ended");
        assertThat(repository.mgit().resolve("bisect")).doesNotExist();
        assertThat(repository.mgit().resolve("hooks/bisect")).doesNotExist();
    }

    @Test
    void marksByHandLeadToTheSameVersion() {
        repository.ok("bisect", "start", "tuned", "chain~5");
        JsonObject step = repository.json("bisect", "log", "--json");
        while (step.string("step").equals("test")) {
            String version = step.string("version");
            String files = repository.ok("show", version, "--json");
            boolean good = !files.contains("\"tuned\"")
                    && repository.ok("log", "--oneline", version).lines().count() <= 4;
            step = repository.json("bisect", good ? "good" : "bad", "--json");
        }
        assertThat(step.string("step")).isEqualTo("found");
        assertThat(step.string("version")).startsWith(repository.id("chain~1"));
    }

    @Test
    void skippedVersionsLeaveCandidates() {
        Cli.Ran ran =
                repository.run("bisect", "run", "--bad", "chain", "--good", "chain~2", "--", "sh", "-c", "exit 125");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).contains("Only skipped versions are left", repository.id("chain~1"));
    }

    @Test
    void aCommandThatCannotRunEndsTheSearchWhichGoesOnLater() {
        Cli.Ran broken = repository.run("bisect", "run", "--bad", "tuned", "--", "no-such-program");
        assertThat(broken.exit()).isEqualTo(1);
        assertThat(broken.err()).contains("reported neither good nor bad");
        assertThat(repository.ok("bisect", "run", "--", "sh", "-c", "exit 1"))
                .contains("chain@" + repository.id("chain~5") + " is the first bad version");
    }

    @Test
    void nonsenseIsRefused() throws IOException {
        repository.refuses(2, "no bisect in progress", "bisect", "good");
        repository.refuses(2, "no bisect in progress", "bisect", "run", "--", "true");
        repository.refuses(2, "unknown revision 'nowhere'", "bisect", "start", "nowhere");
        repository.refuses(
                2, "is marked bad, but a version made from it is marked good", "bisect", "start", "chain~3", "tuned");
        repository.ok("bisect", "start");
        repository.refuses(2, "there is no version to test next", "bisect", "good");
        Files.writeString(repository.mgit().resolve("bisect"), "{\"schema\":1,\"marks\":[{\"verdict\":\"odd\"}]}");
        repository.refuses(1, "the bisect state cannot be read", "bisect", "log");
        assertThat(repository.ok("bisect", "reset")).contains("Bisect ended");
    }
}
