package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command: what it refuses to start with, what it says first, and how it ends. */
class ServeCommandTest {
    @TempDir
    private Path dir;

    private TestRepository repository;
    private Path token;

    @BeforeEach
    void create() throws IOException {
        repository = TestRepository.init(Files.createDirectory(dir.resolve("repository")));
        token = Files.writeString(dir.resolve("token"), "0123456789abcdef\n");
    }

    @Test
    void othersAreLetInOnlyWithAToken() throws IOException {
        Cli.Ran ran = repository.refuses(2, "other machines can reach 0.0.0.0", "serve", "--host", "0.0.0.0");
        assertThat(ran.err()).contains("--token-file");
        Path weak = Files.writeString(dir.resolve("weak"), "short");
        repository.refuses(2, "16 or more", "serve", "--host", "0.0.0.0", "--token-file", weak.toString());
        repository.refuses(2, "--port is 65536", "serve", "--port", "65536");
        repository.refuses(
                1,
                "does not exist",
                "serve",
                "--token-file",
                dir.resolve("none").toString());
        repository.refuses(2, "no address", "serve", "--host", "no host");
    }

    @Test
    void aPortThatIsTakenIsNamed() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            repository.refuses(1, "cannot listen on 127.0.0.1 port " + port, "serve", "--port", port);
        }
    }

    @Test
    void theFirstLineSaysWhereAndASignalEndsIt() throws Exception {
        try (Crash child = Crash.start(
                Main.class,
                repository.root(),
                List.of("-Xmx128m"),
                "serve",
                "--port",
                "0",
                "--token-file",
                token.toString())) {
            child.awaitOutput("hint: ");
            assertThat(status(child, "Bearer 0123456789abcdef")).isEqualTo(200);
            assertThat(status(child, "Bearer fedcba9876543210")).isEqualTo(401);
            child.terminate();
            Crash.Ended ended = child.finish();
            assertThat(ended.exit()).isEqualTo(143);
            assertThat(ended.output()).doesNotContain("Exception", "error:");
        }
    }

    @Test
    void thereArePagesUnlessNobodyWantsThem() throws Exception {
        for (boolean wanted : new boolean[] {true, false}) {
            List<String> arguments = new ArrayList<>(List.of("serve", "--port", "0"));
            if (!wanted) {
                arguments.add("--no-web");
            }
            try (Crash child =
                    Crash.start(Main.class, repository.root(), List.of("-Xmx128m"), arguments.toArray(String[]::new))) {
                child.awaitOutput("HF_ENDPOINT");
                assertThat(child.output().contains("in a browser")).isEqualTo(wanted);
                assertThat(get(child, "/").statusCode()).isEqualTo(wanted ? 200 : 404);
                child.terminate();
                assertThat(child.finish().exit()).isEqualTo(143);
            }
        }
    }

    private int status(Crash child, String authorization) throws Exception {
        Matcher line = Pattern.compile("Serving (\\S+) at (http://127\\.0\\.0\\.1:\\d+)")
                .matcher(child.output());
        assertThat(line.find()).isTrue();
        assertThat(line.group(1)).isEqualTo(repository.root().toString());
        return get(child, "/api/models", "Authorization", authorization).statusCode();
    }

    private static HttpResponse<Void> get(Crash child, String path, String... headers) throws Exception {
        Matcher address = Pattern.compile("http://127\\.0\\.0\\.1:\\d+").matcher(child.output());
        assertThat(address.find()).isTrue();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address.group() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding());
    }
}
