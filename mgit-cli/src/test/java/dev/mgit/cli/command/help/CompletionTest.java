package dev.mgit.cli.command.help;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.cli.Main;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.ChildJvm;
import dev.mgit.lineage.version.EdgeKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What shells are told, and the scripts that ask; those of shells that are not here are only read. */
class CompletionTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void commit() throws IOException {
        Cli.run(folder, "init");
        Path model = Files.createDirectories(folder.resolve("run"));
        Files.write(model.resolve("model.safetensors"), safetensors());
        Files.writeString(model.resolve("config.json"), "{}");
        assertThat(Cli.run(folder, "commit", "run", "--model", "bert", "-m", "x")
                        .exit())
                .isZero();
        assertThat(Cli.run(folder, "branch", "team/squad", "bert").exit()).isZero();
        assertThat(Cli.run(folder, "tag", "best", "bert").exit()).isZero();
    }

    private static byte[] safetensors() {
        String header = "{\"w\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}";
        byte[] file = Arrays.copyOf(
                ("\0\0\0\0\0\0\0\0" + header + "w").getBytes(StandardCharsets.US_ASCII), 8 + header.length() + 1);
        file[0] = (byte) header.length();
        return file;
    }

    private List<String> candidates(String... words) {
        String[] all =
                Stream.concat(Stream.of("__complete", "--"), Stream.of(words)).toArray(String[]::new);
        Cli.Ran ran = Cli.run(folder, all);
        assertThat(ran.exit()).as("%s", ran).isZero();
        return ran.out().lines().map(line -> line.split("\t", 2)[0]).toList();
    }

    @Test
    void commandsAndOptionsAreKnown() {
        assertThat(candidates("")).contains("commit", "log", "hooks").doesNotContain("__complete");
        assertThat(candidates("comm")).containsExactly("commit");
        assertThat(candidates("hooks", "")).contains("add", "list", "trust");
        assertThat(candidates("help", "com")).containsExactly("commit", "completion");
        assertThat(candidates("log", "--ki")).containsExactly("--kind");
        assertThat(candidates("log", "-")).contains("-n", "--oneline", "--no-pager");
        assertThat(candidates("completion", "")).containsExactly("bash", "zsh", "fish");
    }

    @Test
    void modelsTagsKindsAndSettingsAreKnown() {
        assertThat(candidates("log", "")).containsExactlyInAnyOrder("bert", "team/squad", "best");
        assertThat(candidates("log", "--oneline", "be")).containsExactlyInAnyOrder("bert", "best");
        assertThat(candidates("log", "bert..te")).containsExactly("bert..team/squad");
        assertThat(candidates("show", "bert:")).containsExactlyInAnyOrder("bert:config.json", "bert:model.safetensors");
        assertThat(candidates("rm", "te")).containsExactly("team/squad");
        assertThat(candidates("tag", "-d", "")).containsExactly("best");
        assertThat(candidates("commit", "run", "--from", "be")).containsExactlyInAnyOrder("bert", "best");
        assertThat(candidates("commit", "run", "--from", "bert=di")).containsExactly("bert=distill");
        assertThat(candidates("log", "--kind", "")).hasSize(EdgeKind.values().length);
        assertThat(candidates("config", "store.")).contains("store.effort");
        assertThat(candidates("run", "--executor", "")).containsExactly("local", "slurm", "command", "kubernetes");
    }

    @Test
    void whatIsLeftToTheShellHasNoCandidates() throws IOException {
        assertThat(candidates("commit", "")).isEmpty();
        assertThat(candidates("run", "--model", "bert", "--", "log", "")).isEmpty();
        Path elsewhere = Files.createTempDirectory(folder.getParent(), "none");
        assertThat(Cli.run(elsewhere, "__complete", "--", "log", "")).isEqualTo(new Cli.Ran(0, "", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "mgit comm,commit",
        "mgit log --oneline tea,team/squad",
        "mgit log bert..tea,bert..team/squad",
        "mgit show bert:conf,config.json",
        "mgit commit run --from bert=disti,distill"
    })
    void bashCompletes(String line, String reply) throws Exception {
        Path script = folder.resolve("completion.sh");
        Files.writeString(script, Cli.run(folder, "completion", "bash").out());
        List<String> java = ChildJvm.command(List.of());
        java.add(Main.class.getName());
        String program = "mgit() { '" + String.join("' '", java) + "' \"$@\"; }; source '" + script + "'; COMP_LINE='"
                + line + "'; COMP_POINT=${#COMP_LINE}; _mgit; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("bash", "-euo", "pipefail", "-c", program)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(reply + "\n");
        assertThat(Await.exit(bash)).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void theScriptIsOneItsShellCanRead(String shell) throws Exception {
        Path script = folder.resolve("completion");
        Files.writeString(script, Cli.run(folder, "completion", shell).out());
        assertThat(script).content().contains("__complete --");
        boolean here = Await.exit(new ProcessBuilder("sh", "-c", "command -v " + shell + " >/dev/null").start()) == 0;
        if (!here) {
            return; // what it holds is checked above, what its shell says of it where there is one
        }
        assertThat(Await.exit(new ProcessBuilder(shell, "-n", script.toString())
                        .inheritIO()
                        .start()))
                .isZero();
    }
}
