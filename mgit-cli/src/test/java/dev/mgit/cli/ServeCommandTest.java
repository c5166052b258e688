package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.Await;
import dev.mgit.fixtures.Crash;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
        token = secret("token", "0123456789abcdef\n");
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
    void pushesAreAcceptedOnlyWithAToken() throws IOException {
        repository.refuses(2, "whoever pushes must show a token", "serve", "--accept-pushes");
        Path reader = secret("reader", "0123456789abcdef bob read\n");
        repository.refuses(
                2, "whoever pushes must show a token", "serve", "--accept-pushes", "--token-file", reader.toString());
        repository.refuses(
                2, "cannot be combined", "serve", "--accept-pushes", "--read-only", "--token-file", token.toString());
        Path odd = secret("odd", "0123456789abcdef ada\n0123456789abcdeg ada sometimes\n");
        repository.refuses(2, "each line of", "serve", "--accept-pushes", "--token-file", odd.toString());
        repository.refuses(2, "serve.maxUploads is 'many'", "config", "serve.maxUploads", "many");
    }

    private Path secret(String name, String text) throws IOException {
        Path file = Files.writeString(dir.resolve(name), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private static final String WEIGHTS = "weights that are half sent";

    private Crash accepting() throws Exception {
        Crash child = Crash.start(
                Main.class,
                repository.root(),
                List.of("-Xmx128m"),
                "serve",
                "--port",
                "0",
                "--accept-pushes",
                "--token-file",
                token.toString());
        child.awaitOutput("hint: ");
        return child;
    }

    private String url(Crash child) {
        Matcher line = Pattern.compile("at (http://127\\.0\\.0\\.1:\\d+)").matcher(child.output());
        assertThat(line.find()).isTrue();
        return line.group(1);
    }

    private HttpResponse<String> post(String url, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer 0123456789abcdef")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String upload(String url) throws Exception {
        String oid = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(WEIGHTS.getBytes(StandardCharsets.UTF_8)));
        String reply = post(
                        url + "/_/tuned.git/info/lfs/objects/batch",
                        "{\"operation\":\"upload\",\"objects\":[{\"oid\":\"" + oid + "\",\"size\":" + WEIGHTS.length()
                                + "}]}")
                .body();
        Matcher target = Pattern.compile("\"href\":\"http://[^/]+(/[^\"]+/upload/[^\"]+)\"")
                .matcher(reply);
        assertThat(target.find()).as(reply).isTrue();
        return target.group(1);
    }

    private long waiting() throws IOException {
        try (Stream<Path> files = Files.list(repository.mgit().resolve("uploads/objects"))) {
            return files.count();
        }
    }

    /** Half an upload is none, and the client that tries again has its version. */
    @Test
    void aServerKilledWithinAnUploadLeavesNothingOfIt() throws Exception {
        try (Crash child = accepting()) {
            String url = url(child);
            assertThat(post(url + "/api/repos/create", "{\"name\":\"tuned\"}").statusCode())
                    .isEqualTo(200);
            String path = upload(url);
            try (var socket =
                    new Socket(InetAddress.getLoopbackAddress(), URI.create(url).getPort())) {
                socket.getOutputStream()
                        .write(("PUT " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + WEIGHTS.length()
                                        + "\r\n\r\n" + WEIGHTS.substring(0, 9))
                                .getBytes(StandardCharsets.US_ASCII));
                Await.until("an upload has begun", () -> waiting() == 1);
                child.kill();
            }
        }
        assertThat(waiting()).isEqualTo(1);
        try (Crash child = accepting()) {
            assertThat(waiting()).isZero();
            String url = url(child);
            HttpRequest put = HttpRequest.newBuilder(URI.create(url + upload(url)))
                    .PUT(HttpRequest.BodyPublishers.ofString(WEIGHTS))
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(put, HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
            String oid = put.uri().getPath().replaceFirst(".*/upload/([0-9a-f]{64})/.*", "$1");
            HttpResponse<String> made = post(
                    url + "/api/models/_/tuned/commit/main",
                    "{\"key\":\"header\",\"value\":{\"summary\":\"first\"}}\n"
                            + "{\"key\":\"lfsFile\",\"value\":{\"path\":\"w.dat\",\"oid\":\"" + oid + "\"}}\n");
            assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
            assertThat(waiting()).isZero();
            child.terminate();
            Crash.Ended ended = child.finish();
            assertThat(ended.exit()).isEqualTo(143);
            assertThat(ended.output()).doesNotContain("Exception", "error:");
        }
        assertThat(repository.ok("log", "tuned")).contains("first", "Pushed-By: mgit");
        repository.ok("fsck");
    }

    @Test
    void whatIsPushedIsHeldAgainstThePolicy() throws Exception {
        Path policy = Files.writeString(
                dir.resolve("policy.json"),
                "{\"schema\": 1, \"rules\": [{\"rule\": \"licences\", \"allowed\": [\"mit\"]}], \"keys\": []}");
        repository.ok("policy", "init", policy.toString());
        try (Crash child = accepting()) {
            String commit = url(child) + "/api/models/_/tuned/commit/main";
            assertThat(post(url(child) + "/api/repos/create", "{\"name\":\"tuned\"}")
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> refused = post(commit, pushed("config.json", "{}"));
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(422);
            assertThat(refused.body()).contains("rule 'licences': tuned@", "is under no recorded licence");
            assertThat(repository.run("show", "tuned").exit()).isEqualTo(2);
            HttpResponse<String> made = post(commit, pushed("README.md", "---\\nlicense: mit\\n---\\n"));
            assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
            child.terminate();
            child.finish();
        }
        assertThat(repository.ok("policy", "check")).contains("The policy is kept");
    }

    private static String pushed(String path, String text) {
        return "{\"key\":\"header\",\"value\":{\"summary\":\"pushed\"}}\n{\"key\":\"file\",\"value\":{\"path\":\""
                + path + "\",\"encoding\":\"utf-8\",\"content\":\"" + text + "\"}}\n";
    }

    @Test
    void oneServerAtATimeAcceptsPushes() throws Exception {
        try (Crash child = accepting()) {
            assertThat(url(child)).isNotEmpty();
            Cli.Ran second =
                    repository.run("serve", "--port", "0", "--accept-pushes", "--token-file", token.toString());
            TestRepository.assertRefused(second, 5, "another server accepts pushes");
            child.terminate();
            child.finish();
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
