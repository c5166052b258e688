package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two people and a real bare Git repository between them; what is pushed is the lineage. */
class RemoteLineageTest {
    @TempDir
    private Path dir;

    private Path hub;
    private TestRepository ada;

    @BeforeEach
    void aFamilyAndABareRepository() throws IOException {
        hub = GitServers.bare(dir.resolve("models.git"));
        ada = TestRepository.init(dir.resolve("ada"));
        commit(ada, "bert", 1);
        commit(ada, "squad", 2, "--from", "bert");
        ada.ok("remote", "add", "origin", "../models.git");
    }

    private static void commit(TestRepository repository, String model, int seed, String... options)
            throws IOException {
        Path run = repository.root().resolve("run-" + model);
        TestRepository.weights(run.resolve("model.safetensors"), seed, 8);
        var arguments =
                new java.util.ArrayList<>(List.of("commit", "run-" + model, "--model", model, "-m", "seed " + seed));
        arguments.addAll(List.of(options));
        repository.ok(arguments.toArray(String[]::new));
    }

    private TestRepository clone(String name) {
        Cli.Ran ran = Cli.run(dir, "clone", "models.git", name, "--lineage-only");
        assertThat(ran.exit()).as("%s", ran).isZero();
        return new TestRepository(dir.resolve(name));
    }

    private String there(String ref) throws IOException {
        return GitServers.run(hub, "git", "rev-parse", "--short=10", ref).strip();
    }

    private static void push(TestRepository repository, String... arguments) {
        var all = new java.util.ArrayList<>(List.of("push", "--lineage-only"));
        all.addAll(List.of(arguments));
        repository.ok(all.toArray(String[]::new));
    }

    @Test
    void aPushBringsModelsTagsAndNotesAndACloneHasThem() throws IOException {
        ada.ok("tag", "v1", "squad");
        ada.ok("edge", "add", "squad", "bert", "distill");
        push(ada);
        assertThat(there("refs/heads/squad")).isEqualTo(ada.id("squad"));
        assertThat(there("refs/tags/v1")).isEqualTo(ada.id("squad"));
        assertThat(there("refs/notes/mgit/edges")).isNotEmpty();
        assertThat(ada.ok("push", "--lineage-only")).contains("Everything up to date");

        TestRepository ben = clone("ben");
        assertThat(ben.id("squad")).isEqualTo(ada.id("squad"));
        assertThat(ben.id("v1")).isEqualTo(ada.id("squad"));
        assertThat(ben.ok("show", "squad")).contains("distill of bert");
        assertThat(ben.ok("remote", "show", "origin")).contains("squad", "up to date");
        assertThat(ben.ok("pull")).contains("Already up to date");
        assertThat(GitServers.run(hub, "git", "fsck", "--strict")).doesNotContain("error");
    }

    @Test
    void theParentOfALaterEdgeStaysThereWhenItsModelIsForcedElsewhere() throws IOException {
        commit(ada, "teacher", 8);
        ada.ok("edge", "add", "squad", "teacher", "distill");
        push(ada);
        String before = ada.id("teacher");
        ada.ok("rm", "teacher");
        commit(ada, "teacher", 9);
        push(ada, "--force");
        GitServers.run(hub, "git", "gc", "--prune=now", "--quiet");
        TestRepository ben = clone("ben");
        assertThat(ben.id("teacher")).isEqualTo(ada.id("teacher")).isNotEqualTo(before);
        assertThat(ben.ok("show", "squad")).contains("distill of teacher");
        ben.ok("audit", "squad");
        ben.ok("fsck", "--lineage-only");
    }

    @Test
    void whoPushesTakesTheParentsOfTheEdgesThatOthersAdded() throws IOException {
        push(ada);
        TestRepository ben = clone("ben");
        commit(ben, "teacher", 8);
        ben.ok("edge", "add", "squad", "teacher", "distill");
        push(ben);
        commit(ada, "other", 9);
        push(ada);
        assertThat(ada.ok("show", "squad")).contains("distill of ");
        ada.ok("status");
        ada.ok("gc", "--prune-older-than", "0");
        ada.ok("fsck", "--lineage-only");
        ada.ok("audit", "squad");
    }

    @Test
    void oneModelIsPushedWithWhatItCameFromAndItsTags() throws IOException {
        commit(ada, "other", 3);
        ada.ok("tag", "one", "squad");
        ada.ok("tag", "two", "other");
        push(ada, "origin", "squad");
        assertThat(GitServers.run(hub, "git", "for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags"))
                .isEqualTo("refs/heads/squad\nrefs/tags/one\n");
        assertThat(clone("ben").ok("log", "squad")).contains("seed 1", "seed 2");
        ada.refuses(2, "no model matches 'nobody'", "push", "origin", "nobody");
    }

    @Test
    void whoeverIsBehindPullsFirstAndIsToldWhatDiverged() throws IOException {
        push(ada);
        TestRepository ben = clone("ben");
        commit(ben, "bert", 5);
        push(ben);
        commit(ada, "squad", 6);
        commit(ada, "bert", 7);
        ada.refuses(5, "origin has versions of bert that are not here", "push", "--lineage-only");
        Cli.Ran pulled = ada.run("pull");
        assertThat(pulled.exit()).as("%s", pulled).isEqualTo(5);
        assertThat(pulled.err()).contains("versions both here and at origin: bert", "mgit merge bert origin/bert");
        assertThat(ada.id("origin/bert")).isEqualTo(ben.id("bert"));
        push(ada, "origin", "squad");

        ada.ok("mv", "bert", "bert-mine");
        assertThat(ada.ok("pull")).contains("new " + ben.id("bert"));
        push(ada);
        assertThat(ben.ok("pull")).contains("bert-mine", "squad");
        assertThat(ben.id("squad")).isEqualTo(ada.id("squad"));
    }

    @Test
    void notesOfTwoPeopleAreJoinedAndNoneIsLost() throws IOException {
        commit(ada, "teacher", 3);
        push(ada);
        TestRepository ben = clone("ben");
        ada.ok("edge", "add", "squad", "teacher", "distill");
        ben.ok("edge", "add", "squad", "teacher", "merge");
        ben.ok("edge", "add", "bert", "teacher", "prune");
        push(ada);
        push(ben);
        assertThat(ben.ok("show", "squad")).contains("distill of teacher", "merge of teacher");
        ada.ok("fetch");
        assertThat(ada.ok("show", "squad")).contains("distill of teacher", "merge of teacher");
        assertThat(ada.ok("show", "bert")).contains("prune of teacher");
    }

    @Test
    void anEdgeAddedLaterBringsTheVersionItLeadsTo() throws IOException {
        commit(ada, "teacher", 3);
        ada.ok("edge", "add", "squad", "teacher", "distill");
        push(ada, "origin", "squad");
        TestRepository ben = clone("ben");
        assertThat(ben.ok("log", "squad")).contains("seed 3");
        assertThat(ben.ok("branch")).doesNotContain("teacher");
    }

    @Test
    void aModelCanBeDeletedThereAndForgottenHere() throws IOException {
        push(ada);
        TestRepository ben = clone("ben");
        push(ada, "--delete", "squad");
        assertThat(GitServers.run(hub, "git", "for-each-ref", "refs/heads")).doesNotContain("squad");
        ben.ok("fetch");
        assertThat(ben.ok("log", "origin/squad")).contains("seed 2");
        assertThat(ben.ok("fetch", "--prune")).contains("deleted  origin/squad");
        assertThat(ben.run("log", "origin/squad").exit()).isEqualTo(2);
        assertThat(ben.id("squad")).isEqualTo(ada.id("squad"));
        ben.ok("remote", "rm", "origin", "--force");
        assertThat(ben.ok("remote")).isEmpty();
        assertThat(ben.run("log", "origin/bert").exit()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"daemon", "ssh", "http"})
    void gitsOwnServersAreSpokenTo(String protocol) throws IOException {
        Map<String, String> environment = new HashMap<>();
        try (GitServers servers = GitServers.serve(dir)) {
            String url = switch (protocol) {
                case "daemon" -> servers.daemon("models.git");
                case "ssh" -> servers.ssh("models.git");
                default -> servers.http("models.git");
            };
            if (protocol.equals("ssh")) {
                environment.put("GIT_SSH", servers.ssh(dir).toString());
            } else if (protocol.equals("http")) {
                environment.put("GIT_CONFIG_COUNT", "1");
                environment.put("GIT_CONFIG_KEY_0", "credential.helper");
                environment.put(
                        "GIT_CONFIG_VALUE_0",
                        "!f() { echo \"$1\" >> '" + dir.resolve("asked") + "'; test \"$1\" = get && echo username="
                                + GitServers.USER + " && echo 'password=" + GitServers.PASSWORD + "'; }; f");
            }
            ada.ok("remote", "add", "server", url);
            Cli.Ran pushed = Cli.run(ada.root(), environment, "push", "--lineage-only", "server");
            assertThat(pushed.exit()).as("%s", pushed).isZero();
            assertThat(there("refs/heads/squad")).isEqualTo(ada.id("squad"));
            Cli.Ran cloned = Cli.run(dir, environment, "clone", url, "ben", "--lineage-only");
            assertThat(cloned.exit()).as("%s", cloned).isZero();
            assertThat(new TestRepository(dir.resolve("ben")).id("squad")).isEqualTo(ada.id("squad"));
        }
        if (protocol.equals("http")) {
            assertThat(dir.resolve("asked")).content().contains("get", "store");
        } else if (protocol.equals("ssh")) {
            assertThat(dir.resolve("ssh-arguments")).content().contains("git@server.invalid", "git-receive-pack");
        }
    }

    @Test
    void wrongCredentialsAndUnreachableServersAreSaid() throws IOException {
        try (GitServers servers = GitServers.serve(dir)) {
            ada.ok("remote", "add", "server", servers.http("models.git"));
            ada.ok("remote", "add", "nowhere", servers.daemon("nothing.git"));
        }
        try (GitServers servers = GitServers.serve(dir)) {
            ada.ok("remote", "rm", "server");
            ada.ok("remote", "add", "server", servers.http("models.git"));
            Cli.Ran refused =
                    Cli.run(ada.root(), Map.of("HOME", dir.toString(), "GIT_TERMINAL_PROMPT", "0"), "fetch", "server");
            TestRepository.assertRefused(refused, 7, "not authorized");
        }
        TestRepository.assertRefused(ada.run("fetch", "nowhere"), 7, "cannot exchange lineage with git://");
        TestRepository.assertRefused(ada.run("fetch", "nobody"), 2, "there is no remote 'nobody'");
    }

    @Test
    void aServerThatRefusesOneReferenceGetsNone() throws IOException {
        Path hook = hub.resolve("hooks/update");
        Files.writeString(hook, "#!/bin/sh\ncase $1 in refs/heads/squad) echo 'squad is frozen' >&2; exit 1;; esac\n");
        Files.setPosixFilePermissions(hook, PosixFilePermissions.fromString("rwx------"));
        try (GitServers servers = GitServers.serve(dir)) {
            ada.ok("remote", "add", "server", servers.daemon("models.git"));
            Cli.Ran refused = ada.run("push", "--lineage-only", "server");
            assertThat(refused.exit()).as("%s", refused).isEqualTo(7);
            assertThat(refused.err()).contains("squad is frozen", "server refuses 'squad'");
        }
        assertThat(GitServers.run(hub, "git", "for-each-ref")).isEmpty();
    }

    @Test
    void aServerWithoutAtomicPushesGetsThemOneByOne() throws IOException {
        GitServers.run(hub, "git", "config", "receive.advertiseAtomic", "false");
        ada.ok("edge", "add", "squad", "bert", "distill");
        try (GitServers servers = GitServers.serve(dir)) {
            ada.ok("remote", "add", "server", servers.daemon("models.git"));
            Cli.Ran pushed = ada.run("push", "--lineage-only", "server");
            assertThat(pushed.exit()).as("%s", pushed).isZero();
            assertThat(pushed.err()).contains("cannot move several references at once");
        }
        assertThat(GitServers.run(hub, "git", "for-each-ref", "--format=%(refname)"))
                .contains("refs/heads/bert\nrefs/heads/squad\n", "refs/notes/mgit/edges\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-oProxyCommand=touch x",
                "ext::sh -c touch% x",
                "ssh://-oProxyCommand=x/models.git",
                "-u@host:models.git",
                "ftp://host/models.git",
                "https://ada:secret@host/models.git",
                "amazon-s3://bucket/models.git",
                "",
            })
    void addressesThatRunProgramsOrHoldPasswordsAreRefused(String url) throws IOException {
        Cli.Ran refused = ada.run("remote", "add", "evil", "--", url);
        assertThat(refused.exit()).as("%s", refused).isEqualTo(2);
        assertThat(refused.err()).doesNotContain("secret", "Exception");
        assertThat(ada.ok("remote")).isEqualTo("origin\n");
        assertThat(Cli.run(dir, "clone", "--", url, "x").exit()).isEqualTo(2);
        assertThat(dir.resolve("x")).doesNotExist();
    }

    @Test
    void anotherMgitRepositoryIsNoRemote() throws IOException {
        TestRepository ben = TestRepository.init(dir.resolve("ben"));
        ada.refuses(
                2, "is an mgit repository", "remote", "add", "ben", ben.root().toString());
        assertThat(Cli.run(dir, "clone", "ada", "copy").err()).contains("is an mgit repository");
        assertThat(dir.resolve("copy")).doesNotExist();
    }

    @Test
    void whatIsNoModelIsPassedOver() throws IOException {
        push(ada);
        Path code = dir.resolve("code");
        GitServers.run(dir, "git", "clone", "-q", hub.toString(), code.toString());
        GitServers.run(code, "git", "checkout", "-q", "--orphan", "docs");
        GitServers.run(
                code, "git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "x");
        GitServers.run(code, "git", "push", "-q", "origin", "docs");
        Cli.Ran fetched = ada.run("fetch");
        assertThat(fetched.exit()).as("%s", fetched).isZero();
        assertThat(fetched.err()).contains("branch 'docs' of origin is no model");
        assertThat(ada.run("log", "origin/docs").exit()).isEqualTo(2);
    }

    @Test
    void aTagThatIsElsewhereThereIsKeptOnBothSides() throws IOException {
        ada.ok("tag", "best", "bert");
        push(ada);
        TestRepository ben = clone("ben");
        ben.ok("tag", "best", "squad", "--force");
        TestRepository.assertRefused(ben.run("push", "--lineage-only"), 5, "tag 'best' is");
        Cli.Ran fetched = ben.run("fetch");
        assertThat(fetched.err()).contains("tag 'best' is", "kept yours");
        assertThat(ben.id("best")).isEqualTo(ben.id("squad"));
        push(ben, "--force");
        assertThat(there("refs/tags/best")).isEqualTo(ben.id("squad"));
    }

    /** Each step looks at all of them; none may look at all for each. */
    @Test
    void thereMayBeThousandsOfModels() throws IOException {
        push(ada);
        addModels(3000);
        String other = there("team29/m2999");
        TestRepository ben = clone("ben");
        assertThat(ben.ok("fetch")).doesNotContain("m2999");
        commit(ben, "bert", 9);
        push(ben);
        assertThat(there("bert")).isEqualTo(ben.id("bert"));
        assertThat(ada.ok("pull")).contains("team29/m2999");
        assertThat(ada.id("bert")).isEqualTo(ben.id("bert"));
        push(ada);
        assertThat(there("team29/m2999")).isEqualTo(other);
    }

    /** Fine-tunes of {@code bert} by others, with its files. */
    private void addModels(int count) throws IOException {
        String base = GitServers.run(hub, "git", "rev-parse", "bert").strip();
        String commit = GitServers.run(hub, "git", "cat-file", "commit", base);
        Path commits = Files.createDirectory(dir.resolve("commits"));
        StringBuilder refs = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String model = String.format("team%02d/m%04d", i / 100, i);
            Files.writeString(
                    commits.resolve(String.format("%04d", i)),
                    commit.replace("Mgit-Model: bert", "Mgit-Model: " + model)
                            .replaceFirst("\nauthor", "\nparent " + base + "\nauthor"));
            refs.append(" refs/heads/").append(model).append('\n');
        }
        Files.writeString(dir.resolve("refs"), refs);
        GitServers.run(
                hub,
                "sh",
                "-c",
                "ls -d ../commits/* | git hash-object -t commit -w --stdin-paths | paste -d ' ' - ../refs"
                        + " | sed 's/^/create /; s/  */ /g' | awk '{print $1, $3, $2}' | git update-ref --stdin");
    }

    @Test
    void aFetchCanBeTakenBack() throws IOException {
        push(ada);
        TestRepository ben = clone("ben");
        commit(ada, "bert", 9);
        push(ada);
        ben.ok("pull");
        assertThat(ben.id("bert")).isEqualTo(ada.id("bert"));
        ben.ok("undo");
        assertThat(ben.id("bert")).isNotEqualTo(ada.id("bert"));
        ben.ok("pull");
        assertThat(ben.id("bert")).isEqualTo(ada.id("bert"));
    }

    @Test
    void cloningNothingLeavesNothing() throws IOException {
        assertThat(Cli.run(dir, "clone", "nothing.git", "x").exit()).isEqualTo(7);
        assertThat(dir.resolve("x")).doesNotExist();
        Files.createDirectory(dir.resolve("full"));
        Files.createFile(dir.resolve("full/file"));
        assertThat(Cli.run(dir, "clone", "models.git", "full").err()).contains("is not empty");
        Cli.Ran empty = Cli.run(dir, "clone", "models.git", "empty");
        assertThat(empty.exit()).as("%s", empty).isZero();
        assertThat(dir.resolve("empty/.mgit")).isDirectory();
    }
}
