package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.GitServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Enumeration;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds a repository is looked at, and nothing is changed. All weights are made. */
class DoctorTest {
    private static final String TOKEN = "hf_" + "abcdefghijklmnopqrstuvwxyz012345";

    @TempDir
    private Path folder;

    private TestRepository repository;

    @BeforeEach
    void make() throws IOException {
        repository = TestRepository.init(folder.resolve("repo"));
        TestRepository.weights(folder.resolve("model/w.safetensors"), 1, 1000);
        repository.ok("commit", "../model", "--model", "base");
    }

    /** What the machine of a test says of itself may be anything. */
    private Cli.Ran doctor(String... more) {
        String[] words = new String[more.length + 1];
        words[0] = "doctor";
        System.arraycopy(more, 0, words, 1, more.length);
        Cli.Ran ran = Cli.run(repository.root(), Map.of("HF_TOKEN", TOKEN, "PATH", "/usr/bin"), words);
        assertThat(ran.exit()).as("%s", ran).isLessThan(2);
        assertThat(ran.err()).isEmpty();
        return ran;
    }

    private void finds(String what, String fix) throws IOException {
        TreeMap<String, String> before = repository.stored();
        Cli.Ran ran = doctor();
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).contains("finding: ").contains(what).contains(fix);
        assertThat(repository.stored()).isEqualTo(before);
    }

    @Test
    void theReportNamesWhatWasLookedAt() {
        JsonObject report = doctor("--json").json();
        assertThat(report.number("schema")).isEqualTo(1);
        assertThat(doctor().out())
                .contains("Java", "RocksDB", "zstd", "umask", "file system", "newest operation", "lock");
    }

    @Test
    void outsideARepositoryItLooksAtTheMachine() {
        Cli.Ran ran = Cli.run(folder, "doctor");
        assertThat(ran.out()).contains("Java").contains("none here");
    }

    @Test
    void aWriterThatDiedIsNamed() throws IOException {
        Files.writeString(repository.mgit().resolve("lock"), "process 4711 (mgit commit)");
        finds("process 4711 (mgit commit) died within a change", "mgit gc");
        repository.ok("gc");
        assertThat(doctor().out()).doesNotContain("4711");
    }

    @Test
    void unknownAndImpossibleSettingsAreNamed() throws IOException {
        append("[store]\n\tefort = small\n\tmaxDepth = many\n");
        finds("'store.efort' is set but unknown", "mgit config --unset store.efort");
        assertThat(doctor().out()).contains("many");
    }

    @Test
    void filesThatEverybodyCanWriteAreNamed() throws IOException {
        Files.setPosixFilePermissions(
                repository.mgit().resolve("config"), PosixFilePermissions.fromString("rw-rw-rw-"));
        finds("everybody on this machine can write", "chmod -R o-w");
    }

    @Test
    void aStoreThatDoesNotOpenIsNamed() throws IOException {
        Files.delete(repository.mgit().resolve("parameters/CURRENT"));
        Cli.Ran ran = doctor();
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.out()).contains("CURRENT is missing").contains("mgit fsck --repair");
    }

    @Test
    void aRemoteThatDoesNotAnswerIsNamed() throws IOException {
        append("[remote \"origin\"]\n\turl = " + folder.resolve("gone.git") + "\n\tstore = "
                + folder.resolve("gone").toUri() + "\n");
        finds("origin, lineage: there is no Git repository", "mgit remote -v");
        assertThat(doctor().out()).contains("origin, store: ");
        assertThat(doctor("--offline").out()).doesNotContain("origin, ");
    }

    @Test
    void whatTakesSyncsAwayIsNamed() {
        Cli.Ran ran = Cli.run(folder, Map.of("LD_PRELOAD", "/usr/lib/libeatmydata.so"), "doctor");
        assertThat(ran.out()).contains("finding: machine: libeatmydata");
    }

    /** As where this machine's clock is behind that of a server, or of whoever made the version. */
    @Test
    void aClockThatIsBehindIsNamed() throws IOException {
        assertThat(doctor().out()).doesNotContain("finding: clock");
        Path operations = repository.mgit().resolve("operations");
        Files.setLastModifiedTime(operations, FileTime.from(Instant.now().plus(Duration.ofHours(1))));
        finds("clock: " + operations + " was changed at ", "timedatectl set-ntp true");
        Files.setLastModifiedTime(operations, FileTime.from(Instant.now()));
        Path git = repository.mgit().resolve("lineage.git");
        String made = GitServers.run(
                git,
                "sh",
                "-c",
                "git log -1 --format=%B base | GIT_AUTHOR_DATE='2099-01-01T00:00:00Z' GIT_COMMITTER_DATE='2099-01-01T00:00:00Z'"
                        + " git -c user.name=a -c user.email=a@b commit-tree 'base^{tree}' -p base");
        GitServers.run(git, "git", "update-ref", "refs/heads/base", made.strip());
        finds("clock: the newest version of base was made at 2099-01-01", "timedatectl set-ntp true");
    }

    @Test
    void theBundleHoldsNoWeightsAndNoSecrets() throws IOException {
        append("[remote \"origin\"]\n\turl = https://ada:geheim99@localhost:1/x.git\n");
        append("[user]\n\ttoken = " + TOKEN + "\n");
        Path bundle = folder.resolve("report.zip");
        doctor("--bundle", bundle.toString());
        byte[] weights = Files.readAllBytes(folder.resolve("model/w.safetensors"));
        String part = new String(weights, weights.length / 2, 16, StandardCharsets.ISO_8859_1);
        int seen = 0;
        try (var zip = new ZipFile(bundle.toFile())) {
            for (Enumeration<? extends ZipEntry> entries = zip.entries(); entries.hasMoreElements(); seen++) {
                byte[] bytes = zip.getInputStream(entries.nextElement()).readAllBytes();
                assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).doesNotContain(part, TOKEN, "geheim99");
            }
        }
        assertThat(seen).isEqualTo(5);
    }

    @Test
    void aBundleReplacesNothing() throws IOException {
        Path there = Files.writeString(folder.resolve("there"), "mine");
        TestRepository.assertRefused(repository.run("doctor", "--bundle", there.toString()), 2, "exists already");
        assertThat(Files.readString(there)).isEqualTo("mine");
    }

    private void append(String settings) throws IOException {
        Files.writeString(repository.mgit().resolve("config"), settings, StandardOpenOption.APPEND);
    }
}
