package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.cli.console.Terminal;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.ChildJvm;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a terminal is shown while an update runs, and what a pipe is. */
class LiveUpdateTest {
    @TempDir
    private Path folder;

    private String shown(HookedRepository models, Map<String, String> environment, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                Terminal.writer(out),
                Terminal.writer(err),
                true,
                true,
                60,
                models.root(),
                Cli.withOwnFolders(environment));
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
        String complaint = shown(models, Map.of(), "update", "base", "--notify-command", "no-such-program");
        assertThat(complaint)
                .contains("\u001b[3A\r\u001b[Jnotify command: failed: ")
                .contains("no-such-program");
        models.commit("base", "base4");
        assertThat(shown(models, Map.of("TERM", "dumb"), "update", "base"))
                .doesNotContain("\u001b[3A")
                .contains("a: started, local");
    }

    /** The real {@code mgit} script and the real program, with a jar that only leads to the test's class path. */
    private Path launcher() throws IOException {
        Path home = folder.resolve("home");
        Path target = Files.createDirectories(home.resolve("mgit-cli/target"));
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(ChildJvm.classPath().split(File.pathSeparator))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        new JarOutputStream(Files.newOutputStream(target.resolve("mgit.jar")), manifest).close();
        return Files.copy(Path.of("..", "mgit"), home.resolve("mgit"), StandardCopyOption.COPY_ATTRIBUTES);
    }

    private static String output(HookedRepository models, String... command) throws Exception {
        var builder = new ProcessBuilder(command)
                .directory(models.root().toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true);
        builder.environment().putAll(Map.of("TERM", "xterm", "COLUMNS", "60"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(Await.exit(process)).as(output).isZero();
        return output;
    }

    @Test
    void aRealTerminalIsShownTheTableAndAPipePlainLines() throws Exception {
        Path script = Path.of("/usr/bin/script");
        assumeTrue(Files.isExecutable(script), "there is no " + script);
        HookedRepository models =
                HookedRepository.init(folder).derive("a", "base").derive("b", "a");
        String mgit = launcher().toString();
        models.commit("base", "base2");
        // script(1) runs its command at a pseudo-terminal of its own and copies what that shows.
        String shown = output(
                models, script.toString(), "--quiet", "--return", "--command", mgit + " update base", "/dev/null");
        assertThat(shown)
                .contains("0 of 2 done\r\n", "a  running", "of about", "b  planned", "\u001b[3A\r\u001b[J")
                .doesNotContain("a: started, local");
        assertThat(shown.substring(shown.lastIndexOf("\u001b[J")))
                .as("the table is gone before the result is printed")
                .contains("done: 2 passed")
                .doesNotContain("of 2 done");

        models.commit("base", "base3");
        assertThat(output(models, mgit, "update", "base"))
                .contains("a: started, local\n", "b: passed\n", "base: published\n", "done: 2 passed\n")
                .doesNotContain("\u001b");
        assertThat(models.history("b")).isEqualTo("base3\n+a\n+b\n");
    }
}
