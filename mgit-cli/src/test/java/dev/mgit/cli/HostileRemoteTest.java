package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A remote that somebody else made, in a folder that both can reach. All weights are made. */
class HostileRemoteTest {
    private static final int INTEGRITY = 6;

    @TempDir
    private Path folder;

    private TestRepository mallory;
    private Path remote;

    @BeforeEach
    void publish() throws IOException {
        mallory = TestRepository.init(folder.resolve("mallory"));
        TestRepository.weights(folder.resolve("model/w.safetensors"), 1, 100);
        mallory.ok("commit", "../model", "--model", "good");
        remote = GitServers.bare(folder.resolve("models.git"));
        mallory.ok("remote", "add", "origin", "../models.git", "--store", "../store");
    }

    /** The lineage is refused as a whole, where Git's own rules are broken, or the version is when it is checked out. */
    @Test
    void noVersionOfARemoteIsWrittenOutsideItsFolder() throws IOException {
        mallory.ok("push");
        for (String name : List.of("../evil", ".git./hooks/x", "git~1/x", ".g\u200cit/x", "C:/x", ".mgit/config")) {
            HostileVersion.withFile(mallory, "good", "hostile", name);
            Trees.delete(remote);
            Trees.copy(mallory.mgit().resolve("lineage.git"), remote);
            TreeMap<String, String> before = around();
            Cli.Ran cloned = clone("ada");
            var ada = new TestRepository(folder.resolve("ada"));
            Cli.Ran ran = cloned.exit() == 0 ? ada.run("checkout", "hostile", "out") : cloned;
            assertThat(ran.exit()).as("%s: %s", name, ran).isEqualTo(INTEGRITY);
            assertThat(ada.root().resolve("out")).doesNotExist();
            assertThat(around()).as(name).isEqualTo(before);
            Trees.delete(ada.root());
        }
    }

    private Cli.Ran clone(String into) {
        return Cli.run(
                folder,
                "clone",
                "models.git",
                into,
                "--store",
                folder.resolve("store").toString());
    }

    /** All there is but what mgit keeps for itself. */
    private TreeMap<String, String> around() throws IOException {
        TreeMap<String, String> files = TestRepository.contents(folder);
        files.keySet().removeIf(name -> name.startsWith("ada/.mgit/"));
        return files;
    }

    @Test
    void nothingThatARemotesConfigurationNamesIsRun() throws IOException {
        Path ran = folder.resolve("ran");
        Path program = Files.writeString(folder.resolve("program"), "#!/bin/sh\ntouch " + ran + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Files.writeString(
                remote.resolve("config"),
                Files.readString(remote.resolve("config"))
                        + """
                                [core]
                                 fsmonitor = PROGRAM
                                 sshCommand = PROGRAM
                                 hooksPath = DIR
                                 alternateRefsCommand = PROGRAM
                                [gpg]
                                 program = PROGRAM
                                [uploadpack]
                                 packObjectsHook = PROGRAM
                                [receive]
                                 procReceiveRefs = refs
                                [credential]
                                 helper = PROGRAM
                                [include]
                                 path = DIR/more
                                """.replace("PROGRAM", program.toString()).replace("DIR", folder.toString()));
        Files.writeString(folder.resolve("more"), "[core]\n gitProxy = " + program + "\n");
        for (String hook : List.of("pre-receive", "update", "post-receive", "post-update", "reference-transaction")) {
            Files.copy(program, folder.resolve(hook));
            Files.copy(program, remote.resolve("hooks").resolve(hook));
        }
        mallory.ok("push");
        assertThat(clone("ada").exit()).isZero();
        var ada = new TestRepository(folder.resolve("ada"));
        ada.ok("fetch");
        ada.ok("commit", "../model", "--model", "mine");
        ada.ok("push", "origin", "mine");
        ada.ok("pull");
        assertThat(ada.ok("remote", "show", "origin")).contains("good", "mine");
        ada.run("doctor");
        assertThat(ran).doesNotExist();
    }

    /** JGit opens a repository in a folder itself. */
    @Test
    void aRemoteWhoseFilesMakeNoSenseIsRefusedInASentence() throws IOException {
        mallory.ok("push");
        TreeMap<String, String> before = mallory.stored();
        for (String file : List.of("config", "HEAD", "packed-refs", "refs/heads/good")) {
            byte[] sound = Files.exists(remote.resolve(file)) ? Files.readAllBytes(remote.resolve(file)) : new byte[0];
            Files.write(remote.resolve(file), new byte[] {0, (byte) 0xff, '[', '"', '\n', 'x', ' ', 'y'});
            Cli.Ran cloned = clone("of-" + file.replace('/', '-'));
            Cli.Ran fetched = mallory.run("fetch");
            for (Cli.Ran ran : List.of(cloned, fetched)) {
                assertThat(ran.exit()).as("%s: %s", file, ran).isIn(0, INTEGRITY, 7);
                assertThat(ran.err()).as(file).doesNotContain("internal error", "Exception", "\tat ");
            }
            Files.write(remote.resolve(file), sound);
        }
        assertThat(mallory.stored().keySet()).containsAll(before.keySet());
    }

    /** JGit would look for the object for ever, or for memory for as many as the index counts. */
    @Test
    void anIndexThatMisplacesObjectsKeepsNobodyWaiting() throws IOException {
        mallory.ok("push");
        GitServers.run(remote, "git", "repack", "-q", "-a", "-d");
        for (Path side : List.of(remote, mallory.mgit().resolve("lineage.git"))) {
            mallory.ok("gc");
            Path index = index(side);
            byte[] sound = Files.readAllBytes(index);
            assertThat(index.toFile().setWritable(true)).isTrue();
            int offsets = sound.length - 40 - (sound.length - 1072) / 28 * 4;
            for (int at : new int[] {8 + 4 * 255, offsets + 1}) {
                byte[] flipped = sound.clone();
                flipped[at] ^= 0x10;
                Files.write(index, flipped);
                TestRepository.weights(folder.resolve("model/w.safetensors"), at, 100);
                String name = side.getParent().getFileName().toString().replace(".", "") + at;
                GitServers.bare(folder.resolve(name + ".git"));
                for (Cli.Ran ran : List.of(
                        clone("of-" + name),
                        mallory.run("commit", "../model", "--model", name),
                        mallory.run("push"),
                        mallory.run("remote", "add", name, "../" + name + ".git", "--store", "../store"),
                        mallory.run("push", name))) {
                    assertThat(ran.exit()).as("%s", ran).isIn(0, 2, INTEGRITY, 7);
                    assertThat(ran.err()).doesNotContain("internal error", "Exception", "not enough memory");
                }
                Files.write(index, sound);
            }
        }
    }

    /** What is sent would end early, and JGit wait for the rest of it. */
    @Test
    void nothingIsSentFromPlacesThatAnIndexOfOnesOwnMisplaces() throws IOException {
        mallory.ok("gc");
        Path index = index(mallory.mgit().resolve("lineage.git"));
        byte[] sound = Files.readAllBytes(index);
        assertThat(index.toFile().setWritable(true)).isTrue();
        int objects = (sound.length - 1072) / 28;
        for (int i = 0; i < objects; i++) {
            byte[] flipped = sound.clone();
            flipped[sound.length - 40 - 4 * (objects - i) + 1] ^= 0x10;
            Files.write(index, flipped);
            TestRepository.weights(folder.resolve("model/w.safetensors"), i, 100);
            mallory.run("commit", "../model", "--model", "m" + i);
            Cli.Ran pushed = mallory.run("push");
            assertThat(pushed.exit()).as("%s", pushed).isEqualTo(INTEGRITY);
            assertThat(pushed.err()).contains("mgit fsck --repair").doesNotContain("internal error", "Exception");
        }
        Files.write(index, sound);
        mallory.ok("push");
    }

    private static Path index(Path git) throws IOException {
        try (var files = Files.newDirectoryStream(git.resolve("objects/pack"), "*.idx")) {
            return files.iterator().next();
        }
    }
}
