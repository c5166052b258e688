package dev.mgit.cli;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.serve.hub.push.PushLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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

    private final ServedRepository served;
    private final byte[] weights;
    private final byte[] configuration;

    private ServedPush(ServedRepository served, Path files) throws IOException {
        this.served = served;
        this.weights = Files.readAllBytes(files.resolve(WEIGHTS));
        this.configuration = Files.readAllBytes(files.resolve(CONFIGURATION));
    }

    /** A refusal by the server; the text is what it said. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1;

        Refused(HttpResponse<byte[]> answer) {
            super(answer.statusCode() + " " + new String(answer.body(), StandardCharsets.UTF_8));
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
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Cli.Ran(130, "", "error: interrupted");
        }
    }

    private String pushed() throws IOException, InterruptedException {
        String[] names = MODEL.split("/");
        HttpResponse<byte[]> made =
                post("/api/repos/create", Json.text(Map.of("organization", names[0], "name", names[1])));
        if (made.statusCode() != 409) { // it is there, and empty, after a push that failed
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
        HttpResponse<byte[]> back = served.get("/" + MODEL + "/resolve/main/" + WEIGHTS, authorization());
        if (back.statusCode() == 200 && !java.util.Arrays.equals(back.body(), weights)) {
            throw new IllegalStateException("other bytes than were pushed");
        }
        return version + "\n";
    }

    private void upload(String oid) throws IOException, InterruptedException {
        var wanted = Map.of("operation", "upload", "objects", List.of(Map.of("oid", oid, "size", weights.length)));
        var object = Json.parseObject(required(post("/" + MODEL + ".git/info/lfs/objects/batch", Json.text(wanted)))
                        .body())
                .objects("objects")
                .get(0);
        if (object.has("actions")) {
            String target = object.object("actions").object("upload").string("href");
            required(served.send("PUT", target, weights));
        }
    }

    private HttpResponse<byte[]> post(String path, String body) throws IOException, InterruptedException {
        return served.send("POST", path, body, authorization());
    }

    private static String[] authorization() {
        return new String[] {"Authorization", "Bearer " + ServedRepository.WRITER};
    }

    private static HttpResponse<byte[]> required(HttpResponse<byte[]> answer) throws Refused {
        if (answer.statusCode() != 200) {
            throw new Refused(answer);
        }
        return answer;
    }

    private static String line(String key, Map<String, ?> value) {
        return Json.text(Map.of("key", key, "value", value)) + "\n";
    }
}
