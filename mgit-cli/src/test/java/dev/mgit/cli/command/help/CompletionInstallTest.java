package dev.mgit.cli.command.help;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionInstallTest {
    @TempDir
    private Path home;

    private Cli.Ran install(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "completion";
        all[1] = "--install";
        System.arraycopy(words, 0, all, 2, words.length);
        return Cli.run(home, Map.of("HOME", home.toString(), "XDG_CONFIG_HOME", "", "SHELL", "/usr/bin/fish"), all);
    }

    @ParameterizedTest
    @CsvSource({
        "bash, .local/share/bash-completion/completions/mgit",
        "zsh, .local/share/zsh/site-functions/_mgit",
        "fish, .config/fish/completions/mgit.fish"
    })
    void theScriptGoesWhereTheShellLooksAndASecondTimeChangesNothing(String shell, String place) throws IOException {
        Cli.Ran first = install(shell);
        assertThat(first.exit()).as("%s", first).isZero();
        Path file = home.resolve(place);
        assertThat(first.out()).isEqualTo("Wrote " + file + "\n");
        assertThat(Files.readString(file))
                .isEqualTo(Cli.run(home, "completion", shell).out());
        assertThat(install(shell).out()).isEqualTo(file + " is up to date\n");
        Files.writeString(file, Files.readString(file) + "# of an older mgit\n");
        assertThat(install(shell).out()).isEqualTo("Replaced " + file + "\n");
    }

    @Test
    void withoutAShellItIsTheLoginShell() {
        assertThat(install().out()).contains("mgit.fish");
    }

    @Test
    void aFileOfSomebodyElseStaysAndSoDoesALink() throws IOException {
        Path file = home.resolve(".local/share/zsh/site-functions/_mgit");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#compdef mgit\n# mine\n");
        Cli.Ran ran = install("zsh");
        assertThat(ran.exit()).isEqualTo(5);
        assertThat(ran.err()).contains("is not mgit's");
        assertThat(Files.readString(file)).contains("mine");
        Path mine = Files.move(file, home.resolve("dotfiles"));
        Files.createSymbolicLink(file, mine);
        assertThat(install("zsh").exit()).isEqualTo(5);
        assertThat(Files.readString(mine)).contains("mine");
    }

    @Test
    void aShellWithoutAScriptIsNamed() {
        Cli.Ran ran = Cli.run(home, Map.of("SHELL", "/bin/ksh"), "completion", "--install");
        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err()).contains("/bin/ksh");
        assertThat(Cli.run(home, "completion").exit()).isEqualTo(2);
    }
}
