package dev.mgit.cli.command.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.git.GitSettings;
import dev.mgit.lineage.version.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void init() {
        assertThat(Cli.run(folder, "init").exit()).isZero();
    }

    @Test
    void everySettingIsShownWithValueDefaultAndMeaning() {
        assertThat(Cli.run(folder, "config", "store.effort", "small").exit()).isZero();
        for (List<String> command : List.of(List.of("config"), List.of("config", "--list"), List.of("config", "-l"))) {
            String out = Cli.run(folder, command.toArray(String[]::new)).out();
            assertThat(out.lines()).hasSize(1 + KnownSettings.all().size());
            assertThat(out)
                    .containsPattern("store.effort +small +balanced +Compression effort")
                    .containsPattern("store.maxDepth +4 +Maximum length");
        }
        JsonObject json = Cli.run(folder, "config", "--list", "--json").json();
        assertThat(json.object("settings").string("store.effort")).isEqualTo("small");
        assertThat(json.objects("known")).hasSameSizeAs(KnownSettings.all());
        assertThat(Cli.run(folder, "config", "store.threads", "--json").json().string("default"))
                .isEqualTo("all CPUs");
    }

    @ParameterizedTest
    @CsvSource({"store.efort,store.effort", "user.nmae,user.name", "update.jbos,update.jobs"})
    void anUnknownSettingIsRefusedWithASuggestion(String typed, String meant) throws IOException {
        String before = Files.readString(folder.resolve(".mgit/config"));
        for (List<String> command : List.of(List.of("config", typed), List.of("config", typed, "1"))) {
            Cli.Ran ran = Cli.run(folder, command.toArray(String[]::new));
            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.out()).isEmpty();
            assertThat(ran.err())
                    .startsWith("error: unknown setting '" + typed + "'\nhint: did you mean '" + meant + "'");
        }
        assertThat(Files.readString(folder.resolve(".mgit/config"))).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({
        "store.effort,huge",
        "store.maxDepth,0",
        "store.threads,many",
        "update.auto,maybe",
        "update.jobs,0",
        "executor.name,cloud",
        "executor.cpus,x",
        "executor.memory,lots",
        "executor.timeout,soon"
    })
    void aValueItCannotHaveIsRefused(String name, String value) throws IOException {
        assertThat(Cli.run(folder, "config", name, value).exit()).isEqualTo(2);
        assertThat(Files.readString(folder.resolve(".mgit/config"))).isEmpty();
    }

    @Test
    void oneThatIsNotSetNamesItsDefault() {
        assertThat(Cli.run(folder, "config", "store.effort"))
                .isEqualTo(new Cli.Ran(1, "", "error: 'store.effort' is not set\nhint: its default: balanced\n"));
    }

    @Test
    void aSettingThatIsNotKnownAnyMoreIsNamedAndCanBeRemoved() throws IOException {
        Files.writeString(folder.resolve(".mgit/config"), "[old]\n\tthing = 1\n", StandardOpenOption.APPEND);
        assertThat(Cli.run(folder, "config").err()).contains("'old.thing' is set but unknown");
        assertThat(Cli.run(folder, "config", "--unset", "old.thing").exit()).isZero();
        assertThat(Cli.run(folder, "config").err()).isEmpty();
    }

    @Test
    void whatCouldNotBeReadBackIsNotSet() throws IOException {
        Path file = folder.resolve(".mgit/config");
        String before = Files.readString(file);
        for (String value : List.of("a\u001b[31m", "\u009b", "x\ufffd")) {
            Cli.Ran ran = Cli.run(folder, "config", "user.name", value);
            assertThat(ran.exit()).as("%s", ran).isEqualTo(2);
            assertThat(ran.err()).contains("cannot have control characters");
            assertThat(file).hasContent(before);
        }
        for (String value : List.of(" lines\nand \ttabs; \"quotes\" # \\ ", "\u202e重み🙂")) {
            assertThat(Cli.run(folder, "config", "user.name", value).exit()).isZero();
            assertThat(GitSettings.read(file).get("user.name")).contains(value);
        }
    }

    @Test
    void aRepositoryChoosesNoProgramThatShowsItsOutput() {
        assertThat(Cli.run(folder, "config", "core.pager", "rm -rf /").err()).contains("cannot be set by a repository");
    }

    @Test
    void defaultsAreWhatHoldsWithoutThem() throws IOException {
        Settings none = GitSettings.read(folder.resolve("none"));
        for (KnownSettings.Setting setting : KnownSettings.all()) {
            if (setting.name().startsWith("store.") && setting.fallback().matches("[a-z0-9]+")) {
                assertThat(StoreSettings.of(none.with(setting.name(), setting.fallback())))
                        .isEqualTo(StoreSettings.of(none));
            }
            setting.check().accept(none);
        }
    }
}
