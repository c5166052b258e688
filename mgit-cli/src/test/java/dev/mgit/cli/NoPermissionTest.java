package dev.mgit.cli;

import static dev.mgit.cli.TestRepository.contents;
import static dev.mgit.cli.TestRepository.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files and folders that may not be read or written. Root is made to obey by taking that power from the child. */
class NoPermissionTest {
    private static final List<String> JVM = List.of("-Xmx256m");

    @TempDir
    private Path folder;

    private TestRepository repository;
    private Path model;
    private List<String> under = List.of();

    @BeforeEach
    void oneModel() throws IOException {
        if ("root".equals(System.getProperty("user.name"))) {
            under = List.of("setpriv", "--bounding-set", "-dac_override,-dac_read_search");
        }
        repository = TestRepository.init(folder.resolve("repo"));
        model = weights(folder.resolve("model/model.safetensors"), 1, 1000).getParent();
        repository.ok("commit", model.toString(), "--model", "good");
        Path probe = Files.writeString(folder.resolve("probe"), "x");
        permit(probe, "---------");
        assumeTrue(run("commit", probe.toString()).exit() != 0, "this user may read everything");
    }

    @AfterEach
    void permitAll() throws IOException {
        for (Path closed : List.of(
                model,
                repository.mgit(),
                repository.root(),
                repository.mgit().resolve("journal"),
                repository.mgit().resolve("checkouts"))) {
            permit(closed, "rwxr-xr-x");
        }
    }

    private static void permit(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private Crash.Ended run(String... arguments) throws IOException {
        return Crash.start(under, Main.class, repository.root(), JVM, arguments).finish();
    }

    private void refuses(String... arguments) throws IOException {
        Crash.Ended ended = run(arguments);
        assertThat(ended.exit()).as("%s", ended).isEqualTo(1);
        assertThat(ended.output()).matches("error: [^\n]*no permission for [^\n]+\n(hint: [^\n]+\n)?");
    }

    @Test
    void weightsThatMayNotBeRead() throws IOException {
        var before = repository.stored();
        permit(model.resolve("model.safetensors"), "---------");
        refuses("commit", model.toString(), "--model", "next");
        permit(model, "---------");
        refuses("commit", model.toString(), "--model", "next");
        permit(model, "rwxr-xr-x");
        assertThat(repository.stored()).isEqualTo(before);
    }

    @Test
    void aRepositoryThatMayNotBeWritten() throws IOException {
        var before = repository.stored();
        weights(model.resolve("model.safetensors"), 2, 1000);
        permit(repository.mgit().resolve("lock"), "r--r--r--");
        permit(repository.mgit(), "r-xr-xr-x");
        refuses("commit", model.toString(), "--model", "next");
        refuses("tag", "v1", "good");
        assertThat(run("log").exit()).isZero();
        permit(repository.mgit().resolve("journal"), "r-xr-xr-x");
        permit(repository.mgit().resolve("checkouts"), "r-xr-xr-x");
        Path out = folder.resolve("out");
        Crash.Ended checkout = run("checkout", "good", out.toString());
        assertThat(checkout.exit()).as("%s", checkout).isZero();
        weights(model.resolve("model.safetensors"), 1, 1000);
        assertThat(contents(out)).isEqualTo(contents(model));
        assertThat(run("status", out.toString()).output()).contains("good at ", "unchanged");
        permit(repository.mgit(), "rwxr-xr-x");
        assertThat(repository.stored()).isEqualTo(before);
    }

    @Test
    void aFolderThatMayNotBeWritten() throws IOException {
        repository.ok("checkout", "good", "out");
        var before = contents(repository.root().resolve("out"));
        permit(repository.root().resolve("out"), "r-xr-xr-x");
        weights(model.resolve("model.safetensors"), 2, 1000);
        repository.ok("commit", model.toString(), "--model", "other");
        refuses("checkout", "other", "out", "--force");
        permit(repository.root(), "r-xr-xr-x");
        refuses("checkout", "good", "new");
        permit(repository.root(), "rwxr-xr-x");
        permit(repository.root().resolve("out"), "rwxr-xr-x");
        assertThat(contents(repository.root().resolve("out"))).isEqualTo(before);
        repository.ok("checkout", "other", "out");
    }
}
