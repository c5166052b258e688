package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code docs} says of commands and settings is what they say themselves. {@code -Dgolden.update=true} writes it. */
class ReferenceTest {
    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void theReferenceOfCommandsIsUpToDate() throws IOException {
        Terminal terminal = Terminal.nowhere(Path.of("/"), 100);
        assertUpToDate("commands.md", CommandReference.markdown(new Context(terminal)));
    }

    @Test
    void theReferenceOfSettingsIsUpToDate() throws IOException {
        assertUpToDate("configuration.md", CommandReference.settings());
    }

    private static void assertUpToDate(String name, String current) throws IOException {
        Path file = DOCS.resolve(name);
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(DOCS);
            Files.writeString(file, current);
        }
        assertThat(Files.readString(file))
                .as("docs/" + name + "; run the test with -Dgolden.update=true to rewrite it")
                .isEqualTo(current);
    }
}
