package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who may look into a repository and into what was checked out is for the user's umask to say. All weights are made. */
@DisabledOnOs(OS.WINDOWS)
class UmaskTest {
    private static final int OTHERS = 007;
    private static final int GROUP_WRITES = 020;

    @TempDir
    private Path folder;

    @Test
    void nobodyElseReadsWhatTheUmaskForbids() throws IOException {
        assertThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("unix");
        TestRepository.weights(folder.resolve("model/w.safetensors"), 1, 100);
        Files.writeString(folder.resolve("model/config.json"), "{}");
        run("init", "repo");
        run("-C", "repo", "commit", "../model", "--model", "base");
        run("-C", "repo", "checkout", "base", "out");
        try (Stream<Path> files = Files.walk(folder.resolve("repo"))) {
            assertThat(files.filter(file -> (mode(file) & (OTHERS | GROUP_WRITES)) != 0))
                    .isEmpty();
        }
        assertThat(mode(folder.resolve("repo/out/w.safetensors")) & 0777).isEqualTo(0640);
    }

    private void run(String... words) throws IOException {
        List<String> masked = List.of("sh", "-c", "umask 027; exec \"$@\"", "sh");
        Crash.Ended ended = Crash.start(masked, Main.class, folder, List.of("-Xmx256m"), words)
                .finish();
        assertThat(ended.exit()).as(ended.output()).isZero();
    }

    private static int mode(Path file) {
        try {
            return (Integer) Files.getAttribute(file, "unix:mode");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
