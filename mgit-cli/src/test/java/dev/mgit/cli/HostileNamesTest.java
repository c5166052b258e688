package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.console.Terminal;
import dev.mgit.lineage.text.TextWidth;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and messages that would steer a terminal, forge a row, or put the columns out of line. All input is made. */
class HostileNamesTest {
    private static final String ESCAPE = "w\\u001b]8;;https://x.example/\\u001b\\\\q\\u001b[31m";
    private static final String ROW = "fake\\nF32    [9x9]  row\\u202e\\u200b\\u009b";

    @TempDir
    private Path dir;

    private TestRepository models;

    @BeforeEach
    void commitTwoVersions() throws IOException {
        models = TestRepository.init(dir.resolve("models"));
        for (int i = 1; i <= 2; i++) {
            String header = "{\"" + ESCAPE + "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"" + ROW
                    + "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]},"
                    + "\"重み🙂\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[2,3]}}";
            byte[] file = TestRepository.safetensors(header, new byte[] {(byte) i, (byte) i, 0});
            Files.write(models.root().resolve("a.safetensors"), file);
            models.ok("commit", "a.safetensors", "--model", "a", "-m", "x\u001b[2J\rforged\u202e " + i);
        }
        models.ok("tag", "v1", "a");
    }

    private static final List<List<String>> COMMANDS = List.of(
            List.of("show", "--tensors", "a"),
            List.of("diff", "a~1", "a", "--tensors=*"),
            List.of("diff", "a~1", "a", "--names-only"),
            List.of("diff", "a~1", "a", "--format", "md"),
            List.of("blame", "a"),
            List.of("find", "--shape", "*"),
            List.of("log"),
            List.of("log", "--graph"),
            List.of("log", "--oneline"),
            List.of("log", "-p"),
            List.of("show", "a"),
            List.of("inspect", "a"),
            List.of("status"),
            List.of("tag"),
            List.of("graph"),
            List.of("impact", "a"),
            List.of("du"),
            List.of("fsck"),
            List.of("find", "--model", "a"),
            List.of("audit", "a", "--format", "md"),
            List.of("branch"),
            List.of("audit", "a"),
            List.of("op", "log"));

    @Test
    void nothingHiddenReachesATerminalAndNoNameStartsALine() {
        for (List<String> command : COMMANDS) {
            Cli.Ran ran = models.run(command.toArray(String[]::new));
            assertThat(ran.exit()).as("%s: %s", command, ran).isZero();
            assertHarmless(command, ran.out() + ran.err());
        }
    }

    @Test
    void jsonHasWhatIsHiddenAsEscapes() {
        for (List<String> command : List.of(
                List.of("show", "--tensors", "a", "--json"),
                List.of("show", "a", "--json"),
                List.of("diff", "a~1", "a", "--json"),
                List.of("blame", "a", "--json"),
                List.of("find", "--shape", "*", "--json"),
                List.of("audit", "a", "--format", "json"),
                List.of("audit", "a", "--format", "cyclonedx"),
                List.of("audit", "a", "--format", "spdx"),
                List.of("audit", "a", "--format", "prov"),
                List.of("audit", "a", "--format", "slsa"),
                List.of("audit", "a", "--format", "html"),
                List.of("log", "-p", "--json"))) {
            Cli.Ran ran = models.run(command.toArray(String[]::new));
            assertThat(ran.exit()).as("%s: %s", command, ran).isZero();
            assertHarmless(command, ran.out() + ran.err());
        }
        assertThat(models.ok("show", "--tensors", "a", "--json")).contains("row\\u202e\\u200b\\u009b", "重み🙂");
        assertThat(models.json("log", "--json").objects("versions").get(0).string("message"))
                .isEqualTo("x\u001b[2J\rforged\u202e 2");
    }

    @Test
    void stylesOfOurOwnAreTheOnlyEscapesWhereThereAreColors() {
        for (List<String> command : COMMANDS) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            var terminal =
                    new Terminal(Terminal.writer(out), Terminal.writer(err), true, true, 100, models.root(), Map.of());
            assertThat(Main.run(terminal, command.toArray(String[]::new))).isZero();
            String all = out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
            assertHarmless(command, all.replaceAll("\u001b\\[(0|1|2|3[1-6])m(?!\\\\)|\r|\u001b\\[J", ""));
            assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("\u001b[31mF32", "\ufdd0", "\u001b[2J");
        }
    }

    private static void assertHarmless(List<String> command, String printed) {
        assertThat(printed.codePoints()
                        .filter(c -> c != '\n' && c != '\t')
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT))
                .as("%s: %s", command, printed)
                .isTrue();
        assertThat(printed.lines())
                .as("%s", command)
                .noneMatch(line -> line.startsWith("F32") || line.startsWith("forged"));
    }

    @Test
    void whatWasHiddenIsWrittenOut() {
        assertThat(models.ok("show", "--tensors", "a"))
                .contains(
                        "w\\x1b]8;;https://x.example/\\x1b\\q\\x1b[31m", "fake\\nF32    [9x9]  row\\u202e\\u200b\\x9b");
        assertThat(models.ok("log", "--oneline")).contains("x\\x1b[2J");
        assertThat(models.run("show", "no\u001b[31m\u202ewhere").err()).contains("no\\x1b[31m\\u202ewhere");
    }

    @Test
    void wideNamesKeepColumnsInLine() throws IOException {
        Files.createDirectories(models.root().resolve("folder"));
        for (String name : List.of("重み🙂.bin", "e\u0301.bin", "ascii.bin")) {
            Files.writeString(models.root().resolve("folder").resolve(name), "x");
        }
        TestRepository.weights(models.root().resolve("folder/model.safetensors"), 1, 4);
        models.ok("commit", "folder", "--model", "重み", "-m", "wide");
        models.ok("branch", "latin", "重み");
        List<String> rows = models.ok("branch").lines().toList();
        Pattern id = Pattern.compile("[0-9a-f]{10}");
        assertThat(rows.stream()
                        .map(id::matcher)
                        .filter(Matcher::find)
                        .map(found -> TextWidth.of(found.replaceFirst("").substring(0, found.start()))))
                .hasSize(3)
                .containsOnly(7);
    }
}
