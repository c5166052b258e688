package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import dev.mgit.fixtures.FaultProxy;
import dev.mgit.fixtures.FaultProxy.Fault;
import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two machines work on one lineage: it travels through {@code git daemon}, parameters through a real S3 server behind a
 * bad network, and commands are killed. Weights are made.
 */
class TwoMachinesTest {
    private static final int ELEMENTS = 200_000;
    private static final List<String> JVM =
            List.of("-Xmx256m", "-Daws.accessKeyId=" + S3Server.KEY, "-Daws.secretAccessKey=" + S3Server.SECRET);

    @TempDir
    private Path dir;

    private GitServers git;
    private S3Server s3;
    private FaultProxy network;
    private String lineage;
    private final Map<String, TreeMap<String, String>> committed = new TreeMap<>();

    @BeforeEach
    void start() throws Exception {
        Path hub = dir.resolve("hub");
        GitServers.bare(hub.resolve("models.git"));
        git = GitServers.serve(hub);
        lineage = git.daemon("models.git");
        s3 = new S3Server(dir.resolve("s3"));
        network = new FaultProxy(s3.port());
    }

    @AfterEach
    void stop() throws Exception {
        network.close();
        s3.close();
        git.close();
    }

    private void commit(TestRepository repository, String model, int seed, String... more) throws IOException {
        Path run = repository.root().resolve("run-" + model + "-" + seed);
        TestRepository.weights(run.resolve("model.safetensors"), seed, ELEMENTS);
        Files.writeString(run.resolve("config.json"), "{\"seed\": " + seed + "}");
        List<String> words = new ArrayList<>(List.of("commit", run.toString(), "--model", model));
        words.addAll(List.of(more));
        repository.ok(words.toArray(String[]::new));
        committed.put(repository.id(model), TestRepository.contents(run));
    }

    private TestRepository clone(String name, String... options) {
        List<String> words = new ArrayList<>(List.of("clone", lineage, name));
        words.addAll(List.of(options));
        Cli.Ran ran = Cli.run(dir, words.toArray(String[]::new));
        assertThat(ran.exit()).as("%s", ran).isZero();
        return new TestRepository(dir.resolve(name));
    }

    /** Every version that was ever committed is there bit for bit. */
    private void requireEverything(TestRepository repository) throws IOException {
        for (Map.Entry<String, TreeMap<String, String>> version : committed.entrySet()) {
            Path out = repository.root().resolve("out-" + version.getKey());
            repository.ok("checkout", version.getKey(), out.toString());
            assertThat(TestRepository.contents(out)).isEqualTo(version.getValue());
        }
        assertThat(repository.ok("fsck")).contains("no damage");
    }

    private void killWhileSending(TestRepository repository, String... command) throws Exception {
        int before = network.silent();
        network.next(silences());
        try (Crash running = Crash.start(Main.class, repository.root(), JVM, command)) {
            Await.until("the command is in the middle of a request", () -> network.silent() > before);
            assertThat(running.kill().killed()).as(Arrays.toString(command)).isTrue();
        }
        network.forget();
    }

    /** Some kilobytes get through on each connection, so that it is packs that stop half way. */
    private static Fault[] silences() {
        return Stream.generate(() -> Fault.silenceAfter(20_000)).limit(64).toArray(Fault[]::new);
    }

    @Test
    void twoPeopleWorkOnOneLineage() throws Exception {
        TestRepository ada = TestRepository.init(dir.resolve("ada"));
        commit(ada, "base", 1);
        commit(ada, "tuned", 2, "--from", "base");
        ada.ok("remote", "add", "origin", lineage, "--store", S3Server.url("team", network.port()));

        killWhileSending(ada, "push");
        assertThat(GitServers.run(dir.resolve("hub/models.git"), "git", "for-each-ref"))
                .as("nothing is said to be there before it is")
                .doesNotContain("refs/heads");
        network.next(Fault.cutUpload(30_000), Fault.answer(503, ""), Fault.cutDownload(0), Fault.answer(500, ""));
        ada.ok("push");
        assertThat(network.left()).isZero();

        network.next(Fault.cutDownload(1000), Fault.answer(503, "Retry-After: 0\n"));
        TestRepository ben = clone("ben", "--lineage-only");
        ben.ok("log", "tuned");
        network.flipOnce(50_000);
        ben.ok("diff", "base", "tuned");
        requireEverything(ben);

        commit(ben, "other", 3, "--from", "base");
        commit(ada, "base", 4);
        killWhileSending(ben, "push");
        ada.ok("push");
        Cli.Ran behind = ben.run("push"); // a model of its own, so nothing is in its way
        assertThat(behind.exit()).as("%s", behind).isZero();
        ada.ok("pull");
        ben.ok("pull");
        assertThat(ada.id("base")).isEqualTo(ben.id("base"));

        commit(ada, "tuned", 5);
        commit(ben, "tuned", 6);
        ada.ok("push");
        Cli.Ran late = ben.run("push");
        assertThat(late.exit()).isEqualTo(5);
        assertThat(late.err()).contains("has versions of tuned that are not here", "mgit pull origin");
        Cli.Ran diverged = ben.run("pull");
        assertThat(diverged.out() + diverged.err()).contains("tuned", "mgit merge");
        ben.ok("branch", "-m", "tuned", "tuned-by-ben");
        ben.ok("pull");
        ben.ok("push");

        network.next(Fault.cutDownload(60_000), Fault.answer(500, ""), Fault.cutDownload(0));
        TestRepository cat = clone("cat");
        requireEverything(cat);
        ada.ok("gc", "--remote", "origin", "--dry-run");
        ada.ok("pull");
        requireEverything(ada);
        requireEverything(ben);
    }
}
