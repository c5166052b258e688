package dev.mgit.cli.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many processes with commands drawn at random at one repository: what they say they did is what happened, one after the other.
 *
 * <p>{@code -Dmgit.storm.operations=N}, {@code -Dmgit.storm.processes=P} and {@code -Dmgit.storm.seed=N} make it longer, and
 * another. All weights are made.
 */
@Tag("slow")
class StormTest {
    private static final int SHORT = 36;
    private static final int OPERATIONS = Integer.getInteger("mgit.storm.operations", SHORT);
    private static final int PROCESSES = Integer.getInteger("mgit.storm.processes", 3);
    private static final long SEED = Long.getLong("mgit.storm.seed", 1);
    private static final int GROUP = 64999;

    @TempDir
    private Path folder;

    @Test
    void everyCommandHappensAsAWholeAndOneAfterTheOther() throws Exception {
        rage(OPERATIONS, PROCESSES, Optional.empty(), List.of(List.of()));
    }

    @Test
    void twoUsersOfOneGroupAreAsGoodAsOne() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become two users");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        int operations = OPERATIONS == SHORT ? 10 : OPERATIONS / 4;
        rage(operations, 2, Optional.of(GROUP), List.of(user(64001, "002"), user(64002, "077")));
    }

    /** Words to be a user under, who may read whatever root keeps classes in, and consents to the repositories. */
    private List<String> user(int id, String umask) throws IOException {
        Path home = Files.createDirectories(folder.resolve("home" + id));
        Path settings = home.resolve(".config/mgit/config");
        Files.createDirectories(settings.getParent());
        Files.writeString(settings, "[safe]\n\tdirectory = *\n");
        Files.setAttribute(home, "unix:uid", id);
        Files.setAttribute(home.resolve(".config"), "unix:uid", id);
        return List.of(
                "setpriv",
                "--reuid=" + id,
                "--regid=" + id,
                "--groups=" + GROUP,
                "--inh-caps=+dac_read_search",
                "--ambient-caps=+dac_read_search",
                "env",
                "-i",
                "PATH=" + System.getenv("PATH"),
                "HOME=" + home,
                "sh",
                "-c",
                "umask " + umask + "; exec \"$@\"",
                "sh");
    }

    private void rage(int operations, int processes, Optional<Integer> group, List<List<String>> users)
            throws Exception {
        System.out.println("storm of " + operations + " commands in " + processes + " processes, seed " + SEED);
        var storm = new Storm(folder.toRealPath());
        storm.prepare(group);
        storm.rage(operations, processes, SEED, Math.min(40, operations / processes / 2), users);
        List<Attempt> attempts = StormWorker.attempts(storm.folder());
        System.out.print(Model.figures(attempts));
        System.out.println(storm.kills());
        List<String> wrong = new ArrayList<>(Refusals.unexpected(attempts));
        for (String repository : StormFolder.REPOSITORIES) {
            var aftermath = new Aftermath(storm.folder(), repository);
            History history = History.of(storm.folder(), repository);
            var model = new Model(
                    history,
                    attempts.stream()
                            .filter(attempt -> attempt.repository().equals(repository))
                            .toList());
            wrong.addAll(model.check(aftermath.references()));
            wrong.addAll(aftermath.check(model.made()));
            wrong.addAll(aftermath.leftovers());
            System.out.println(repository + ": " + history.size() + " operations on record, " + aftermath.read()
                    + " versions read back");
        }
        assertThat(wrong).isEmpty();
    }
}
