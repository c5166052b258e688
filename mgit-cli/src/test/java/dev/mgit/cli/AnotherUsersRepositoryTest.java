package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A repository that belongs to another user of the machine, made so by root. Reading works, without a trace in it; a
 * process without root's power over permissions stands for the user who may not write there.
 */
class AnotherUsersRepositoryTest {
    private static final int SOMEBODY = 65534;
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private Path folder;

    private HookedRepository models;
    private Path ran;
    private Path home;

    @BeforeEach
    void aRepositoryOfSomebodyElse() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files away");
        folder = folder.toRealPath();
        ran = folder.resolve("ran");
        home = folder.resolve("home");
        models = HookedRepository.init(folder);
        models.commit("base", "two");
        models.repository().ok("hooks", "add", "h", "--event", "post-commit", "--", "touch", ran.toString());
        models.repository().ok("checkout", "base", folder.resolve("theirs").toString());
        try (Stream<Path> files = Files.walk(models.repository().mgit())) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", SOMEBODY, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private Crash.Ended run(Path where, List<String> variables, String... arguments) throws IOException {
        List<String> under = new ArrayList<>(
                List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "env", "-u", "SUDO_UID"));
        under.add("HOME=" + home);
        under.add("XDG_STATE_HOME=");
        under.add("XDG_CONFIG_HOME=");
        under.addAll(variables);
        return Crash.start(under, Main.class, where, JVM, arguments).finish();
    }

    private String ok(String... arguments) throws IOException {
        Crash.Ended ended = run(models.root(), List.of(), arguments);
        assertThat(ended.exit())
                .as("%s: %s", List.of(arguments), ended.output())
                .isZero();
        return ended.output();
    }

    private TreeMap<String, String> stored() throws IOException {
        return contents(models.repository().mgit());
    }

    @Test
    void readingWorksAndLeavesNoTrace() throws IOException {
        var before = stored();
        for (String reading : List.of(
                "log",
                "show --tensors base",
                "diff base~1 base",
                "find --tensor-name w",
                "fsck",
                "du",
                "graph",
                "status",
                "test list",
                "hooks list",
                "hooks show h",
                "op log",
                "config",
                "blame base",
                "audit base")) {
            ok(reading.split(" "));
        }
        Path out = folder.resolve("out");
        ok("checkout", "base", out.toString());
        assertThat(contents(out)).isEqualTo(contents(folder.resolve("theirs")));
        ok("checkout", "base", folder.resolve("part").toString(), "--tensors", "w");

        // What is checked out where is remembered by the user who did it.
        assertThat(run(out, List.of(), "status").output()).contains("base at ", "unchanged");
        Files.writeString(out.resolve("history.txt"), "mine");
        assertThat(run(out, List.of(), "checkout", "base~1", out.toString()).exit())
                .isEqualTo(5);
        ok("checkout", "base~1", out.toString(), "--force");
        assertThat(out.resolve("history.txt")).hasContent("base1");
        assertThat(stored()).isEqualTo(before);
        assertThat(ran).doesNotExist();
    }

    @Test
    void withoutAHomeReadingWorksToo() throws IOException {
        var before = stored();
        home = Path.of("/nonexistent");
        ok("log");
        ok("find", "--tensor-name", "w");
        Path out = folder.resolve("out");
        ok("checkout", "base~1", out.toString());
        ok("checkout", "base", out.toString(), "--force");
        assertThat(contents(out)).isEqualTo(contents(folder.resolve("theirs")));
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void nothingIsChangedAndNothingRunsWithoutConsent() throws IOException {
        Path model = weights(folder.resolve("model/model.safetensors"), 5, 64).getParent();
        var before = stored();
        for (String line : List.of(
                "commit " + model + " --model base",
                "tag t base",
                "gc",
                "undo",
                "config user.name me",
                "hooks trust --all",
                "run --model x -- touch " + ran,
                "test run",
                "update base",
                "bisect start base base~1",
                "merge base base~1",
                "rerun base")) {
            // Root itself could write there.
            Cli.Ran refused = models.repository().run(line.split(" "));
            assertThat(refused.exit()).as("%s: %s", line, refused).isEqualTo(1);
            assertThat(refused.err())
                    .contains(
                            "belongs to another user",
                            "hint: it can be read; to work with it as with your own: "
                                    + "mgit config --global --add safe.directory " + models.root());
        }
        assertThat(stored()).isEqualTo(before);
        assertThat(ran).doesNotExist();
    }

    @Test
    void itIsFoundFromBelowAsWell() throws IOException {
        Path below = Files.createDirectories(models.root().resolve("my/work"));
        Path model = weights(folder.resolve("model/model.safetensors"), 5, 64).getParent();
        TestRepository.assertRefused(
                Cli.run(below, "commit", model.toString(), "--model", "x"), 1, "belongs to another user");
    }

    @Test
    void withConsentItIsLikeTheUsersOwnAndWhatRunsIsStillToBeAccepted() throws IOException {
        Path model = weights(folder.resolve("model/model.safetensors"), 5, 64).getParent();
        ok("config", "--global", "--add", "safe.directory", models.root().toString());
        Crash.Ended refused = run(models.root(), List.of(), "tag", "t", "base");
        assertThat(refused.output()).contains("no permission for");
        var variables = java.util.Map.of("HOME", home.toString(), "XDG_STATE_HOME", "", "XDG_CONFIG_HOME", "");
        Cli.Ran commit = Cli.run(models.root(), variables, "commit", model.toString(), "--model", "base");
        assertThat(commit.exit()).as("%s", commit).isZero();
        assertThat(ran).doesNotExist();
        assertThat(Cli.run(models.root(), variables, "hooks", "trust", "--all").exit())
                .isZero();
        weights(model.resolve("model.safetensors"), 6, 64);
        Cli.run(models.root(), variables, "commit", model.toString(), "--model", "base");
        assertThat(ran).exists();
    }

    @Test
    void rootCountsAsWhoCalledSudo() throws IOException {
        var sudo = java.util.Map.of("SUDO_UID", "" + SOMEBODY);
        assertThat(Cli.run(models.root(), sudo, "tag", "t", "base").exit()).isZero();
        Path theirHome = Files.createDirectories(folder.resolve("their-home"));
        Files.setAttribute(theirHome, "unix:uid", SOMEBODY);
        var kept = java.util.Map.of("SUDO_UID", "" + SOMEBODY, "HOME", theirHome.toString());
        assertThat(Cli.run(
                                models.root(),
                                kept,
                                "checkout",
                                "base",
                                folder.resolve("out").toString())
                        .exit())
                .isZero();
        assertThat(theirHome).isEmptyDirectory();
        assertThat(Cli.run(models.root(), java.util.Map.of("SUDO_UID", "1234"), "tag", "u", "base")
                        .err())
                .contains("belongs to another user");
    }
}
