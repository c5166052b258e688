package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a push leaves in a lineage in a folder, stopped between two of its files: put there by hand, from one that ended. */
class UnfinishedPushTest {
    @TempDir
    private Path folder;

    @Test
    void aPackWithoutAnIndexIsNotTakenForReceived() throws IOException {
        Team team = Team.make(folder.resolve("team"));
        List<Path> before = packs(team);
        team.ada().ok("push");
        List<Path> sent = packs(team);
        sent.removeAll(before);
        List<byte[]> bytes = new ArrayList<>();
        for (Path pack : sent) {
            bytes.add(Files.readAllBytes(pack));
        }

        team.restore();
        for (int i = 0; i < sent.size(); i++) {
            Files.write(sent.get(i), bytes.get(i));
        }
        team.ada().ok("push");

        assertThat(sent).isNotEmpty();
        team.requireSound("a pack without an index");
    }

    private static List<Path> packs(Team team) throws IOException {
        try (Stream<Path> files = Files.list(team.folder().resolve("models.git/objects/pack"))) {
            return new ArrayList<>(
                    files.filter(file -> file.toString().endsWith(".pack")).toList());
        }
    }
}
