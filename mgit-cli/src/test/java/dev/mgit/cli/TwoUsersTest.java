package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two users of the machine, made up by number, work in one repository of their group; one keeps everything to themselves by
 * their umask, the other does not. Only root can become them. The weights are made.
 */
@Tag("slow")
class TwoUsersTest {
    private static final int GROUP = 64999;
    private static final int SET_GROUP_ID = 02000;

    /** To read the classes of the test, wherever root keeps them. What may be read is asked without it (access(2)). */
    private static final String READS = "+dac_read_search";

    /** Somebody with a home, and a umask. */
    private record Person(int id, String umask, Path home) {
        List<String> words() {
            return List.of(
                    "setpriv",
                    "--reuid",
                    String.valueOf(id),
                    "--regid",
                    String.valueOf(id),
                    "--groups",
                    String.valueOf(GROUP),
                    "--inh-caps",
                    READS,
                    "--ambient-caps",
                    READS,
                    "env",
                    "-i",
                    "PATH=" + System.getenv("PATH"),
                    "HOME=" + home,
                    "GIT_AUTHOR_NAME=user " + id,
                    "sh",
                    "-c",
                    "umask " + umask + "; exec \"$@\"",
                    "sh");
        }
    }

    @TempDir
    private Path folder;

    private Path root;
    private Person ada;
    private Person ben;

    @BeforeEach
    void aFolderOfTheGroup() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become two users");
        folder = folder.toRealPath();
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        ada = person(64001, "077");
        ben = person(64002, "002");
        root = Files.createDirectory(folder.resolve("team"));
        Files.setAttribute(root, "unix:gid", GROUP);
        Files.setAttribute(root, "unix:mode", 0770);
    }

    private Person person(int id, String umask) throws IOException {
        Path home = Files.createDirectory(folder.resolve("home" + id));
        Files.setAttribute(home, "unix:uid", id);
        return new Person(id, umask, home);
    }

    private Crash.Ended run(Person who, String... words) throws IOException {
        return Crash.start(who.words(), Main.class, root, List.of("-Xmx256m"), words)
                .finish();
    }

    private String ok(Person who, String... words) throws IOException {
        Crash.Ended ended = run(who, words);
        assertThat(ended.exit()).as("%s: %s: %s", who, List.of(words), ended).isZero();
        return ended.output();
    }

    private Path model(Person who, int seed) throws IOException {
        Path file = weights(who.home().resolve("model/model.safetensors"), seed, 500);
        return file.getParent();
    }

    @Test
    void eachReadsAndWritesWhatTheOtherMade() throws IOException {
        Path adas = model(ada, 1);
        Path bens = model(ben, 2);
        assertThat(ok(ada, "init", "--shared")).contains("safe.directory " + root);
        ok(ada, "commit", adas.toString(), "--model", "one");
        requireShared();
        assertThat(run(ben, "tag", "v1", "one").output())
                .contains("belongs to another user", "mgit config --global --add safe.directory " + root);
        consent(ben);
        ok(ben, "commit", bens.toString(), "--model", "one");
        ok(ben, "checkout", "one", ben.home().resolve("out").toString());
        requireShared();
        ok(ada, "undo");
        ok(ada, "checkout", "one", ada.home().resolve("out").toString());
        ok(ada, "gc", "--prune-older-than", "0");
        ok(ben, "gc", "--repack");
        requireShared();
        assertThat(TestRepository.contents(ada.home().resolve("out"))).isEqualTo(TestRepository.contents(adas));
        assertThat(TestRepository.contents(ben.home().resolve("out"))).isEqualTo(TestRepository.contents(bens));
        // What only one of them needs lies in their own folder.
        assertThat(ada.home().resolve(".local/state/mgit/repositories")).isDirectory();
        assertThat(root.resolve(".mgit/journal")).isEmptyDirectory();
        assertThat(root.resolve(".mgit/index")).isEmptyDirectory();
        oneDiesBeforeItShared();
        assertThat(new TestRepository(root).ok("fsck")).contains("no damage");
        assertThat(new TestRepository(root).run("doctor").out())
                .contains("with the group")
                .doesNotContain("where that is not meant");
    }

    private void consent(Person who) throws IOException {
        Path settings = who.home().resolve(".config/mgit/config");
        Files.createDirectories(settings.getParent());
        Files.writeString(settings, "[safe]\n\tdirectory = " + root + "\n");
    }

    private void oneDiesBeforeItShared() throws IOException {
        Path left = Files.writeString(root.resolve(".mgit/parameters/000999.sst"), "");
        Files.setAttribute(left, "unix:uid", ada.id());
        Files.setAttribute(left, "unix:mode", 0600);
        Files.writeString(root.resolve(".mgit/lock"), "process 1 (mgit commit)");
        Crash.Ended ended = run(ben, "tag", "v1", "one");
        assertThat(ended.exit()).as("%s", ended).isEqualTo(1);
        assertThat(ended.output()).contains("you cannot read " + left, "have them run 'mgit gc'");
        assertThat(root.resolve(".mgit/lock")).isNotEmptyFile();
        ok(ada, "gc");
        ok(ben, "tag", "v1", "one");
    }

    /** Everything below belongs to the group, which may do with it what its owner may; others may not more than they could. */
    private void requireShared() throws IOException {
        Map<String, String> closed = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root.resolve(".mgit"))) {
            for (Path file : files.toList()) {
                Map<String, Object> seen = Files.readAttributes(file, "unix:mode,gid");
                int mode = (Integer) seen.get("mode");
                boolean open =
                        (mode >> 3 & 7) == (mode >> 6 & 7) && seen.get("gid").equals(GROUP);
                boolean inherits = !Files.isDirectory(file) || (mode & SET_GROUP_ID) != 0;
                if (!open || !inherits) {
                    closed.put(file.toString(), Integer.toOctalString(mode) + " " + seen.get("gid"));
                }
            }
        }
        assertThat(closed).isEmpty();
    }

    @Test
    void gitsSettingSharesARepositoryThatThereIs() throws IOException {
        TestRepository repository = TestRepository.init(root);
        repository.ok("commit", model(ada, 1).toString(), "--model", "one");
        Path config = root.resolve(".mgit/lineage.git/config");
        Files.writeString(config, Files.readString(config) + "[core]\n\tsharedRepository = group\n");
        repository.ok("tag", "v1", "one");
        requireShared();
    }

    @Test
    void aGroupOneIsNotInIsNamed() throws IOException {
        Files.setAttribute(root, "unix:gid", 64998);
        Files.setAttribute(root, "unix:uid", ada.id());
        Crash.Ended ended = run(ada, "init", "--shared");
        assertThat(ended.exit()).as("%s", ended).isEqualTo(1);
        assertThat(ended.output()).contains("you are no member of it", "chgrp GROUP");
        assertThat(root.resolve(".mgit")).doesNotExist();
    }
}
