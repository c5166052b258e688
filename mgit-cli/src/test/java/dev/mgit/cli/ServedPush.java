package dev.mgit.cli;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.serve.hub.push.PushLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A server that takes one version from a client of the Hub, all in this process: a large file that is uploaded first, and a small
 * one in the commit itself. Then it serves the large one. What a command is to {@link FailedCalls}.
 */
final class ServedPush {
    static final String MODEL = "team/bert";

    /** What stands for it among commands. */
    static final List<String> WORDS = List.of("(served push)");

    static final String WEIGHTS = "model.safetensors";
    static final String CONFIGURATION = "config.json";

    private static final Duration ANSWER = Duration.ofMinutes(1);

    private final ServedRepository served;
    private final byte[] weights;
    private final byte[] configuration;

    private ServedPush(ServedRepository served, Path files) throws IOException {
        this.served = served;
        this.weights = Files.readAllBytes(files.resolve(WEIGHTS));
        this.configuration = Files.readAllBytes(files.resolve(CONFIGURATION));
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Answer(int status, byte[] body) {}

    /** A refusal by the server; the text is what it said. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(Answer answer) {
            super(answer.status() + " " + new String(answer.body(), StandardCharsets.UTF_8));
        }
    }

    /**
     * Exit code 0 and the version's id, or an error that says what the server said.
     *
     * @param root the repository; the files lie in {@code ../model} beside it
     */
    static Cli.Ran run(Path root) {
        var limits = new PushLimits(64 << 20, Duration.ofDays(1), 100, 1 << 20);
        try (var served = ServedRepository.acceptingPushes(new TestRepository(root), limits)) {
            return new Cli.Ran(0, new ServedPush(served, root.resolveSibling("model")).pushed(), "");
        } catch (IOException | MgitException | UncheckedIOException e) {
            return new Cli.Ran(1, "", "error: " + e.getMessage());
        }
    }

    private String pushed() throws IOException {
        String[] names = MODEL.split("/");
        Answer made = post("/api/repos/create", Json.text(Map.of("organization", names[0], "name", names[1])));
        if (made.status() != 409) { // it is there, and empty, after a push that failed
            required(made);
        }
        String oid = HexFormat.of().formatHex(Hashes.sha256().digest(weights));
        upload(oid);
        String lines = line("header", Map.of("summary", "a version", "description", ""))
                + line(
                        "file",
                        Map.of(
                                "path",
                                CONFIGURATION,
                                "encoding",
                                "base64",
                                "content",
                                Base64.getEncoder().encodeToString(configuration)))
                + line("lfsFile", Map.of("path", WEIGHTS, "algo", "sha256", "oid", oid, "size", weights.length));
        String version = Json.parseObject(required(post("/api/models/" + MODEL + "/commit/main", lines))
                        .body())
                .string("commitOid");
        Answer back = send("GET", "/" + MODEL + "/resolve/main/" + WEIGHTS, new byte[0]);
        if (back.status() == 200 && !Arrays.equals(back.body(), weights)) {
            throw new IllegalStateException("other bytes than were pushed");
        }
        return version + "\n";
    }

    private void upload(String oid) throws IOException {
        var wanted = Map.of("operation", "upload", "objects", List.of(Map.of("oid", oid, "size", weights.length)));
        var object = Json.parseObject(required(post("/" + MODEL + ".git/info/lfs/objects/batch", Json.text(wanted)))
                        .body())
                .objects("objects")
                .get(0);
        if (object.has("actions")) {
            String target = object.object("actions").object("upload").string("href");
            required(send("PUT", target, weights));
        }
    }

    private Answer post(String path, String body) throws IOException {
        return send("POST", path, body.getBytes(StandardCharsets.UTF_8));
    }

    /** With plain sockets: a client that has threads of its own may wait for ever where the call that fails is one of these. */
    private Answer send(String method, String path, byte[] body) throws IOException {
        var connection = (HttpURLConnection) URI.create(path.startsWith("http") ? path : served.url() + path)
                .toURL()
                .openConnection();
        connection.setRequestMethod(method);
        connection.setReadTimeout((int) ANSWER.toMillis());
        connection.setRequestProperty("Authorization", "Bearer " + ServedRepository.WRITER);
        if (body.length > 0) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body);
        }
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, in == null ? new byte[0] : in.readAllBytes());
        }
    }

    private static Answer required(Answer answer) throws Refused {
        if (answer.status() != 200) {
            throw new Refused(answer);
        }
        return answer;
    }

    private static String line(String key, Map<String, ?> value) {
        return Json.text(Map.of("key", key, "value", value)) + "\n";
    }
}
