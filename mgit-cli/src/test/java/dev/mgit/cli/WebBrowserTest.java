package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages in a real browser, if there is one: scripts run under the policy, and the graph is drawn. */
class WebBrowserTest {
    private static final List<String> PROGRAMS = List.of("chromium", "chromium-browser", "google-chrome");

    @TempDir
    private Path dir;

    private String chromium = "";
    private ServedRepository served;

    @BeforeEach
    void serve() throws IOException {
        Optional<Path> found = Stream.of(
                        System.getenv().getOrDefault("PATH", "").split(":"))
                .flatMap(folder -> PROGRAMS.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(found.isPresent(), "Chromium is not on the PATH");
        chromium = found.get().toString();
        TestRepository repository = TestRepository.init(Files.createDirectory(dir.resolve("repository")));
        Path model = dir.resolve("model");
        TestRepository.weights(model.resolve("model.safetensors"), 1, 100);
        repository.ok("commit", model.toString(), "--model", "base", "-m", "<img src=x onerror=alert(1)>\u202e");
        for (int i = 0; i < 20; i++) {
            TestRepository.weights(model.resolve("model.safetensors"), 2 + i, 100);
            repository.ok(
                    "commit", model.toString(), "--model", "tuned/" + i, "--from", "base=finetune", "-m", "tuned");
        }
        served = new ServedRepository(repository);
    }

    @AfterEach
    void close() {
        if (served != null) {
            served.close();
        }
    }

    private record Seen(String page, String console) {}

    /** The page once its scripts are done, and what the browser had to say. */
    private Seen browse(String path, String... options) throws IOException {
        Path page = dir.resolve("page.html");
        Path console = dir.resolve("console.log");
        List<String> command = new ArrayList<>(List.of(
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--enable-logging=stderr",
                "--user-data-dir=" + dir.resolve("profile"),
                "--virtual-time-budget=10000",
                "--dump-dom"));
        command.addAll(List.of(options));
        command.add(served.url() + path);
        Process browser = new ProcessBuilder(command)
                .redirectOutput(page.toFile())
                .redirectError(console.toFile())
                .start();
        assertThat(Await.exit(browser)).isZero();
        return new Seen(Files.readString(page), Files.readString(console));
    }

    private static void requireNoComplaint(Seen seen) {
        assertThat(seen.console()).doesNotContain("CONSOLE", "Refused to", "Uncaught");
    }

    @Test
    void theGraphIsDrawnAndFamiliesAreFolded() throws IOException {
        Seen seen = browse("/?of=base&depth=1");
        requireNoComplaint(seen);
        assertThat(seen.page().split("class=\"node version", -1)).hasSize(1 + 13);
        assertThat(seen.page()).contains("+8 finetune", "class=\"link k-train", "marker-end", "13 of 21 versions");
        assertThat(seen.page()).doesNotContain("<img src=\"x\"").contains("\\u202e");
    }

    @Test
    void pagesRunUnderTheirPolicyInTheDarkToo() throws IOException {
        for (String path : List.of("/", "/-/version/base", "/-/models", "/-/stale", "/-/update", "/-/api")) {
            Seen seen = browse(path, "--force-dark-mode");
            requireNoComplaint(seen);
            assertThat(seen.page()).as(path).contains("role=\"combobox\"", "Use the light theme");
        }
    }
}
