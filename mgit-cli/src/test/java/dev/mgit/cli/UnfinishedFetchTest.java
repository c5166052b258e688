package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a fetch leaves that a full disk or a crash stopped between two of its files: put there by hand, from one that ended. */
class UnfinishedFetchTest {
    private static final String LOG = "logs/refs/remotes/origin/two";

    @TempDir
    private Path folder;

    private Team team;
    private final TreeMap<String, byte[]> fetched = new TreeMap<>();

    @BeforeEach
    void aFetch() throws IOException {
        team = Team.make(folder.resolve("team"));
        team.ada().ok("fetch");
        try (Stream<Path> packs = Files.list(git().resolve("objects/pack"))) {
            for (Path file : (Iterable<Path>) packs::iterator) {
                fetched.put("objects/pack/" + file.getFileName(), Files.readAllBytes(file));
            }
        }
        fetched.put(LOG, Files.readAllBytes(git().resolve(LOG)));
        team.restore();
    }

    private Path git() {
        return team.ada().mgit().resolve("lineage.git");
    }

    private void leave(String end) throws IOException {
        for (String name : fetched.keySet()) {
            if (name.endsWith(end)) {
                Files.createDirectories(git().resolve(name).getParent());
                Files.write(git().resolve(name), fetched.get(name));
            }
        }
    }

    @Test
    void aPackWithoutAnIndexIsNotTakenForReceived() throws IOException {
        leave(".pack");
        team.ada().ok("pull");
        assertThat(team.ada().id("two")).isEqualTo(team.ben().id("two"));
        team.requireSound("a pack without an index");
    }

    @Test
    void whatGitLoggedAheadOfAReferenceIsPromised() throws IOException {
        leave(".pack");
        leave(".idx");
        leave(LOG);
        assertThat(team.ada().ok("fsck")).contains("Not here: ", "no damage");
        team.ada().ok("gc");
        team.requireSound("a log of a reference that was not moved");
    }

    /** The references of a fetch whose parameters are still to come, as another command meets them. */
    @Test
    void whatIsReadMeanwhileIsBrought() throws IOException {
        team.ben().ok("tag", "v2", "two");
        team.ben().ok("push");
        Path before = folder.resolve("before");
        Trees.copy(team.ada().mgit().resolve("parameters"), before);
        team.ada().ok("fetch");
        Trees.delete(team.ada().mgit().resolve("parameters"));
        Trees.copy(before, team.ada().mgit().resolve("parameters"));
        assertThat(team.ada().ok("fsck")).contains("Not here: ");
        team.ada().ok("checkout", "v2", "out");
        assertThat(TestRepository.contents(team.ada().root().resolve("out")))
                .isEqualTo(TestRepository.contents(team.ben().root().resolve("run-two")));
        assertThat(team.ada().ok("fsck")).contains("no damage").doesNotContain("Not here: ");
    }
}
