package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trust is this user's, for this repository: no copy brings it along, and nothing in a repository grants it. */
class TrustTest {
    @TempDir
    private Path folder;

    private HookedRepository theirs;
    private Path ran;

    @BeforeEach
    void aRepositoryWithHooks() throws IOException {
        folder = folder.toRealPath();
        ran = folder.resolve("ran");
        theirs = HookedRepository.init(folder);
        for (String event : new String[] {"pre-commit", "post-commit"}) {
            theirs.repository().ok("hooks", "add", event, "--event", event, "--shell", "--", "touch " + ran.toString());
        }
    }

    private boolean ran() throws IOException {
        return Files.deleteIfExists(ran);
    }

    @Test
    void whatAnUnpackedCopyBringsRunsOnlyOnceItWasAccepted() throws IOException {
        theirs.commit("base", "one");
        assertThat(ran()).isTrue();

        Path place = Files.createDirectories(folder.resolve("mine/repo"));
        Trees.copy(theirs.repository().mgit(), place.resolve(".mgit"));
        var mine = new HookedRepository(new TestRepository(place));
        Cli.Ran first = mine.commit("base", "two");
        assertThat(first.exit()).isZero();
        assertThat(first.err()).contains("hook 'pre-commit' is not asked, since you have not accepted it here");
        assertThat(ran()).isFalse();
        assertThat(mine.repository().ok("hooks", "list")).contains("pre-commit (not trusted)");

        mine.repository().ok("hooks", "trust", "--all");
        mine.commit("base", "three");
        assertThat(ran()).isTrue();

        // A copy of it in its place again is another one.
        Path aside = folder.resolve("aside");
        Files.move(place.resolve(".mgit"), aside);
        Trees.copy(aside, place.resolve(".mgit"));
        mine.commit("base", "four");
        assertThat(ran()).isFalse();
    }

    @Test
    void anotherUserOfTheSameRepositoryAcceptsForThemselves() throws IOException {
        Path model = theirs.lay("base", "one");
        Map<String, String> another =
                Map.of("XDG_STATE_HOME", folder.resolve("another").toString());
        String[] commit = {"commit", model.toString(), "--model", "base"};
        assertThat(Cli.run(theirs.root(), another, commit).exit()).isZero();
        assertThat(ran()).isFalse();
        assertThat(Cli.run(theirs.root(), another, "hooks", "trust", "--all").exit())
                .isZero();
        theirs.lay("base", "two");
        assertThat(Cli.run(theirs.root(), another, commit).exit()).isZero();
        assertThat(ran()).isTrue();
    }

    @Test
    void aListInsideTheRepositoryCountsNoLongerAndIsToldOf() throws IOException {
        Map<String, String> another =
                Map.of("XDG_STATE_HOME", folder.resolve("another").toString());
        String digests = Cli.run(theirs.root(), another, "hooks", "trust", "--json").json().objects("pending").stream()
                .map(item -> item.string("id") + "  " + item.string("name") + "\n")
                .reduce("", String::concat);
        Files.writeString(theirs.repository().mgit().resolve("trusted"), digests);
        Cli.Ran commit = Cli.run(
                theirs.root(), another, "commit", theirs.lay("base", "one").toString(), "--model", "base");
        assertThat(commit.err()).containsOnlyOnce("what .mgit/trusted lists is no longer trusted");
        assertThat(ran()).isFalse();
        assertThat(Cli.run(theirs.root(), another, "hooks", "trust", "--all").exit())
                .isZero();
        commit = Cli.run(
                theirs.root(), another, "commit", theirs.lay("base", "two").toString(), "--model", "base");
        assertThat(commit.err()).doesNotContain("no longer trusted");
        assertThat(ran()).isTrue();
    }

    @Test
    void aSettingThatDecidesWhatRunsIsAcceptedLikeAHook() throws IOException {
        TestRepository repository = theirs.repository();
        Files.writeString(
                repository.mgit().resolve("config"), "[executor]\n name = slurm\n[slurm]\n arguments = --output=/x\n");
        TestRepository.assertRefused(
                repository.run("run", "--model", "x", "--", "true"),
                1,
                "the setting slurm.arguments came with the repository and has not been accepted here");
        assertThat(repository.ok("hooks", "trust")).contains("setting slurm.arguments", "--output=/x");
        repository.ok("hooks", "trust", "--all");
        assertThat(repository.run("run", "--model", "x", "--", "true").err()).doesNotContain("accepted here");
        // What the user sets is theirs, and so is what stands in their own file.
        repository.ok("config", "slurm.arguments", "--", "--partition=a");
        assertThat(repository.ok("hooks", "trust")).contains("Everything here is trusted");
        repository.ok("config", "--unset", "slurm.arguments");
        Map<String, String> own =
                Map.of("XDG_CONFIG_HOME", folder.resolve("config").toString());
        assertThat(Cli.run(theirs.root(), own, "config", "--global", "slurm.arguments", "--", "--partition=b")
                        .exit())
                .isZero();
        assertThat(Cli.run(theirs.root(), own, "config", "slurm.arguments").out())
                .isEqualTo("--partition=b\n");
        assertThat(Cli.run(theirs.root(), own, "run", "--model", "x", "--", "true")
                        .err())
                .doesNotContain("accepted here");
    }

    @Test
    void commandsOfAnExecutorAreAcceptedLikeHooksHoweverTheirKeysAreSpelled() throws IOException {
        TestRepository repository = theirs.repository();
        String evil = "touch " + folder.resolve("evil");
        Files.writeString(
                repository.mgit().resolve("config"),
                "[executor]\n name = command\n[EXECUTOR \"command\"]\n SUBMIT = " + evil + "\n Find = " + evil
                        + "\n look = " + evil + "\n end = " + evil + "\n");
        TestRepository.assertRefused(
                repository.run("run", "--model", "x", "--", "true"),
                1,
                "came with the repository and has not been accepted here");
        assertThat(folder.resolve("evil")).doesNotExist();
        assertThat(repository.ok("hooks", "trust")).contains("setting executor.command.submit", evil);
        repository.ok("hooks", "trust", "--all");
        assertThat(repository.run("run", "--model", "x", "--", "true").err())
                .contains("executor.command.submit did not take run x: what it printed is no JSON object");
        assertThat(folder.resolve("evil")).exists();
    }

    @Test
    void theUsersOwnSettingsCountWhereTheRepositoryHasNone() throws IOException {
        Path config = folder.resolve("config");
        Map<String, String> own = Map.of("XDG_CONFIG_HOME", config.toString());
        // Outside any repository, too.
        assertThat(Cli.run(folder, own, "config", "--global", "user.name", "Grace")
                        .exit())
                .isZero();
        assertThat(Cli.run(folder, own, "config", "--global", "--add", "safe.directory", "/a")
                        .exit())
                .isZero();
        assertThat(Cli.run(folder, own, "config", "--global", "--add", "safe.directory", "/b/*")
                        .exit())
                .isZero();
        assertThat(config.resolve("mgit/config")).content().contains("name = Grace", "/a", "/b/*");
        assertThat(Cli.run(folder, own, "config", "--global").out())
                .containsPattern("(?m)^user\\.name +Grace ")
                .containsPattern("(?m)^safe\\.directory +/a, /b/\\* ");
        assertThat(Cli.run(theirs.root(), own, "config", "user.name").out()).isEqualTo("Grace\n");
        Cli.run(theirs.root(), own, "config", "user.name", "Ada");
        assertThat(Cli.run(theirs.root(), own, "config", "user.name").out()).isEqualTo("Ada\n");
        assertThat(config.resolve("mgit/config")).content().doesNotContain("Ada");
        assertThat(theirs.repository().mgit().resolve("config")).content().doesNotContain("safe");
        assertThat(Cli.run(folder, own, "config", "--global", "--unset", "user.name")
                        .exit())
                .isZero();
        assertThat(Cli.run(folder, own, "config", "--global", "user.name").exit())
                .isEqualTo(1);
        TestRepository.assertRefused(
                Cli.run(folder, own, "config", "--global", "store.effort", "much"), 2, "unknown effort");
    }

    @Test
    void withoutAHomeNothingIsTrustedAndTheRestWorks() throws IOException {
        Map<String, String> none = Map.of("HOME", "/dev/null", "XDG_STATE_HOME", "", "XDG_CONFIG_HOME", "");
        Path model = theirs.lay("base", "one");
        assertThat(Cli.run(theirs.root(), none, "commit", model.toString(), "--model", "base")
                        .exit())
                .isZero();
        assertThat(ran()).isFalse();
        Cli.Ran run = Cli.run(
                theirs.root(),
                none,
                "run",
                "--model",
                "x",
                "--no-progress",
                "--shell",
                "--",
                "cp ../by-hand/base/* {output}/");
        assertThat(run.exit()).as("%s", run).isZero();
        assertThat(Cli.run(theirs.root(), none, "checkout", "x", "out").exit()).isZero();
        for (String line : new String[] {"hooks add h --event post-commit -- true", "hooks trust --all"}) {
            Cli.Ran refused = Cli.run(theirs.root(), none, line.split(" "));
            TestRepository.assertRefused(refused, 1, "what you trust cannot be written down");
            assertThat(refused.err()).contains("hint: set HOME, or XDG_STATE_HOME to a folder of your own");
        }
        assertThat(theirs.repository().ok("hooks", "list")).doesNotContain("h  post-commit");
    }
}
