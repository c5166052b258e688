package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a terminal is shown while an update runs. */
class LiveUpdateTest {
    @TempDir
    private Path folder;

    private String shown(HookedRepository models, Map<String, String> environment, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(Terminal.writer(out), Terminal.writer(err), true, true, 60, models.root(), environment);
        assertThat(Main.run(terminal, arguments)).isZero();
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTableIsDrawnInPlaceAndWipedAtTheEnd() throws IOException {
        HookedRepository models =
                HookedRepository.init(folder).derive("a", "base").derive("b", "a");
        models.commit("base", "base2");
        String shown = shown(models, Map.of(), "update", "base");

        assertThat(shown)
                .contains("0 of 2 done\n", "a  running", "of about", "b  planned", "\u001b[3A\r\u001b[J")
                .endsWith("\u001b[3A\r\u001b[J");
        assertThat(shown.lines()
                        .map(line -> line.replaceAll("\u001b\\[[0-9]*[A-Z]", "").replace("\r", "")))
                .allMatch(line -> line.length() < 60);
        models.commit("base", "base3");
        assertThat(shown(models, Map.of("TERM", "dumb"), "update", "base"))
                .doesNotContain("\u001b[3A")
                .contains("a: started, local");
    }
}
