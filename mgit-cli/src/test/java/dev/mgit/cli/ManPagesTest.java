package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The manual pages that packages carry: one a command, of what its help says. */
class ManPagesTest {
    @TempDir
    private Path dir;

    @Test
    void everyCommandHasAPageWithItsOptions() throws Exception {
        Map<String, String> pages = ManPages.pages();
        assertThat(pages).containsKeys("mgit.1", "mgit-commit.1", "mgit-watch.1", "mgit-hooks-add.1", "mgit-op-log.1");
        assertThat(pages.keySet()).noneMatch(name -> name.contains("__complete"));
        assertThat(pages.get("mgit-commit.1"))
                .contains(".SH OPTIONS", "\\-\\-model NAME", ".SH EXIT STATUS", "mgit(1)");
        assertThat(pages.get("mgit.1")).contains("mgit\\-commit(1)", "a gate failed");
    }

    @Test
    void noLineOfTextIsAMacroByAccident() throws Exception {
        for (var page : ManPages.pages().entrySet()) {
            assertThat(page.getValue().lines())
                    .as(page.getKey())
                    .filteredOn(line -> line.startsWith(".") || line.startsWith("'"))
                    .allMatch(line -> line.matches("\\.(TH .*|SH [A-Z ]+|PP|TP|nf|fi|nh|ad l)"));
            assertThat(page.getValue()).doesNotContain("%n", "@|", "${", "null");
        }
    }

    @Test
    void groffFindsNothingToWarnOf() throws Exception {
        boolean there = Arrays.stream(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "groff")));
        assumeTrue(there, "groff is not on the PATH");
        ManPages.main(new String[] {dir.toString()});
        Process groff = new ProcessBuilder(
                        "sh", "-c", "for page in *.1; do groff -man -Tutf8 -ww -W break \"$page\" >/dev/null; done")
                .directory(dir.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(groff.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(Await.exit(groff)).isZero();
        assertThat(said).isEmpty();
    }
}
