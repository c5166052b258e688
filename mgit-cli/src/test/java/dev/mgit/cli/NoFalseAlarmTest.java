package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What mgit's own commands do to a lineage, here and from elsewhere, is never called a forgery. Models are made. */
class NoFalseAlarmTest {
    @TempDir
    private Path folder;

    private static void requireNothingFound(TestRepository repository) {
        assertThat(repository.ok("fsck")).contains("no damage");
        assertThat(repository.ok("op", "log", "--verify")).doesNotContain("changed", "moved", "taken out");
        Cli.Ran audit = repository.run("audit", "--all-heads", "--json");
        assertThat(audit.exit()).as("%s", audit).isZero();
        assertThat(audit.json().flag("verified")).isTrue();
        assertThat(audit.err()).isEmpty();
    }

    private TestRepository clone(String name) throws IOException {
        Cli.Ran ran = Cli.run(folder, "clone", folder.resolve("hub.git").toString(), name, "--lineage-only");
        assertThat(ran.exit()).as("%s", ran).isZero();
        return new TestRepository(folder.resolve(name));
    }

    @Test
    void ordinaryWorkOfTwoPeopleIsNoForgery() throws IOException {
        HookedRepository ada = HookedRepository.init(folder);
        TestRepository mine = ada.repository();
        ada.derive("a", "base").derive("b", "base").derive("leaf", "a");
        mine.ok("tag", "v1", "a");
        mine.ok("recipe", "set", "b", "--like", "a");
        mine.ok("edge", "add", "b", "a", "distill");
        mine.ok("edge", "rm", "b", "a");
        mine.ok("mv", "leaf", "team/leaf");
        mine.ok("undo");
        mine.ok("mv", "leaf", "team/leaf");
        ada.commit("base", "base2");
        mine.ok("update", "base", "--no-progress");
        ada.commit("gone", "gone");
        mine.ok("rm", "gone");
        mine.ok("gc", "--prune-older-than", "0");
        requireNothingFound(mine);

        GitServers.bare(folder.resolve("hub.git"));
        mine.ok("remote", "add", "origin", folder.resolve("hub.git").toString());
        mine.ok("push", "--lineage-only");
        TestRepository bens = clone("ben");
        assertThat(bens.ok("op", "log", "--verify")).isNotEmpty();
        assertThat(bens.ok("fsck", "--lineage-only")).contains("no damage");
        assertThat(bens.run("audit", "--all-heads").exit()).isZero();

        ada.derive("c", "base");
        mine.ok("recipe", "set", "c", "--like", "a");
        mine.ok("push", "--lineage-only");
        bens.ok("fetch");
        bens.ok("pull");
        bens.ok("tag", "ours", "c");
        bens.ok("mv", "c", "renamed");
        bens.ok("undo");
        bens.ok("fsck", "--lineage-only");
        bens.ok("push", "--lineage-only");
        mine.ok("pull");
        assertThat(bens.run("audit", "--all-heads").exit()).isZero();
        requireNothingFound(mine);
    }

    @Test
    void whatPlainGitMayDoIsNoForgery() throws Exception {
        HookedRepository ada = HookedRepository.init(folder);
        TestRepository mine = ada.repository();
        ada.derive("a", "base").derive("b", "a");
        mine.ok("tag", "v1", "a");
        mine.ok(
                "test",
                "add",
                "lines",
                "--on",
                "all",
                "--event",
                "manual",
                "--metric",
                "lines:higher",
                "--shell",
                "--",
                HookedRepository.COUNT);
        mine.ok("test", "run", "a", "b", "--no-progress");
        Path git = mine.mgit().resolve("lineage.git");
        for (List<String> command : List.of(
                List.of("git", "pack-refs", "--all"),
                List.of("git", "repack", "-a", "-d", "-q"),
                List.of("git", "gc", "-q"),
                List.of("git", "commit-graph", "write", "--reachable"))) {
            GitServers.run(git, command.toArray(String[]::new));
            requireNothingFound(mine);
        }
        assertThat(Files.exists(git.resolve("packed-refs"))).isTrue();
    }
}
