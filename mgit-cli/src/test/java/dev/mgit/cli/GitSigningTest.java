package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Versions and tags signed as the user's own Git configuration says, judged by Git; made models. */
class GitSigningTest {
    private static final String ALLOWED = "allowed";

    @TempDir
    private static Path made;

    @TempDir
    private Path folder;

    private HookedRepository hooked;
    private Map<String, String> user;

    @BeforeAll
    static void aFamily() throws IOException {
        HookedRepository.init(made).derive("tuned", "base");
    }

    @BeforeEach
    void aUserWithAHome() throws IOException {
        Trees.copy(made.resolve("repo"), folder.resolve("repo"));
        hooked = new HookedRepository(new TestRepository(folder.resolve("repo")));
        Path home = Files.createDirectories(folder.resolve("home"));
        user = new HashMap<>(Map.of(
                "HOME",
                home.toString(),
                "XDG_CONFIG_HOME",
                home.resolve(".config").toString(),
                "GIT_CONFIG_NOSYSTEM",
                "1"));
        configure("[user]\n name = Ada\n email = ada@example.org\n");
    }

    private void configure(String settings) throws IOException {
        Path file = folder.resolve("home/.gitconfig");
        Files.writeString(file, (Files.exists(file) ? Files.readString(file) : "") + settings);
    }

    /** A key of SSH, known to Git as Ada's. */
    private void ssh() throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/bin/ssh-keygen")), "no ssh-keygen");
        Path key = folder.resolve("id");
        GitServers.run(folder, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString());
        Files.writeString(folder.resolve(ALLOWED), "ada@example.org " + Files.readString(folder.resolve("id.pub")));
        configure("[gpg]\n format = ssh\n[user]\n signingKey = " + key + ".pub\n");
        configure("[gpg \"ssh\"]\n allowedSignersFile = " + folder.resolve(ALLOWED) + "\n");
    }

    private Cli.Ran run(String... arguments) {
        return Cli.run(hooked.root(), user, arguments);
    }

    private void ok(String... arguments) {
        Cli.Ran ran = run(arguments);
        assertThat(ran.exit()).as("%s", ran).isZero();
    }

    private String git(Path root, String... words) throws IOException {
        String[] command = Stream.concat(
                        Stream.of("git", "-c", "gpg.ssh.allowedSignersFile=" + folder.resolve(ALLOWED)),
                        Stream.of(words))
                .toArray(String[]::new);
        return GitServers.run(root.resolve(".mgit/lineage.git"), command);
    }

    private boolean isSigned(String revision) throws IOException {
        return git(hooked.root(), "cat-file", "commit", revision).contains("\ngpgsig ");
    }

    private void assertSigned(String... models) throws IOException {
        for (String model : models) {
            assertThat(git(hooked.root(), "verify-commit", "refs/heads/" + model))
                    .as(model)
                    .contains("Good \"git\" signature for ada@example.org");
        }
    }

    @Test
    void everyCommandThatMakesAVersionSignsItIfAsked() throws IOException {
        ssh();
        ok("commit", hooked.lay("base", "base2").toString(), "--model", "base", "-m", "second", "-S");
        ok("hooks", "trust", "--all");
        ok("update", "base", "--no-progress", "--sign");
        ok(
                "run",
                "--sign",
                "--model",
                "beside",
                "--from",
                "base",
                "--shell",
                "--no-progress",
                "--",
                "cp {parent1}/* {output}/");
        ok("merge", "--sign", "tuned", "beside", "--base", "base", "-s", "*=ours", "--model", "merged", "--no-test");
        TestRepository.weights(folder.resolve("found/model.safetensors"), 5, 64);
        ok("import", "--sign", folder.resolve("found").toString());
        assertSigned("base", "tuned", "beside", "merged", "found");
        assertThat(isSigned("base~1")).isFalse();

        ok("fsck");
        ok("audit", "merged");
        ok("op", "log", "--verify");
        assertThat(run("verify", "merged").err()).doesNotContain("commit is not signed");
        ok("undo");
        ok("gc");
        assertSigned("base", "tuned", "beside", "merged");
    }

    @Test
    void whatGitSignsByItselfIsGitsAffair() throws IOException {
        configure(
                "[commit]\n gpgSign = true\n[tag]\n gpgSign = true\n[gpg]\n format = ssh\n[user]\n signingKey = /none\n");
        ok("commit", hooked.lay("base", "base2").toString(), "--model", "base", "-m", "second");
        ok("tag", "v1", "base");
        assertThat(isSigned("base")).isFalse();
    }

    @Test
    void aConfigurationThatGitCannotReadIsInNobodysWay() throws IOException {
        configure("[core\nbroken = = \n[[[");
        ok("commit", hooked.lay("base", "base2").toString(), "--model", "base", "-m", "second");
        TestRepository.assertRefused(run("tag", "-s", "v1", "base"), 1, "cannot sign: ");
    }

    @Test
    void aSignedTagIsVerifiedByGitWhereverItTravels() throws IOException {
        ssh();
        GitServers.bare(folder.resolve("hub.git"));
        ok("remote", "add", "origin", folder.resolve("hub.git").toString());
        ok("tag", "plain", "base");
        ok("push", "--lineage-only");
        ok("tag", "-s", "v1", "tuned", "-m", "Released");
        ok("tag", "--force", "-s", "plain", "base");
        ok("push", "--lineage-only");
        ok("push", "--lineage-only");
        assertThat(Cli.run(folder, user, "clone", "hub.git", "ben", "--lineage-only")
                        .exit())
                .isZero();
        for (Path root : List.of(hooked.root(), folder.resolve("ben"))) {
            for (String tag : List.of("v1", "plain")) {
                assertThat(git(root, "verify-tag", tag)).contains("Good \"git\" signature for ada@example.org");
            }
            assertThat(git(root, "cat-file", "tag", "v1")).contains("tag v1", "Released\n");
            assertThat(Cli.run(root, user, "fsck").exit()).isLessThan(6);
            assertThat(Cli.run(root, user, "op", "log", "--verify").exit()).isZero();
            assertThat(Cli.run(root, user, "audit", "v1").exit()).isZero();
        }
        ok("gc");
        assertThat(run("verify", "tuned").out()).contains("tag v1 signed by ada@example.org");
        ok("tag", "-d", "v1");
        ok("undo");
        assertThat(git(hooked.root(), "verify-tag", "v1")).contains("Good");
    }

    @Test
    void gpgSignsAsItDoesForGit() throws IOException {
        assumeTrue(Files.exists(Path.of("/usr/bin/gpg")), "no gpg");
        Path keys = Files.createTempDirectory(
                "gpg", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        String home = "GNUPGHOME=" + keys;
        try {
            GitServers.run(
                    folder,
                    "env",
                    home,
                    "gpg",
                    "--batch",
                    "--passphrase",
                    "",
                    "--quick-gen-key",
                    "Ada <ada@example.org>",
                    "ed25519",
                    "sign");
            user.put("GNUPGHOME", keys.toString());
            ok("commit", hooked.lay("base", "base2").toString(), "--model", "base", "-m", "second", "-S");
            ok("tag", "--sign", "v1", "base");
            Path git = hooked.repository().mgit().resolve("lineage.git");
            assertThat(GitServers.run(git, "env", home, "git", "verify-commit", "refs/heads/base"))
                    .contains("Good signature from \"Ada <ada@example.org>\"");
            assertThat(GitServers.run(git, "env", home, "git", "verify-tag", "v1"))
                    .contains("Good signature");
        } finally {
            GitServers.run(folder, "env", home, "gpgconf", "--kill", "all");
            Trees.delete(keys);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'', no user.signingKey",
        "'[user]\n signingKey = PLACE/none\n[gpg \"ssh\"]\n program = PLACE/missing', missing cannot be run",
        "'[user]\n signingKey = k\n[gpg \"ssh\"]\n program = PLACE/refuse', refuse says: the card is locked",
        "'[user]\n signingKey = k\n[gpg \"ssh\"]\n program = /bin/true', true ended with 0 and printed no signature",
        "'[gpg]\n format = x509', gpg.format is 'x509'"
    })
    void whatCannotBeSignedIsNotMade(String settings, String sentence) throws IOException {
        Path refuse = Files.writeString(folder.resolve("refuse"), "#!/bin/sh\necho the card is locked >&2\nexit 3\n");
        Files.setPosixFilePermissions(refuse, PosixFilePermissions.fromString("rwx------"));
        configure("[gpg]\n format = ssh\n" + settings.replace("PLACE", folder.toString()) + "\n");
        String before = hooked.repository().ok("op", "log");
        String head = hooked.repository().id("base");
        TestRepository.assertRefused(
                run("commit", hooked.lay("base", "base2").toString(), "--model", "base", "-S"), 1, sentence);
        TestRepository.assertRefused(run("tag", "-s", "v1", "base"), 1, sentence);
        assertThat(hooked.repository().ok("op", "log")).isEqualTo(before);
        assertThat(hooked.repository().id("base")).isEqualTo(head);
        assertThat(hooked.repository().ok("tag")).doesNotContain("v1");
        hooked.repository().ok("fsck");
    }

    /** It may have come from anybody. */
    @Test
    void aRepositoryNamesNoProgramAndAsksForNothing() throws IOException {
        Path ran = folder.resolve("ran");
        Path program = Files.writeString(folder.resolve("program"), "#!/bin/sh\ntouch '" + ran + "'\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        String hostile =
                "[commit]\n gpgSign = true\n[tag]\n gpgSign = true\n[gpg]\n format = ssh\n program = " + program
                        + "\n[gpg \"ssh\"]\n program = " + program + "\n defaultKeyCommand = " + program
                        + "\n[user]\n signingKey = k\n";
        for (String file : List.of("config", "lineage.git/config")) {
            Path config = hooked.repository().mgit().resolve(file);
            Files.writeString(config, Files.readString(config) + hostile);
        }
        ok("commit", hooked.lay("base", "base2").toString(), "--model", "base", "-m", "second");
        ok("tag", "v1", "base");
        assertThat(isSigned("base")).isFalse();
        TestRepository.assertRefused(run("tag", "-s", "v2", "base"), 1, "cannot sign: ");
        assertThat(ran).doesNotExist();
    }

    @Test
    void aMessageIsForSignedTags() throws IOException {
        hooked.repository().refuses(2, "a message needs a signed tag", "tag", "v1", "base", "-m", "hello");
    }
}
