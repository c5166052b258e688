package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagerTest {
    @TempDir
    private Path dir;

    private TestRepository models;
    private Path paged;

    @BeforeEach
    void commit() throws IOException {
        models = TestRepository.init(dir.resolve("models"));
        TestRepository.weights(models.root().resolve("a.safetensors"), 1, 8);
        models.ok("commit", "a.safetensors", "--model", "a", "-m", "first");
        paged = dir.resolve("paged");
    }

    private Cli.Ran run(boolean terminal, Map<String, String> environment, String... arguments) {
        Map<String, String> all = new HashMap<>(Map.of("PATH", System.getenv("PATH"), "NO_COLOR", "1"));
        all.putAll(environment);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        var at = new Terminal(Terminal.writer(out), Terminal.writer(err), terminal, false, 100, models.root(), all);
        int exit = Main.run(at, arguments);
        return new Cli.Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void whatIsReadGoesThroughThePagerOfATerminal() throws IOException {
        Map<String, String> pager = Map.of("MGIT_PAGER", "cat > '" + paged + "'; echo \"$LESS\" >> '" + paged + "'");
        assertThat(run(true, pager, "log", "--oneline")).isEqualTo(new Cli.Ran(0, "", ""));
        assertThat(Files.readString(paged)).isEqualTo(models.ok("log", "--oneline") + "FRX\n");
        assertThat(run(true, pager, "help", "log").out()).isEmpty();
        assertThat(Files.readString(paged)).contains("Usage: mgit log");
        Files.delete(paged);
        assertThat(run(true, pager, "--no-pager", "log", "--oneline").out()).contains("first");
        assertThat(run(true, pager, "log", "--oneline", "--no-pager").out()).contains("first");
        assertThat(run(false, pager, "log", "--oneline").out()).contains("first");
        assertThat(run(true, pager, "branch").out()).contains("first");
        assertThat(run(true, Map.of("MGIT_PAGER", "", "PAGER", "false"), "log", "--oneline")
                        .out())
                .contains("first");
        assertThat(run(true, Map.of("PAGER", "cat"), "log", "--oneline").out()).contains("first");
        assertThat(paged).doesNotExist();
    }

    @Test
    void aCommandThatFailsOrPrintsNothingStartsNone() {
        Map<String, String> pager = Map.of("PAGER", "touch '" + paged + "'");
        assertThat(run(true, pager, "show", "nothing").err()).contains("unknown revision 'nothing'");
        assertThat(run(true, pager, "log", "a..a")).isEqualTo(new Cli.Ran(0, "", ""));
        assertThat(paged).doesNotExist();
    }

    @Test
    void aPagerThatCannotBeStartedIsNamed() {
        Cli.Ran ran = run(true, Map.of("MGIT_PAGER", "/nowhere/pager"), "log");
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("error: pager '/nowhere/pager' cannot be started", "--no-pager");
    }

    @Test
    void aReaderWhoHasSeenEnoughIsNoFailure() {
        assertThat(run(true, Map.of("MGIT_PAGER", "exec true"), "log")).isEqualTo(new Cli.Ran(0, "", ""));
    }
}
