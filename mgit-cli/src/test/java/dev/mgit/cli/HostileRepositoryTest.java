package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.CheckedJson;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A repository that somebody else made, or wrote into, for this user to come by. Nothing outside it may change. */
@SuppressWarnings({"StringConcatToTextBlock", "StreamResourceLeak"}) // short as they are
class HostileRepositoryTest {
    private static final int INTEGRITY = 6;

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;
    private Path precious;
    private TreeMap<String, String> before;

    @BeforeEach
    void make() throws IOException {
        folder = folder.toRealPath();
        repository = TestRepository.init(folder.resolve("repo"));
        model = weights(folder.resolve("model/model.safetensors"), 1, 64).getParent();
        repository.ok("commit", model.toString(), "--model", "good");
        precious = Files.createDirectories(folder.resolve("precious"));
        for (String file : List.of("thesis", "runs/old/notes", "logs/x", "pack/y", "heads/z", "lock", "a.new")) {
            Files.createDirectories(precious.resolve(file).getParent());
            Files.writeString(precious.resolve(file), "mine");
        }
        before = contents(precious);
    }

    @AfterEach
    void nothingOfTheUsersWasTouched() throws IOException {
        assertThat(contents(precious)).isEqualTo(before);
    }

    /** Git writes any number of seconds; so many are no long of milliseconds. */
    @ParameterizedTest
    @ValueSource(strings = {"9999999999999999", "31000000000000000"})
    void aVersionOfAFarFutureIsShown(String seconds) throws IOException {
        GitServers.run(
                repository.mgit().resolve("lineage.git"),
                "bash",
                "-c",
                "git update-ref refs/heads/far $(git cat-file commit good | sed 's/^\\(author .*>\\) [0-9]* /\\1 "
                        + seconds + " /' | git hash-object -t commit -w --stdin --literally)");
        assertThat(repository.ok("show", "far")).containsPattern("Date: +\\+[0-9]{9}-");
    }

    /** What a user does in such a repository; each must end in a sentence if it fails. */
    private void useIt() {
        for (String line : List.of(
                "status",
                "log",
                "fsck",
                "du",
                "find --tensor-name w",
                "commit ../model --model next",
                "tag t good",
                "update --status",
                "update --abort",
                "bisect start good good~1",
                "merge --abort",
                "hooks trust",
                "gc --prune-older-than 0",
                "undo",
                "config user.name Ada",
                "checkout good ../out --force")) {
            Cli.Ran ran = repository.run(line.split(" "));
            assertThat(ran.err()).as(line).doesNotContain("internal error", "Exception");
        }
    }

    private void plantJournal(Map<String, Object> entry) throws IOException {
        Path journal = Files.createDirectories(repository.mgit().resolve("journal"));
        Files.write(journal.resolve("x.json"), CheckedJson.bytes(entry));
        Files.writeString(journal.resolve("x.lock"), "");
    }

    @Test
    void aPlantedJournalEntryIsToldOfAndStopsNobody() throws IOException {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("staging", precious.resolve("runs").toString());
        entry.put("moves", List.of(Map.of("from", model + "/model.safetensors", "to", precious + "/thesis")));
        entry.put("removals", List.of(precious + "/lock"));
        plantJournal(entry);
        Files.createDirectories(repository.root().resolve("sub"));
        Cli.Ran status = Cli.run(repository.root().resolve("sub"), "status");
        assertThat(status.exit()).isZero();
        assertThat(status.err()).contains("was left alone", "x.json");
        repository.ok("commit", model.toString(), "--model", "next");
        repository.ok("checkout", "good", "out");

        entry.put("folder", precious.toString());
        entry.put("staging", ".mgit-staging-00000000-0000-0000-0000-000000000000");
        entry.put("fresh", false);
        entry.put("files", List.of("thesis"));
        entry.put("removals", List.of(Map.of("path", "lock", "size", 4, "modified", 0)));
        plantJournal(entry);
        useIt();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lock",
                "operations",
                "config",
                "format",
                "id",
                "bisect",
                "parameters",
                "lineage.git",
                "hooks",
                "index",
                "checkouts",
                "journal",
                "merge",
                "lineage.git/objects",
                "lineage.git/refs",
                "lineage.git/config",
                "lineage.git/packed-refs",
                "hooks/runs",
                "hooks/update",
                "hooks/logs",
                "hooks/update.lock",
                "index/graph",
                "index/tensors",
                "index/sketches",
                "config.lock",
                "operations.new",
            })
    void noLinkBelowTheRepositoryIsFollowed(String name) throws IOException {
        Path link = repository.mgit().resolve(name);
        Files.createDirectories(link.getParent());
        if (Files.exists(link)) {
            Files.move(link, folder.resolve("was-there"));
        }
        boolean file =
                !Files.isDirectory(folder.resolve("was-there")) && !name.matches("hooks.*[^k]|merge|index/sketches");
        Files.createSymbolicLink(link, file ? precious.resolve("thesis") : precious);
        useIt();
        TestRepository.assertRefused(repository.run("log"), INTEGRITY, name + " is a link");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lineage.git/refs/heads/team",
                "lineage.git/objects/pack",
                "parameters/000099.log",
                "parameters/LOG"
            })
    void noLinkIsFollowedByWhoWrites(String name) throws IOException {
        Path link = repository.mgit().resolve(name);
        if (Files.exists(link)) {
            Files.move(link, folder.resolve("was-there"));
        }
        Files.createSymbolicLink(link, name.contains("parameters") ? precious.resolve("thesis") : precious);
        useIt();
        TestRepository.assertRefused(
                repository.run("commit", model.toString(), "--model", "team/heads"), INTEGRITY, name + " is a link");
    }

    /** Whoever opened one would wait for ever. */
    @ParameterizedTest
    @CsvSource({
        "parameters/CURRENT, checkout good out",
        "parameters/IDENTITY, fsck",
        "checkouts/x.json, fsck",
        "journal/x.json, log",
        "lineage.git/objects/00/aa, fsck"
    })
    void noPipeIsOpenedByWhoReads(String name, String command) throws Exception {
        Path pipe = repository.mgit().resolve(name);
        Files.createDirectories(pipe.getParent());
        Files.deleteIfExists(pipe);
        assertThat(Await.exit(new ProcessBuilder("mkfifo", pipe.toString()).start()))
                .isZero();
        TestRepository.assertRefused(
                repository.run(command.split(" ")), INTEGRITY, name + " is neither a file nor a folder");
    }

    @Test
    void theFolderItselfMayBeALinkAndSoMayItsContentsNeverBe() throws IOException {
        Path disk = Files.createDirectories(folder.resolve("disk")).resolve("mgit");
        Files.move(repository.mgit(), disk);
        Files.createSymbolicLink(repository.mgit(), disk);
        repository.ok("commit", model.toString(), "--model", "next");
        repository.ok("gc");
        repository.ok("checkout", "next", "out");
        Files.createSymbolicLink(disk.resolve("hooks"), precious);
        TestRepository.assertRefused(repository.run("gc", "--prune-older-than", "0"), INTEGRITY, "hooks is a link");
    }

    @Test
    void whatLooksLikeAHalfBuiltRepositoryMayBeALink() throws IOException {
        Path place = Files.createDirectories(folder.resolve("place"));
        Files.createSymbolicLink(place.resolve(".mgit-new-1"), precious);
        assertThat(Cli.run(place, "init").exit()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "config|[include]~path = PRECIOUS/thesis|includes another file",
                "config|[includeIf \"gitdir:/\"]~path = /dev/zero|includes another file",
                "config|[core]~worktree = PRECIOUS|core.worktree",
                "objects/info/alternates|PRECIOUS|names another repository",
                "commondir|PRECIOUS|names another repository",
            })
    void theLineageKeepsToItself(String file, String text, String sentence) throws IOException {
        Path target = repository.mgit().resolve("lineage.git").resolve(file);
        Files.createDirectories(target.getParent());
        String old = Files.exists(target) ? Files.readString(target) : "";
        Files.writeString(
                target, old + text.replace("PRECIOUS", precious.toString()).replace('~', '\n') + "\n");
        useIt();
        TestRepository.assertRefused(repository.run("log"), INTEGRITY, sentence);
    }

    /** JGit would believe an index that is a pack's no more, keep no logs, and write cookies anywhere. */
    @Test
    void theLineagesOwnSettingsChangeNothingThatIsReadOrWritten() throws IOException {
        repository.ok("gc");
        Path git = repository.mgit().resolve("lineage.git");
        Files.writeString(git.resolve("objects/pack/multi-pack-index"), "MIDX");
        Files.writeString(
                git.resolve("config"),
                Files.readString(git.resolve("config"))
                        + ("[core]\n multiPackIndex = true\n commitGraph = true\n logAllRefUpdates = false\n"
                                        + " packedGitLimit = 1\n compression = 99\n[http]\n saveCookies = true\n"
                                        + " cookieFile = FILE\n[pack]\n depth = -1\n windowMemory = 1\n threads = 9999\n"
                                        + "[gc]\n pruneExpire = now\n auto = 1\n")
                                .replace("FILE", precious.resolve("thesis").toString()));
        repository.ok("checkout", "good", "out");
        repository.ok("commit", model.toString(), "--model", "next");
        assertThat(git.resolve("logs/refs/heads/next")).isNotEmptyFile();
        repository.ok("gc", "--prune-older-than", "0");
        assertThat(repository.ok("fsck")).contains("no damage");
        assertThat(repository.ok("log", "next")).contains("Add next");
    }

    @ParameterizedTest
    @ValueSource(strings = {"refStorage = reftable", "objectFormat = sha256", "partialClone = origin"})
    void whatGitStoresInAnotherWayIsRefused(String extension) throws IOException {
        Path config = repository.mgit().resolve("lineage.git/config");
        Files.writeString(
                config,
                Files.readString(config) + "[core]\n repositoryformatversion = 1\n[extensions]\n " + extension + "\n");
        useIt();
        TestRepository.assertRefused(repository.run("log"), INTEGRITY, "extensions." + extension);
    }

    @Test
    void noProgramThatGitWouldRunIsRun() throws IOException {
        Path ran = folder.resolve("ran");
        Path program = Files.writeString(folder.resolve("program"), "#!/bin/sh\ntouch " + ran + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path git = repository.mgit().resolve("lineage.git");
        Files.writeString(
                git.resolve("config"),
                Files.readString(git.resolve("config"))
                        + ("[core]\n fsmonitor = PROGRAM\n sshCommand = PROGRAM\n hooksPath = DIR\n pager = PROGRAM\n"
                                        + " editor = PROGRAM\n askPass = PROGRAM\n[gpg]\n program = PROGRAM\n"
                                        + "[commit]\n gpgsign = true\n[filter \"x\"]\n clean = PROGRAM\n smudge = PROGRAM\n"
                                        + "[diff]\n external = PROGRAM\n[credential]\n helper = PROGRAM\n")
                                .replace("PROGRAM", program.toString())
                                .replace("DIR", folder.toString()));
        Files.createDirectories(git.resolve("hooks"));
        for (String hook : List.of("reference-transaction", "pre-auto-gc", "post-update", "pre-commit", "update")) {
            Files.copy(program, git.resolve("hooks").resolve(hook));
            Files.copy(program, folder.resolve(hook));
        }
        useIt();
        assertThat(repository.ok("log")).contains("Add good");
        assertThat(ran).doesNotExist();
    }

    @Test
    void aRepositorysSettingsIncludeNothing() throws IOException {
        Files.writeString(folder.resolve("more"), "[user]\n name = Mallory\n");
        Files.writeString(repository.mgit().resolve("config"), "[include]\n path = " + folder.resolve("more") + "\n");
        assertThat(repository.run("config", "user.name").exit()).isEqualTo(1);
    }

    private Cli.Ran as(String user, String... arguments) {
        return Cli.run(
                repository.root(), Map.of("XDG_STATE_HOME", folder.resolve(user).toString()), arguments);
    }

    /** What a checked-out file looked like is believed of oneself only: a record is no leave to overwrite. */
    @Test
    void anotherUsersRecordOfACheckoutOverwritesNothing() throws IOException {
        assertThat(as("them", "checkout", "good", "shared").exit()).isZero();
        weights(model.resolve("model.safetensors"), 2, 64);
        repository.ok("commit", model.toString(), "--model", "good");
        Path file = repository.root().resolve("shared/model.safetensors");
        FileTime time = Files.getLastModifiedTime(file);
        weights(file, 3, 64); // of the same size
        Files.setLastModifiedTime(file, time);
        var edited = contents(file.getParent());
        assertThat(as("me", "status", "shared").out()).contains("changed:");
        assertThat(as("me", "checkout", "good", "shared").exit()).isEqualTo(5);
        assertThat(contents(file.getParent())).isEqualTo(edited);
    }

    @Test
    void aRecordNamesFilesOfItsFolderOnly() throws IOException {
        repository.ok("checkout", "good", "out");
        Path record =
                Files.list(repository.mgit().resolve("checkouts")).findFirst().orElseThrow();
        Map<String, Object> json =
                new LinkedHashMap<>(Json.parseObject(Files.readAllBytes(record)).members());
        json.remove("sum");
        json.put("files", Map.of("../../precious/thesis", List.of(4, 0)));
        Files.write(record, CheckedJson.bytes(json));
        TestRepository.assertRefused(repository.run("checkout", "good", "out"), INTEGRITY, "is damaged");
        assertThat(repository.run("fsck").out()).contains("is damaged");
    }

    private void plantUpdate(String id, String line) throws IOException {
        String head = repository
                .json("log", "--json", "good")
                .objects("versions")
                .get(0)
                .string("id");
        var text = "{\"schema\":1,\"id\":\"" + id + "\",\"target\":\"good\",\"head\":\"" + head
                + "\",\"executor\":\"local\",\"gates\":[],\"jobs\":1,\"failFast\":false,\"units\":[" + line + "]}";
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        var crc = new CRC32C();
        crc.update(json);
        Path journal = repository.mgit().resolve("hooks/update/journal");
        Files.createDirectories(journal.getParent());
        Files.writeString(journal, HexFormat.of().toHexDigits((int) crc.getValue()) + " " + text + "\n");
    }

    @Test
    void theJournalOfAnUpdateNamesNoFolders() throws IOException {
        String up = "../".repeat(5) + precious.toString().substring(1);
        for (String id : List.of(up, precious.toString(), "..", "", "1234567")) {
            plantUpdate(id, "");
            for (String how : List.of("--status", "--continue", "--abort")) {
                Cli.Ran ran = repository.run("update", how);
                assertThat(ran.err()).as(id + how).doesNotContain("internal error");
            }
            assertThat(contents(precious)).isEqualTo(before);
        }
        assertThat(repository.ok("update", "--status")).contains("No update in progress");
    }

    @Test
    void theJournalOfAnUpdateRunsNothingThatWasNotAccepted() throws IOException {
        var models = new HookedRepository(repository);
        models.deriveBy("touch ../ran; cp $MGIT_PARENT_1/* {output}/; echo >> {output}/x", "child", "good");
        Files.delete(folder.resolve("ran"));
        weights(model.resolve("model.safetensors"), 2, 64);
        repository.ok("commit", model.toString(), "--model", "good");
        JsonObject child =
                repository.json("log", "--json", "child").objects("versions").get(0);
        JsonObject recipe = repository.json("recipe", "show", "child", "--json");
        Map<String, Object> members = new LinkedHashMap<>(recipe.members());
        members.remove("trusted");
        plantUpdate(
                "12345678",
                Json.text(Map.of(
                        "models",
                        List.of("child"),
                        "heads",
                        Map.of("child", child.string("id")),
                        "recipe",
                        members,
                        "parents",
                        List.of(),
                        "seconds",
                        1)));
        assertThat(as("me", "update", "--status").exit()).isZero();
        Cli.Ran ran = as("me", "update", "--continue", "--no-progress");
        TestRepository.assertRefused(ran, 1, "the recipe of 'child' came from elsewhere");
        assertThat(folder.resolve("ran")).doesNotExist();
        assertThat(as("me", "update", "--abort").exit()).isZero();
    }

    @Test
    void theOperationLogNamesReferencesOnly() throws IOException {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("id", "x");
        operation.put("description", "commit");
        operation.put("name", "a");
        operation.put("email", "b");
        operation.put("when", "2026-01-01T00:00:00Z");
        operation.put("changes", List.of(Map.of("ref", "refs/heads/../../../../precious/thesis")));
        Files.writeString(
                repository.mgit().resolve("operations"),
                CheckedJson.text(operation) + "\n" + CheckedJson.text(Map.of("done", "x")) + "\n");
        assertThat(repository.run("undo").exit()).isEqualTo(1);
        assertThat(repository.run("fsck").out()).contains("line 1 cannot be parsed");
    }
}
