package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A version's lineage as one file, checked where there is no repository; with made models. */
class EvidenceBundleTest {
    private static final String PUBLIC = SigningKeys.file("signer.pub");

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path bundle;

    @BeforeEach
    void aFamily() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        Path base = folder.resolve("base");
        TestRepository.weights(base.resolve("model.safetensors"), 1, 5000);
        Files.writeString(base.resolve("README.md"), "---\nlicense: mit\n---\n");
        repository.ok("commit", base.toString(), "--model", "base", "-m", "base");
        repository.ok("commit", base.toString(), "--model", "unrelated", "-m", "unrelated");
        repository.ok(
                "run",
                "--model",
                "child",
                "--from",
                "base",
                "--shell",
                "--no-progress",
                "--",
                "cp {parent1}/* {output}/; echo more > {output}/more.txt");
        for (String model : List.of("base", "child", "unrelated")) {
            repository.ok("sign", model, "--key", SigningKeys.file("signer.pem"), "--attest", "provenance,notes");
        }
        repository.ok("policy", "init");
        bundle = folder.resolve("child.bundle");
        repository.ok("bundle", "child", "--output", bundle.toString());
    }

    private Cli.Ran verify(Path file, String... options) throws IOException {
        Path nowhere = Files.createDirectories(folder.resolve("nowhere"));
        String[] words = Arrays.copyOf(new String[] {"verify-bundle", file.toString()}, 2 + options.length);
        System.arraycopy(options, 0, words, 2, options.length);
        return Cli.run(nowhere, words);
    }

    @Test
    void itIsCheckedWithoutARepository() throws IOException {
        Cli.Ran ran = verify(bundle, "--key", PUBLIC);
        assertThat(ran.exit()).as("%s", ran).isZero();
        assertThat(ran.out()).contains("2 versions back to base@", "provenance signed by key", "Every hash agrees");
        assertThat(verify(bundle).err()).contains("nobody whose signatures count here vouches for it");
        TestRepository.assertRefused(
                verify(bundle, "--key", SigningKeys.file("other.pub")),
                6,
                "is not signed by the key or certificate given");
        assertThat(verify(bundle, "--key", PUBLIC, "--json").json().flag("signed"))
                .isTrue();

        Path files = folder.resolve("files");
        repository.ok("checkout", "child", files.toString());
        assertThat(verify(bundle, "--key", PUBLIC, "--folder", files.toString()).exit())
                .isZero();
        Files.writeString(files.resolve("more.txt"), "less\n");
        TestRepository.assertRefused(
                verify(bundle, "--key", PUBLIC, "--folder", files.toString()), 6, "'more.txt' was changed");
    }

    @Test
    void theSameLineageMakesTheSameFileWhichReplacesNone() throws IOException {
        repository.refuses(2, "exists already", "bundle", "child", "--output", bundle.toString());
        repository.ok("gc");
        Path again = folder.resolve("again.bundle");
        repository.ok("bundle", "child", "--output", again.toString());
        assertThat(again).hasSameBinaryContentAs(bundle);
    }

    @Test
    void gitReadsItAndFindsNothingOfOtherModels() throws IOException {
        GitServers.run(folder, "git", "clone", "--quiet", "--mirror", bundle.toString(), "mirror.git");
        Path mirror = folder.resolve("mirror.git");
        assertThat(GitServers.run(mirror, "git", "log", "--format=%s", "child")).contains("base");
        assertThat(GitServers.run(mirror, "git", "notes", "--ref", "mgit/signatures", "list")
                        .lines())
                .hasSize(2);
        assertThat(GitServers.run(mirror, "git", "for-each-ref")).doesNotContain("unrelated");
    }

    @Test
    void whatIsDamagedIsRefused() throws IOException {
        byte[] good = Files.readAllBytes(bundle);
        Path bad = folder.resolve("bad.bundle");
        for (int at = 0; at < good.length; at += Math.max(1, good.length / 12)) {
            byte[] flipped = good.clone();
            flipped[at] ^= 0x10;
            Files.write(bad, flipped);
            TestRepository.assertRefused(verify(bad, "--key", PUBLIC), 6, "");
            Files.write(bad, Arrays.copyOf(good, at));
            TestRepository.assertRefused(verify(bad, "--key", PUBLIC), 6, "is no whole bundle");
        }
    }

    @Test
    void aRewrittenCommitIsNamedThoughEveryHashAgrees() throws IOException {
        GitServers.run(folder, "git", "clone", "--quiet", "--mirror", bundle.toString(), "mirror.git");
        Path mirror = folder.resolve("mirror.git");
        Path commit = folder.resolve("commit");
        Files.writeString(
                commit,
                GitServers.run(mirror, "git", "cat-file", "commit", "child").replaceAll("Derived-From: .*\n?", ""));
        String forged = GitServers.run(mirror, "git", "hash-object", "-t", "commit", "-w", commit.toString())
                .strip();
        GitServers.run(mirror, "git", "update-ref", "refs/heads/child", forged);
        GitServers.run(mirror, "git", "symbolic-ref", "HEAD", "refs/heads/child");
        Path bad = folder.resolve("forged.bundle");
        GitServers.run(mirror, "git", "bundle", "create", "--quiet", bad.toString(), "HEAD", "child");
        TestRepository.assertRefused(verify(bad), 6, "child@" + forged.substring(0, 10) + ": Git has the parent ");
    }

    @Test
    void whatBreaksItsPolicyIsSaid() throws IOException {
        Path policy = Files.writeString(
                folder.resolve("policy.json"),
                "{\"schema\": 1, \"rules\": [{\"rule\": \"licences\", \"allowed\": [\"apache-2.0\"]}]}");
        repository.ok("policy", "init", policy.toString(), "--force");
        Path again = folder.resolve("again.bundle");
        repository.ok("bundle", "child", "--output", again.toString());
        assertThat(verify(again, "--key", PUBLIC).out())
                .contains("against its policy: rule 'licences': child@", "is under mit, not Apache-2.0");
        assertThat(verify(bundle, "--key", PUBLIC).out()).doesNotContain("against its policy");
    }

    @Test
    void namesThatLeadElsewhereAreRefused() throws IOException {
        String text = new String(Files.readAllBytes(bundle), StandardCharsets.ISO_8859_1);
        Path bad = folder.resolve("bad.bundle");
        for (String name :
                List.of("refs/heads/../../../hooks/update", "hooks/post-update", "config", "refs/heads/a.lock")) {
            Files.writeString(bad, text.replace("refs/heads/child", name), StandardCharsets.ISO_8859_1);
            TestRepository.assertRefused(verify(bad), 6, "it has a reference");
        }
        Files.writeString(bad, text.replace("# v2 git bundle", "# v3 git bundle"), StandardCharsets.ISO_8859_1);
        TestRepository.assertRefused(verify(bad), 6, "it does not begin as one");
    }
}
