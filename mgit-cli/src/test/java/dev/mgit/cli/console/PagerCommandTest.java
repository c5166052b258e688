package dev.mgit.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PagerCommandTest {
    @Test
    void theFirstOfMgitsGitsAndTheUsersPagerIsTaken(@TempDir Path bin) throws Exception {
        Map<String, String> all = Map.of("MGIT_PAGER", "a", "PAGER", "c");
        assertThat(Pager.command(all, () -> Optional.of("b"))).hasValue("a");
        assertThat(Pager.command(Map.of("PAGER", "c"), () -> Optional.of("b"))).hasValue("b");
        assertThat(Pager.command(Map.of("PAGER", "c"), Optional::empty)).hasValue("c");
        assertThat(Pager.command(Map.of("PATH", bin.toString()), Optional::empty))
                .isEmpty();
        assertThat(bin.resolve("less").toFile().createNewFile()).isTrue();
        assertThat(bin.resolve("less").toFile().setExecutable(true)).isTrue();
        assertThat(Pager.command(Map.of("PATH", ":" + bin), Optional::empty)).hasValue("less -FRX");
        assertThat(Pager.command(Map.of("MGIT_PAGER", " cat "), Optional::empty))
                .isEmpty();
    }

    @Test
    void theUsersOwnLocaleIsInTheEnvironmentAgain() {
        assertThat(Terminal.ofUser(Map.of("LC_ALL", "C.UTF-8", "MGIT_LC_ALL", "POSIX", "A", "1")))
                .isEqualTo(Map.of("LC_ALL", "POSIX", "A", "1"));
        assertThat(Terminal.ofUser(Map.of("LC_ALL", "C.UTF-8", "MGIT_LC_ALL", "")))
                .isEmpty();
        assertThat(Terminal.ofUser(Map.of("LC_ALL", "C"))).isEqualTo(Map.of("LC_ALL", "C"));
    }

    @Test
    void howNativeMemoryIsKeptHereIsNotPassedOn() {
        assertThat(Terminal.ofUser(Map.of(
                        "MGIT_MALLOC",
                        "1",
                        "MALLOC_ARENA_MAX",
                        "1",
                        "MALLOC_MMAP_THRESHOLD_",
                        "2097152",
                        "MALLOC_TRIM_THRESHOLD_",
                        "8388608",
                        "A",
                        "1")))
                .isEqualTo(Map.of("A", "1"));
        assertThat(Terminal.ofUser(Map.of("MALLOC_ARENA_MAX", "4"))).isEqualTo(Map.of("MALLOC_ARENA_MAX", "4"));
    }
}
