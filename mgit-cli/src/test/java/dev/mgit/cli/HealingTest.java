package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is gone from a repository comes back from wherever it still is; what is nowhere is named. */
class HealingTest {
    @TempDir
    private static Path once;

    private static DamageRepository made;

    @TempDir
    private Path folder;

    private DamageRepository here;

    @BeforeAll
    static void make() throws IOException {
        made = DamageRepository.make(once);
    }

    @BeforeEach
    void copy() throws IOException {
        here = made.copyTo(folder.resolve("here"));
    }

    private TestRepository commands() {
        return here.commands();
    }

    private boolean isReadable(String revision) throws IOException {
        Path target = folder.resolve("looked");
        Trees.delete(target);
        Cli.Ran ran = commands().run("checkout", revision, target.toString());
        assertThat(ran.exit()).as("%s", ran).isIn(0, 6);
        if (ran.exit() == 0) {
            assertThat(contents(target))
                    .isEqualTo(here.versions()
                            .get(commands().json("show", revision, "--json").string("id")));
        }
        return ran.exit() == 0;
    }

    private List<Path> files(String below, String end) throws IOException {
        try (Stream<Path> files = Files.walk(here.root().resolve(".mgit").resolve(below))) {
            return files.filter(file -> file.toString().endsWith(end)).toList();
        }
    }

    @Test
    void lostPacksComeBackFromTheRemote() throws IOException {
        for (Path file : files("lineage.git/objects/pack", "")) {
            if (Files.isRegularFile(file)) {
                Files.delete(file);
            }
        }
        Cli.Ran lost = commands().run("show", "base");
        assertThat(lost.exit()).isEqualTo(6);
        assertThat(lost.err()).doesNotContain("unknown revision").contains("mgit fsck --repair");
        assertThat(commands().ok("fsck", "--repair")).contains("Git objects, from origin");
        for (String revision : List.of("base~1", "base", "child~1", "child", "trained")) {
            assertThat(isReadable(revision)).as(revision).isTrue();
        }
    }

    @Test
    void lostBlocksComeBackFromFoldersAndTheRemoteAndTheRestIsNamed() throws IOException {
        for (Path blobs : files("parameters", ".blob")) {
            Files.write(blobs, new byte[(int) Files.size(blobs)]);
        }
        Cli.Ran repaired = commands().run("fsck", "--repair", "--from", "../model");
        assertThat(repaired.exit()).as("%s", repaired).isEqualTo(6);
        assertThat(repaired.out())
                .contains("/model/a.safetensors again\n")
                .contains("from origin")
                .contains("child@" + commands().id("child").substring(0, 7))
                .contains(", a.safetensors, tensor 'w'");
        for (String revision : List.of("base~1", "base", "child~1", "trained")) {
            assertThat(isReadable(revision)).as(revision).isTrue();
        }
        assertThat(isReadable("child")).isFalse();
    }

    @Test
    void checkedOutFoldersAreLookedIntoFirst() throws IOException {
        commands().ok("remote", "rm", "origin", "--force");
        for (Path blobs : files("parameters", ".blob")) {
            Files.write(blobs, new byte[0]);
        }
        Cli.Ran repaired = commands().run("fsck", "--repair");
        assertThat(repaired.out()).contains("repaired: stored out/a.safetensors again");
        assertThat(isReadable("base~1")).isTrue();
        assertThat(isReadable("trained")).isFalse();
    }

    @Test
    void foldersAreOnlyTakenFromWithRepair() throws IOException {
        commands().refuses(2, "--from needs --repair", "fsck", "--from", "../model");
    }
}
