package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code docs/commands.md} is what the commands say. {@code -Dgolden.update=true} writes it anew. */
class ReferenceTest {
    private static final Path REFERENCE = Path.of("..", "docs", "commands.md");

    @Test
    void theReferenceIsUpToDate() throws IOException {
        Terminal terminal = new Terminal(
                Terminal.writer(OutputStream.nullOutputStream()),
                Terminal.writer(OutputStream.nullOutputStream()),
                false,
                false,
                100,
                Path.of("/"),
                Map.of());
        String current = Reference.markdown(new Context(terminal));
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(REFERENCE.getParent());
            Files.writeString(REFERENCE, current);
        }
        assertThat(Files.readString(REFERENCE))
                .as("docs/commands.md; run the test with -Dgolden.update=true to rewrite it")
                .isEqualTo(current);
    }
}
