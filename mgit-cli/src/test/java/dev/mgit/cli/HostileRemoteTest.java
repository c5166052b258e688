package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
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

    @Test
    void noVersionOfARemoteIsWrittenOutsideItsFolder() throws IOException {
        List<String> names = List.of("../evil", ".git./hooks/x", "git~1/x", ".g\u200cit/x", "C:/x", ".mgit/config");
        for (int i = 0; i < names.size(); i++) {
            HostileVersion.withFile(mallory, "good", "hostile" + i, names.get(i));
        }
        mallory.ok("push", "--all");
        TestRepository ada = cloned();
        for (int i = 0; i < names.size(); i++) {
            TreeMap<String, String> before = around(ada);
            TestRepository.assertRefused(
                    ada.run("checkout", "hostile" + i, "out"), INTEGRITY, "the version names a file '");
            assertThat(around(ada)).as(names.get(i)).isEqualTo(before);
        }
        ada.ok("checkout", "good", "out");
    }

    private TestRepository cloned() {
        Cli.Ran ran = Cli.run(folder, "clone", "models.git", "ada", "--store", folder.resolve("store").toString());
        assertThat(ran.exit()).as("%s", ran).isZero();
        return new TestRepository(folder.resolve("ada"));
    }

    /** All there is but what mgit keeps for itself. */
    private TreeMap<String, String> around(TestRepository ada) throws IOException {
        TreeMap<String, String> files = TestRepository.contents(folder);
        files.keySet().removeIf(name -> name.startsWith("ada/.mgit/"));
        assertThat(ada.root().resolve("out")).doesNotExist();
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
                        + ("[core]\n fsmonitor = PROGRAM\n sshCommand = PROGRAM\n hooksPath = DIR\n"
                                        + " alternateRefsCommand = PROGRAM\n[gpg]\n program = PROGRAM\n"
                                        + "[uploadpack]\n packObjectsHook = PROGRAM\n[receive]\n procReceiveRefs = refs\n"
                                        + "[credential]\n helper = PROGRAM\n[include]\n path = DIR/more\n")
                                .replace("PROGRAM", program.toString())
                                .replace("DIR", folder.toString()));
        Files.writeString(folder.resolve("more"), "[core]\n gitProxy = " + program + "\n");
        for (String hook : List.of("pre-receive", "update", "post-receive", "post-update", "reference-transaction")) {
            Files.copy(program, folder.resolve(hook));
            Files.copy(program, remote.resolve("hooks").resolve(hook));
        }
        mallory.ok("push");
        TestRepository ada = cloned();
        ada.ok("fetch");
        ada.ok("commit", "../model", "--model", "mine");
        ada.ok("push", "mine");
        ada.ok("pull");
        ada.ok("remote", "show", "origin");
        ada.run("doctor");
        assertThat(ran).doesNotExist();
        try (Stream<Path> models = Files.list(remote.resolve("refs/heads"))) {
            assertThat(models.map(Path::getFileName).map(Path::toString)).contains("good", "mine");
        }
    }
}
