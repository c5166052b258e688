package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two people, a bare Git repository and a store in a folder; weights are made. */
class RemoteParametersTest {
    private static final int ELEMENTS = 20_000;

    @TempDir
    private Path dir;

    private Path store;
    private TestRepository ada;
    private final Map<String, TreeMap<String, String>> committed = new TreeMap<>();

    @BeforeEach
    void aFamilyAndARemote() throws IOException {
        GitServers.bare(dir.resolve("models.git"));
        store = dir.resolve("store");
        ada = TestRepository.init(dir.resolve("ada"));
        commit(ada, "bert", 1);
        commit(ada, "squad", 2, "--from", "bert");
        ada.ok("remote", "add", "origin", "../models.git", "--store", "../store");
    }

    private void commit(TestRepository repository, String model, int seed, String... options) throws IOException {
        Path run = repository.root().resolve("run-" + model);
        TestRepository.weights(run.resolve("model.safetensors"), seed, ELEMENTS);
        List<String> arguments = new ArrayList<>(List.of("commit", "run-" + model, "--model", model));
        arguments.addAll(List.of(options));
        repository.ok(arguments.toArray(String[]::new));
        committed.put(model, TestRepository.contents(run));
    }

    private TestRepository clone(String name, String... options) {
        List<String> arguments = new ArrayList<>(List.of("clone", "models.git", name));
        arguments.addAll(List.of(options));
        Cli.Ran ran = Cli.run(dir, arguments.toArray(String[]::new));
        assertThat(ran.exit()).as("%s", ran).isZero();
        return new TestRepository(dir.resolve(name));
    }

    private void assertSame(TestRepository repository, String model) throws IOException {
        repository.ok("checkout", model, "out-" + model);
        assertThat(TestRepository.contents(repository.root().resolve("out-" + model)))
                .isEqualTo(committed.get(model));
    }

    private long blocks(TestRepository repository) {
        return repository.json("fsck", "--json").number("blocks");
    }

    private List<Path> packs() throws IOException {
        try (Stream<Path> files = Files.walk(store.resolve("packs"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void aCloneHasEveryBit() throws IOException {
        assertThat(ada.ok("push")).contains("squad", "of parameters");
        TestRepository ben = clone("ben");
        assertThat(ben.ok("fsck")).contains("no damage");
        assertSame(ben, "bert");
        assertSame(ben, "squad");
        assertThat(blocks(ben)).isEqualTo(blocks(ada));
    }

    @Test
    void residualsTravelAsResiduals() throws IOException {
        ada.ok("push", "origin", "bert");
        long base = size(packs());
        commit(ada, "tuned", 1, "--from", "bert"); // the same weights
        Path run = ada.root().resolve("run-tuned/model.safetensors");
        byte[] bytes = Files.readAllBytes(run);
        for (int i = bytes.length - 4000; i < bytes.length; i += 40) {
            bytes[i] ^= 1;
        }
        Files.write(run, bytes);
        ada.ok("commit", "run-tuned", "--model", "tuned");
        ada.ok("push", "origin", "tuned");
        assertThat(size(packs()) - base).isLessThan(base / 10);
    }

    private static long size(List<Path> files) {
        return files.stream().mapToLong(file -> file.toFile().length()).sum();
    }

    @Test
    void aLineageOnlyCloneFetchesWhatItReads() throws IOException {
        ada.ok("push");
        TestRepository ben = clone("ben", "--lineage-only");
        ben.ok("log", "--all");
        ben.ok("show", "squad");
        ben.ok("audit", "squad");
        ben.ok("gc", "--dry-run");
        assertThat(ben.mgit().resolve("parameters")).doesNotExist();
        assertThat(ben.ok("fsck")).contains("Not here: ", "no damage");

        assertSame(ben, "squad");
        long some = blocks(ben);
        assertThat(some).isPositive().isLessThanOrEqualTo(blocks(ada));
        assertThat(ben.ok("diff", "bert", "squad")).contains("model.safetensors");
        assertThat(blocks(ben)).isEqualTo(blocks(ada));

        commit(ben, "tuned", 5, "--from", "bert");
        ben.ok("push");
        assertThat(ben.ok("gc")).contains("0 blocks");
        assertSame(ben, "squad");
        ada.ok("pull");
        assertSame(ada, "tuned");
    }

    @Test
    void oneTensorIsFetchedWithoutTheOthers() throws IOException {
        Path run = ada.root().resolve("run-two");
        Files.createDirectories(run);
        byte[] data = new byte[80_000];
        new java.util.Random(4).nextBytes(data);
        Files.write(
                run.resolve("model.safetensors"),
                TestRepository.safetensors(
                        "{\"a\":{\"dtype\":\"F32\",\"shape\":[10000],\"data_offsets\":[0,40000]},"
                                + "\"b\":{\"dtype\":\"F32\",\"shape\":[10000],\"data_offsets\":[40000,80000]}}",
                        data));
        ada.ok("commit", "run-two", "--model", "two");
        ada.ok("push");
        TestRepository ben = clone("ben", "--lineage-only");
        ben.ok("checkout", "two", "one", "--tensors", "b");
        assertThat(ben.json("fsck", "--json").number("blocks")).isEqualTo(1);
    }

    @Test
    void versionsCanBeFetchedAhead() throws IOException {
        ada.ok("push");
        TestRepository ben = clone("ben", "--lineage-only");
        assertThat(ben.ok("fetch", "--blocks", "squad")).contains("Fetched ");
        Files.move(store, dir.resolve("away"));
        assertSame(ben, "squad");
        assertThat(ben.run("checkout", "bert", "out").exit()).isEqualTo(7);
        assertThat(ben.root().resolve("out")).doesNotExist();
    }

    @Test
    void aFilterChoosesModels() throws IOException {
        ada.ok("push");
        TestRepository ben = clone("ben", "--filter", "be*");
        Files.move(store, dir.resolve("away"));
        assertSame(ben, "bert");
        assertThat(ben.run("checkout", "squad", "out").exit()).isEqualTo(7);
    }

    @Test
    void whatComesHalfWayIsGoneOnFrom() throws IOException {
        ada.ok("push");
        TestRepository ben = clone("ben");
        String before = ben.id("bert");
        commit(ada, "bert", 7);
        ada.ok("push");
        Files.move(store, dir.resolve("away"));
        TestRepository.assertRefused(ben.run("pull"), 7, "store");
        assertThat(ben.id("bert")).isEqualTo(before);
        assertThat(ben.ok("fsck")).contains("no damage");
        Files.move(dir.resolve("away"), store);
        ben.ok("pull");
        assertThat(ben.id("bert")).isEqualTo(ada.id("bert"));
        assertSame(ben, "bert");
    }

    @Test
    void whatAFetchCouldNotBringKeepsNobodyFromCleaningUp() throws IOException {
        ada.ok("push");
        TestRepository ben = clone("ben");
        Path away = dir.resolve("away");
        commit(ada, "squad", 7);
        ada.ok("tag", "seven", "squad");
        ada.ok("push");
        Files.move(store, away);
        assertThat(ben.run("fetch").exit()).isEqualTo(7);
        ben.ok("gc");
        ben.ok("fsck");

        Files.move(away, store);
        ada.ok("tag", "-d", "seven");
        ada.ok("undo");
        ada.ok("undo");
        ada.ok("undo");
        commit(ada, "squad", 8);
        ada.ok("push", "--force");
        Files.move(store, away);
        assertThat(ben.run("fetch").exit()).isEqualTo(7);
        ben.ok("tag", "-d", "seven");
        ben.ok("gc");
        ben.ok("fsck");

        Files.move(away, store);
        ben.ok("pull");
        assertSame(ben, "squad");
    }

    @Test
    void aDamagedPackReachesNobody() throws IOException {
        ada.ok("push");
        for (Path pack : packs()) {
            byte[] bytes = Files.readAllBytes(pack);
            bytes[bytes.length / 3] ^= 0x40;
            Files.write(pack, bytes);
        }
        Cli.Ran cloned = Cli.run(dir, "clone", "models.git", "ben");
        assertThat(cloned.exit()).as("%s", cloned).isEqualTo(6);
        assertThat(cloned.err()).contains("go on with 'mgit -C").doesNotContain("Exception");
        TestRepository ben = new TestRepository(dir.resolve("ben"));
        assertThat(ben.ok("fsck")).contains("no damage");
        assertThat(ben.ok("branch")).isEqualTo("No models yet\n");
    }

    @Test
    void parametersCanFollowALineageThatWentAhead() throws IOException {
        ada.ok("push", "--lineage-only");
        assertThat(ada.ok("push")).contains("Everything up to date");
        assertThat(ada.ok("push", "--check-store")).contains("Pushed ");
        assertSame(clone("ben"), "squad");
    }

    @Test
    void whatPlainGitPushedWithoutParametersIsNamedAndKeepsNobodyFromTheRest() throws Exception {
        ada.ok("push", "origin", "bert");
        Process git = new ProcessBuilder(
                        "git", "push", "--quiet", dir.resolve("models.git").toString(), "squad")
                .directory(ada.mgit().resolve("lineage.git").toFile())
                .inheritIO()
                .start();
        assertThat(Await.exit(git)).isZero();
        String squad = "squad@" + ada.id("squad");
        Cli.Ran cloned = Cli.run(dir, "clone", "models.git", "ben");
        assertThat(cloned.exit()).as("%s", cloned).isZero();
        assertThat(cloned.err())
                .contains("the store of origin lacks parameters of " + squad, "'mgit push --check-store'")
                .contains("model 'squad' stays where it is");
        TestRepository ben = new TestRepository(dir.resolve("ben"));
        assertSame(ben, "bert");
        Cli.Ran fetched = ben.run("fetch");
        assertThat(fetched.exit()).isZero();
        assertThat(fetched.err()).contains("lacks parameters of " + squad);
        assertThat(ben.ok("fsck")).contains("Not here: ", "needed by " + squad, "no damage");
        ben.refuses(7, "lacks 1 tensor of what is wanted", "checkout", "origin/squad", "out");
        ada.ok("push", "--check-store");
        assertThat(ben.ok("pull")).contains("squad");
        assertSame(ben, "squad");
        assertThat(ben.ok("fsck")).doesNotContain("Not here").contains("no damage");
    }

    @Test
    void twoWhoPushAtOnceBothArrive() throws IOException {
        ada.ok("push");
        TestRepository ben = clone("ben");
        commit(ada, "one", 11, "--from", "bert");
        commit(ben, "two", 12, "--from", "bert");
        List<TestRepository> both = List.of(ada, ben);
        List<Integer> exits = both.parallelStream()
                .map(repository -> repository.run("push").exit())
                .toList();
        assertThat(exits).containsExactly(0, 0);
        TestRepository cat = clone("cat");
        assertSame(cat, "one");
        assertSame(cat, "two");
    }

    @Test
    void aPlaceThatIsSomethingElseIsNoStore() throws IOException {
        Files.createDirectory(dir.resolve("docs"));
        Files.writeString(dir.resolve("docs/format"), "a text\n");
        ada.refuses(6, "is no parameter store", "remote", "add", "other", "../models.git", "--store", "../docs");
        ada.refuses(2, "gopher", "remote", "add", "other", "../models.git", "--store", "gopher://x");
        assertThat(ada.ok("remote")).isEqualTo("origin\n");
        try (Stream<Path> files = Files.list(dir.resolve("docs"))) {
            assertThat(files).hasSize(1);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Test
    void whatIsDamagedHereComesBackFromTheRemote() throws IOException {
        ada.ok("push");
        try (Stream<Path> files = Files.list(ada.mgit().resolve("parameters"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".blob")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 0x40;
                Files.write(file, bytes);
            }
        }
        assertThat(ada.run("fsck").exit()).isEqualTo(6);
        assertThat(ada.ok("fsck", "--repair-from", "origin")).contains("repaired: ", "no damage");
        assertSame(ada, "squad");
        assertSame(ada, "bert");
    }

    @Test
    void aLostStoreComesBackFromTheRemote() throws IOException {
        ada.ok("push");
        Files.move(ada.mgit().resolve("parameters"), dir.resolve("lost"));
        assertThat(ada.run("fsck").exit()).isEqualTo(6);
        assertThat(ada.ok("fsck", "--repair-from", "origin")).contains("no damage");
        assertSame(ada, "squad");
    }

    @Test
    void theStoreOfARemoteIsCleanedUp() throws IOException {
        commit(ada, "other", 9);
        ada.ok("push", "origin", "bert", "squad");
        ada.ok("push", "origin", "other");
        long before = size(packs());
        ada.ok("push", "--delete", "other");
        assertThat(ada.ok("gc", "--remote", "origin")).contains("Marked 0 packs"); // they are of today
        for (Path pack : packs()) {
            Files.setLastModifiedTime(pack, FileTime.from(Instant.EPOCH));
        }
        assertThat(ada.ok("gc", "--remote", "origin", "--dry-run")).contains("Would mark 1 packs");
        assertThat(ada.ok("gc", "--remote", "origin")).contains("Marked 1 packs", "Deleted 0 packs");
        assertThat(ada.ok("gc", "--remote", "origin")).contains("Marked 0 packs", "1 wait");
        assertThat(size(packs())).isEqualTo(before);
        assertThat(ada.ok("gc", "--remote", "origin", "--exclusive")).contains("Deleted ");
        assertThat(size(packs())).isLessThan(before);
        assertSame(clone("ben"), "squad");
        ada.refuses(2, "at least 24 hours", "gc", "--remote", "origin", "--grace", "1h");
    }

    @Test
    void aStoreIsNotCleanedUpIfALineageCannotBeAsked() throws IOException {
        ada.ok("push");
        Files.move(dir.resolve("models.git"), dir.resolve("away.git"));
        long before = size(packs());
        ada.refuses(7, "there is no Git repository at", "gc", "--remote", "origin", "--exclusive");
        assertThat(size(packs())).isEqualTo(before);
    }

    @Test
    void aRemoteThatAloneHasParametersIsNotLetGo() throws IOException {
        ada.ok("push");
        TestRepository ben = clone("ben", "--lineage-only");
        ben.refuses(5, "the parameters of 2 versions here are only at origin", "remote", "rm", "origin");
        ben.ok("fetch", "--blocks", "bert", "--blocks", "squad");
        ben.ok("remote", "rm", "origin");
        assertThat(ben.ok("fsck")).contains("no damage");
        assertSame(ben, "squad");
    }
}
