package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.SmallDisk;
import dev.mgit.serve.hub.push.MadeXet;
import dev.mgit.serve.hub.push.PushLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients of the Hub send to push, request by request, and what comes of requests they would not send. */
class HubPushTest {
    private static final PushLimits LIMITS = new PushLimits(64 << 20, Duration.ofDays(1), 100, 1 << 20);
    private static final String ZEROS = "0".repeat(40);
    private static final String MODEL = "/api/models/team/bert";

    @TempDir
    private Path dir;

    private TestRepository repository;
    private ServedRepository served;

    @BeforeEach
    void serve() throws IOException {
        repository = TestRepository.init(Files.createDirectory(dir.resolve("repository")));
        served = ServedRepository.acceptingPushes(repository, LIMITS);
    }

    @AfterEach
    void close() {
        served.close();
    }

    private HttpResponse<byte[]> send(String method, String path, byte[] body) throws Exception {
        return served.send(method, path, body, "Authorization", "Bearer " + ServedRepository.WRITER);
    }

    private HttpResponse<byte[]> post(String path, Object json) throws Exception {
        return send("POST", path, Json.bytes(json));
    }

    private static JsonObject ok(HttpResponse<byte[]> reply) {
        assertThat(reply.statusCode()).as(text(reply)).isEqualTo(200);
        return Json.parseObject(reply.body());
    }

    private static void refused(HttpResponse<byte[]> reply, int status, String sentence) {
        assertThat(reply.statusCode()).as(text(reply)).isEqualTo(status);
        assertThat(Json.parseObject(reply.body()).string("error")).contains(sentence);
        assertThat(reply.headers().firstValue("X-Error-Message")).isPresent();
    }

    private static String text(HttpResponse<byte[]> reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] weights(Path folder, int seed) throws IOException {
        return Files.readAllBytes(TestRepository.weights(folder.resolve("w" + seed + ".safetensors"), seed, 100_000));
    }

    private void create() throws Exception {
        JsonObject made = ok(post("/api/repos/create", Map.of("name", "bert", "organization", "team")));
        assertThat(made.string("url")).isEqualTo(served.url() + "/team/bert");
    }

    private static String header(String summary, String more) {
        return "{\"key\":\"header\",\"value\":{\"summary\":\"" + summary + "\",\"description\":\"\"" + more + "}}\n";
    }

    private static String file(String path, String content) {
        return "{\"key\":\"file\",\"value\":{\"path\":\"" + path + "\",\"encoding\":\"base64\",\"content\":\""
                + Base64.getEncoder().encodeToString(content.getBytes(StandardCharsets.UTF_8)) + "\"}}\n";
    }

    private static String large(String path, String oid, long size) {
        return "{\"key\":\"lfsFile\",\"value\":{\"path\":\"" + path + "\",\"algo\":\"sha256\",\"oid\":\"" + oid
                + "\",\"size\":" + size + "}}\n";
    }

    private static String deleted(String key, String path) {
        return "{\"key\":\"" + key + "\",\"value\":{\"path\":\"" + path + "\"}}\n";
    }

    private HttpResponse<byte[]> commit(String revision, String lines) throws Exception {
        return send("POST", MODEL + "/commit/" + revision, lines.getBytes(StandardCharsets.UTF_8));
    }

    private String committed(String lines) throws Exception {
        return ok(commit("main", lines)).string("commitOid");
    }

    private Map<String, Object> batch(String oid, long size) {
        return Map.of("operation", "upload", "objects", List.of(Map.of("oid", oid, "size", size)));
    }

    /** Sends a file as Git LFS does; false if it was there already. */
    private boolean upload(byte[] bytes) throws Exception {
        String oid = sha256(bytes);
        JsonObject object = ok(post("/team/bert.git/info/lfs/objects/batch", batch(oid, bytes.length)))
                .objects("objects")
                .get(0);
        if (!object.has("actions")) {
            return false;
        }
        String target = object.object("actions").object("upload").string("href");
        assertThat(served.send("PUT", target, bytes).statusCode()).isEqualTo(200); // without a token
        ok(post(object.object("actions").object("verify").string("href"), Map.of("oid", oid, "size", bytes.length)));
        return true;
    }

    /** A first version with weights, a configuration and a folder. */
    private String first(byte[] weights) throws Exception {
        create();
        assertThat(upload(weights)).isTrue();
        return committed(header("first", "")
                + file("config.json", "{}")
                + file("sub/notes.txt", "notes")
                + large("model.safetensors", sha256(weights), weights.length));
    }

    private List<Path> waiting() throws IOException {
        try (Stream<Path> files = Files.walk(repository.mgit().resolve("uploads"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.endsWith("held"))
                    .toList();
        }
    }

    @Test
    void aCommitIsAVersionAndKeepsWhatItDoesNotMention() throws Exception {
        byte[] weights = weights(dir, 1);
        String first = first(weights);
        assertThat(waiting()).isEmpty();
        String second =
                committed(header("a card", ",\"parentCommit\":\"" + first + "\"") + file("README.md", "# Bert\n"));
        JsonObject shown = repository.json("show", "team/bert", "--json");
        assertThat(shown.string("id")).isEqualTo(second);
        assertThat(repository.ok("log", "team/bert"))
                .contains("Replaces: " + first.substring(0, 10), "Author:   ada <ada@localhost>", "Pushed-By: ada");
        Path out = dir.resolve("out");
        repository.ok("checkout", "team/bert", out.toString());
        assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isEqualTo(weights);
        assertThat(Files.readString(out.resolve("sub/notes.txt"))).isEqualTo("notes");
        assertThat(Files.readString(out.resolve("README.md"))).isEqualTo("# Bert\n");
        repository.ok("fsck");
    }

    @Test
    void weightsThatStayAreNamedAgainAndNotStoredAgain() throws Exception {
        create();
        byte[] weights = Files.readAllBytes(TestRepository.weights(dir.resolve("big.safetensors"), 3, 3_000_000));
        upload(weights);
        committed(header("first", "") + large("model.safetensors", sha256(weights), weights.length));
        repository.ok(
                "hooks", "add", "whole", "--event", "pre-commit", "--shell", "test -s $MGIT_MODEL/model.safetensors");
        var before = repository.stored();
        committed(header("card", "") + file("README.md", "card"));
        before.keySet().removeIf(key -> !key.startsWith("block ") && !key.startsWith("object "));
        var after = repository.stored();
        after.keySet().removeIf(key -> !key.startsWith("block ") && !key.startsWith("object "));
        assertThat(after).isEqualTo(before);
        Path out = dir.resolve("out");
        repository.ok("checkout", "team/bert", out.toString());
        assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isEqualTo(weights);
    }

    @Test
    void filesAndFoldersAreDeletedAndCopied() throws Exception {
        byte[] weights = weights(dir, 1);
        first(weights);
        committed(header("move", "")
                + deleted("deletedFolder", "sub/")
                + deleted("deletedFile", "config.json")
                + large("copy.safetensors", sha256(weights), weights.length)
                + file("other.json", "{}"));
        assertThat(repository.json("show", "team/bert", "--json").objects("files").stream()
                        .map(file -> file.string("path")))
                .containsExactlyInAnyOrder("copy.safetensors", "model.safetensors", "other.json");
        refused(commit("main", header("no", "") + deleted("deletedFile", "none")), 404, "has no 'none'");
        refused(commit("main", header("no", "") + deleted("deletedFolder", "none/")), 404, "has no 'none/'");
        refused(
                commit(
                        "main",
                        header("no", "")
                                + deleted("deletedFile", "other.json")
                                + deleted("deletedFile", "copy.safetensors")
                                + deleted("deletedFile", "model.safetensors")),
                400,
                "one file at least");
    }

    @Test
    void whatChangesNothingMakesNoVersion() throws Exception {
        byte[] weights = weights(dir, 1);
        String first = first(weights);
        assertThat(upload(weights)).isFalse();
        String again = committed(header("again", "")
                + file("config.json", "{}")
                + large("model.safetensors", sha256(weights), weights.length));
        assertThat(again).isEqualTo(first);
        assertThat(waiting()).isEmpty();
    }

    @Test
    void preuploadSaysHowEachFileIsSentAndWhichAreThere() throws Exception {
        byte[] weights = weights(dir, 1);
        first(weights);
        List<JsonObject> files = ok(post(
                        MODEL + "/preupload/main",
                        Map.of(
                                "gitIgnore",
                                "*.tmp\nlogs/\n",
                                "files",
                                List.of(
                                        Map.of("path", "config.json", "size", 2, "sample", "e30="),
                                        Map.of("path", "model.safetensors", "size", 500, "sample", ""),
                                        Map.of("path", "new.bin", "size", 3, "sample", "AAEC"),
                                        Map.of("path", "big.txt", "size", 5_000_000, "sample", "YQ=="),
                                        Map.of("path", "logs/a/b.txt", "size", 1, "sample", "YQ=="),
                                        Map.of("path", "x.tmp", "size", 1, "sample", "YQ==")))))
                .objects("files");
        assertThat(files.stream().map(file -> file.string("uploadMode")))
                .containsExactly("regular", "lfs", "lfs", "lfs", "regular", "regular");
        assertThat(files.stream().map(file -> file.flag("shouldIgnore")))
                .containsExactly(false, false, false, false, true, true);
        assertThat(files.get(0).string("oid")).isEqualTo("9e26dfeeb6e641a33dae4961196235bdb965b21b");
        assertThat(files.get(1).string("oid")).isEqualTo(sha256(weights));
        assertThat(files.get(2).has("oid")).isFalse();
        refused(
                post(
                        MODEL + "/preupload/main",
                        Map.of("files", List.of(Map.of("path", "a.bin", "size", 1L << 40, "sample", "AA==")))),
                507,
                PushLimits.UPLOADS);
    }

    @Test
    void branchesAreModelsOfTheirOwnAndTagsAreTheModels() throws Exception {
        String first = first(weights(dir, 1));
        refused(commit("exp%2Fa", header("no", "") + file("a", "a")), 404, "has no revision 'exp/a'");
        ok(post(MODEL + "/branch/exp%2Fa", Map.of()));
        refused(post(MODEL + "/branch/exp%2Fa", Map.of()), 409, "already a branch");
        refused(post(MODEL + "/branch/main", Map.of()), 409, "already a branch");
        String on = ok(commit("exp%2Fa", header("aside", "") + file("config.json", "{\"b\": 1}")))
                .string("commitOid");
        assertThat(repository.json("show", "team/bert@exp/a", "--json").string("id"))
                .isEqualTo(on);
        assertThat(repository.json("show", "team/bert", "--json").string("id")).isEqualTo(first);
        ok(post(MODEL + "/tag/exp%2Fa", Map.of("tag", "v1", "message", "m")));
        refused(post(MODEL + "/tag/main", Map.of("tag", "v1")), 409, "already a tag");
        refused(post(MODEL + "/tag/none", Map.of("tag", "v2")), 404, "has no revision 'none'");
        JsonObject refs = ok(send("GET", MODEL + "/refs", new byte[0]));
        assertThat(refs.objects("branches").stream().map(ref -> ref.string("name")))
                .containsExactly("main", "exp/a");
        assertThat(refs.objects("tags").stream().map(ref -> ref.string("targetCommit")))
                .containsExactly(on);
        assertThat(ok(send("GET", MODEL + "/revision/v1", new byte[0])).string("sha"))
                .isEqualTo(on);
        assertThat(ok(send("GET", MODEL + "/revision/exp%2Fa", new byte[0])).string("sha"))
                .isEqualTo(on);
        assertThat(send("DELETE", MODEL + "/tag/v1", new byte[0]).statusCode()).isEqualTo(200);
        refused(send("DELETE", MODEL + "/tag/v1", new byte[0]), 404, "no tag 'v1'");
        assertThat(repository.ok("tag")).doesNotContain("v1");
    }

    @Test
    void aModelWithoutVersionsIsThereForWhoeverPushes() throws Exception {
        assertThat(send("HEAD", "/team/bert/resolve/main/README.md", new byte[0])
                        .headers()
                        .firstValue("X-Error-Code"))
                .contains("RepoNotFound");
        create();
        HttpResponse<byte[]> again = post("/api/repos/create", Map.of("name", "bert", "organization", "team"));
        refused(again, 409, "already a model 'team/bert'");
        assertThat(Json.parseObject(again.body()).string("url")).isEqualTo(served.url() + "/team/bert");
        assertThat(send("HEAD", "/team/bert/resolve/main/README.md", new byte[0])
                        .headers()
                        .firstValue("X-Error-Code"))
                .contains("EntryNotFound");
        assertThat(ok(send("GET", MODEL, new byte[0])).string("sha")).isEqualTo(ZEROS);
        assertThat(text(send("GET", MODEL + "/tree/main", new byte[0]))).isEqualTo("[]");
        assertThat(ok(send("GET", MODEL + "/refs", new byte[0])).objects("branches"))
                .isEmpty();
        assertThat(repository.ok("branch")).doesNotContain("bert");
        ok(post(MODEL + "/branch/exp", Map.of()));
        // A tokenizer may come before the weights.
        ok(commit("exp", header("tokenizer", ",\"parentCommit\":\"" + ZEROS + "\"") + file("tokenizer.json", "{}")));
        assertThat(repository.ok("branch")).contains("team/bert@exp");
        assertThat(ok(send("GET", MODEL + "/revision/exp", new byte[0])).has("sha"))
                .isTrue();
    }

    /** Clients want a namespace; a model need not have one. */
    @Test
    void aNameWithoutNamespaceIsGivenOneForClients() throws Exception {
        assertThat(ok(post("/api/repos/create", Map.of("name", "tuned"))).string("url"))
                .isEqualTo(served.url() + "/_/tuned");
        HttpResponse<byte[]> made = send(
                "POST",
                "/api/models/_/tuned/commit/main",
                (header("first", "") + file("a.json", "{}")).getBytes(StandardCharsets.UTF_8));
        String oid = ok(made).string("commitOid");
        assertThat(ok(made).string("commitUrl")).isEqualTo(served.url() + "/_/tuned/commit/" + oid);
        assertThat(repository.json("show", "tuned", "--json").string("id")).isEqualTo(oid);
        HttpResponse<byte[]> plain = send(
                "POST",
                "/api/models/tuned/commit/main",
                (header("second", "") + file("a.json", "[]")).getBytes(StandardCharsets.UTF_8));
        assertThat(ok(plain).string("commitUrl")).startsWith(served.url() + "/_/tuned/commit/");
    }

    @Test
    void theParentIsWhatTheCardNames() throws Exception {
        byte[] base = weights(dir, 1);
        first(base);
        ok(post("/api/repos/create", Map.of("name", "tuned", "organization", "team")));
        byte[] tuned = base.clone();
        tuned[tuned.length - 4] ^= 1;
        upload(tuned);
        HttpResponse<byte[]> made = send(
                "POST",
                "/api/models/team/tuned/commit/main",
                (header("tuned", "")
                                + large("model.safetensors", sha256(tuned), tuned.length)
                                + file(
                                        "README.md",
                                        "---\nbase_model: team/bert\nbase_model_relation: quantized\n---\n"))
                        .getBytes(StandardCharsets.UTF_8));
        ok(made);
        assertThat(repository.ok("log", "-n", "1", "team/tuned"))
                .contains("From:     quantize of team/bert@")
                .doesNotContain("inferred");
    }

    @Test
    void theParentIsElseWhatTheWeightsShow() throws Exception {
        byte[] base = weights(dir, 1);
        first(base);
        ok(post("/api/repos/create", Map.of("name", "tuned", "organization", "team")));
        byte[] tuned = base.clone();
        var random = new Random(1);
        for (int at = 200; at + 4 <= tuned.length; at += 4) {
            tuned[at] ^= (byte) random.nextInt(4);
        }
        upload(tuned);
        ok(send(
                "POST",
                "/api/models/team/tuned/commit/main",
                (header("tuned", "") + large("model.safetensors", sha256(tuned), tuned.length))
                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(repository.ok("log", "-n", "1", "team/tuned"))
                .containsPattern("From: +\\S+ of team/bert@\\w+, inferred")
                .contains("Inferred-Confidence: ");
    }

    /** The Trainer's card, for one, comes with the last push. */
    @Test
    void aCardThatNamesTheParentLaterIsBelievedOnce() throws Exception {
        first(weights(dir, 1));
        ok(post("/api/repos/create", Map.of("name", "tuned", "organization", "team")));
        String commits = "/api/models/team/tuned/commit/main";
        byte[] unlike = Files.readAllBytes(TestRepository.weights(dir.resolve("u.safetensors"), 9, 777));
        upload(unlike);
        ok(send(
                "POST",
                commits,
                (header("first", "") + large("w.safetensors", sha256(unlike), unlike.length))
                        .getBytes(StandardCharsets.UTF_8)));
        assertThat(repository.ok("log", "-n", "1", "team/tuned")).doesNotContain("From:");
        for (String text : List.of("card", "better card")) {
            String card = "---\nbase_model: [team/none, team/tuned, team/bert]\n---\n" + text;
            ok(send("POST", commits, (header(text, "") + file("README.md", card)).getBytes(StandardCharsets.UTF_8)));
            boolean once = text.equals("card");
            assertThat(repository.ok("log", "-n", "1", "team/tuned").contains("From:     finetune of team/bert@"))
                    .isEqualTo(once);
        }
    }

    @Test
    void whoeverComesSecondIsToldSo() throws Exception {
        String first = first(weights(dir, 1));
        committed(header("second", "") + file("config.json", "{\"c\": 2}"));
        refused(
                commit("main", header("late", ",\"parentCommit\":\"" + first + "\"") + file("config.json", "[]")),
                412,
                "has moved on to ");
        ExecutorService clients = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Integer>> pushes = new ArrayList<>();
            String head = repository.json("show", "team/bert", "--json").string("id");
            for (int i = 0; i < 4; i++) {
                String lines = header("race " + i, ",\"parentCommit\":\"" + head + "\"") + file("race.txt", "by " + i);
                pushes.add(() -> commit("main", lines).statusCode());
            }
            List<Integer> statuses = new ArrayList<>();
            for (Future<Integer> status : clients.invokeAll(pushes)) {
                statuses.add(status.get());
            }
            assertThat(statuses).containsExactlyInAnyOrder(200, 412, 412, 412);
        } finally {
            clients.shutdownNow();
        }
        assertThat(repository.json("show", "team/bert", "--json").string("previous"))
                .isNotEmpty();
        assertThat(waiting()).isEmpty();
    }

    @Test
    void aGateHoldsAVersionBack() throws Exception {
        String first = first(weights(dir, 1));
        repository.ok("hooks", "add", "refuse", "--event", "pre-commit", "--shell", "test ! -e $MGIT_MODEL/bad.txt");
        refused(commit("main", header("bad", "") + file("bad.txt", "bad")), 422, "hook 'refuse' refused the version");
        assertThat(repository.json("show", "team/bert", "--json").string("id")).isEqualTo(first);
        // The hook sees the whole version, not what was sent alone.
        repository.ok("hooks", "add", "whole", "--event", "pre-commit", "--shell", "test -e $MGIT_MODEL/sub/notes.txt");
        committed(header("good", "") + file("good.txt", "good"));
    }

    @Test
    void incompleteCheckpointsAreRefusedWhereCommitRefusesThem() throws Exception {
        first(weights(dir, 1));
        repository.ok("config", "commit.strict", "true");
        served.close();
        served = ServedRepository.acceptingPushes(repository, LIMITS);
        String index = "{\\\"weight_map\\\":{\\\"w\\\":\\\"model-00001-of-00002.safetensors\\\"}}";
        refused(
                commit("main", header("index", "") + file("model.safetensors.index.json", index.replace("\\", ""))),
                422,
                "is incomplete");
    }

    @Test
    void aDamagedFileIsNoVersion() throws Exception {
        create();
        byte[] broken = new byte[300];
        broken[0] = 100;
        broken[8] = '{';
        upload(broken);
        HttpResponse<byte[]> reply =
                commit("main", header("broken", "") + large("model.safetensors", sha256(broken), 300));
        refused(reply, 422, "model.safetensors");
        assertThat(repository.ok("branch")).doesNotContain("bert");
    }

    private String session() throws Exception {
        HttpResponse<byte[]> reply = send("GET", MODEL + "/xet-write-token/main", new byte[0]);
        JsonObject token = ok(reply);
        assertThat(token.string("accessToken")).isEqualTo(ServedRepository.WRITER);
        assertThat(reply.headers().firstValue("X-Xet-Cas-Url")).contains(token.string("casUrl"));
        assertThat(reply.headers().firstValue("X-Xet-Token-Expiration")).contains("" + token.number("exp"));
        return token.string("casUrl");
    }

    private static List<byte[]> cut(byte[] bytes, int length) {
        List<byte[]> chunks = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += length) {
            chunks.add(Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + length)));
        }
        return chunks;
    }

    private static byte[] joined(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    /** Files of chunks of several xorbs, in another order than they are there, and one chunk more than once. */
    @Test
    void filesComeByXetToo() throws Exception {
        create();
        byte[] weights = weights(dir, 1);
        byte[] other = new byte[3000];
        new Random(2).nextBytes(other);
        byte[] mixed = joined(other, Arrays.copyOf(weights, 128 << 10), other, other);
        String a = "a1".repeat(32);
        String b = "b2".repeat(32);
        String cas = session();
        assertThat(send("GET", cas + "/v1/chunks/default/" + a, new byte[0]).statusCode())
                .isEqualTo(404);
        List<byte[]> chunks = cut(weights, 64 << 10);
        ok(send("POST", cas + "/v1/xorbs/default/" + a, MadeXet.xorb(chunks)));
        ok(send("POST", cas + "/v1/xorbs/default/" + b, MadeXet.xorb(List.of(other, new byte[9]))));
        assertThat(send("POST", cas + "/v2/shards", new byte[1]).statusCode()).isEqualTo(404);
        var all = new MadeXet.Term(a, 0, chunks.size(), weights.length);
        var one = new MadeXet.Term(b, 0, 1, other.length);
        byte[] shard = MadeXet.shard(List.of(
                new MadeXet.File(sha256(weights), List.of(all)),
                new MadeXet.File(sha256(mixed), List.of(one, new MadeXet.Term(a, 0, 2, 128 << 10), one, one))));
        assertThat(ok(send("POST", cas + "/v1/shards", shard)).number("result")).isEqualTo(1);
        committed(header("by Xet", "")
                + large("model.safetensors", sha256(weights), weights.length)
                + large("mixed.dat", sha256(mixed), mixed.length));
        assertThat(waiting()).isEmpty();
        Path out = dir.resolve("out");
        repository.ok("checkout", "team/bert", out.toString());
        assertThat(Files.readAllBytes(out.resolve("model.safetensors"))).isEqualTo(weights);
        assertThat(Files.readAllBytes(out.resolve("mixed.dat"))).isEqualTo(mixed);
    }

    @Test
    void whatComesByXetIsWhatItSaysOrNothing() throws Exception {
        create();
        byte[] bytes = new byte[1000];
        String xorb = "a1".repeat(32);
        String cas = session();
        String xorbs = cas + "/v1/xorbs/default/";
        refused(send("POST", xorbs + xorb, new byte[] {1, 2, 3}), 400, "xorb is malformed");
        refused(send("POST", xorbs + "..", new byte[8]), 400, "is no name of a xorb");
        refused(send("POST", xorbs + "zz", new byte[8]), 400, "is no name of a xorb");
        refused(send("POST", cas + "/v1/shards", new byte[100]), 400, "shard is malformed");
        byte[] shard = MadeXet.shard(
                List.of(new MadeXet.File("c".repeat(64), List.of(new MadeXet.Term(xorb, 0, 1, bytes.length)))));
        refused(send("POST", cas + "/v1/shards", shard), 400, "xorb that was not sent");
        ok(send("POST", xorbs + xorb, MadeXet.xorb(List.of(bytes))));
        byte[] beyond = MadeXet.shard(
                List.of(new MadeXet.File("c".repeat(64), List.of(new MadeXet.Term(xorb, 0, 2, bytes.length)))));
        refused(send("POST", cas + "/v1/shards", beyond), 400, "chunks that xorb");
        ok(send("POST", cas + "/v1/shards", shard));
        refused(
                commit("main", header("false", "") + large("a.bin", "c".repeat(64), bytes.length)),
                400,
                "does not have SHA-256");
        refused(
                commit("main", header("longer", "") + large("a.bin", "c".repeat(64), bytes.length - 1)),
                413,
                "more than the 999 bytes");
        String unknown = served.url() + "/xet/" + "0".repeat(32) + "/v1/xorbs/default/" + xorb;
        refused(send("POST", unknown, new byte[8]), 404, "no upload under way");
        assertThat(served.send("POST", xorbs + xorb, new byte[8]).statusCode()).isEqualTo(401);
        assertThat(repository.ok("branch")).doesNotContain("bert");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "../x | has a part",
                "/x | has an empty part",
                "a//b | has an empty part",
                "a/.git/config | repository's own folder",
                "a/.MGIT/x | repository's own folder",
                ".mgitignore | one of mgit's own",
                "a\\\\u0000b | not every system",
                "C:/x | begins with a drive",
                ".git./hooks/x | repository's own folder",
                "git~1/x | repository's own folder",
                ".g\\\\u200cit/x | repository's own folder"
            })
    void namesThatLeadElsewhereAreRefused(String name, String why) throws Exception {
        create();
        String json = name.replace("\\\\", "\\");
        refused(commit("main", header("no", "") + file(json, "x")), 400, why);
        refused(commit("main", header("no", "") + large(json, "a".repeat(64), 1)), 400, why);
        assertThat(waiting()).hasSize(1); // that the model was created
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n\n",
                "nonsense",
                "[]",
                "{\"key\":\"header\"}",
                "{\"key\":\"file\",\"value\":{\"path\":\"a\",\"content\":\"\"}}",
                "{\"key\":\"header\",\"value\":{\"summary\":\"\"}}",
                "{\"key\":\"header\",\"value\":{\"summary\":1}}",
                "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n{\"key\":\"other\",\"value\":{\"path\":\"a\"}}",
                "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n{\"key\":\"file\",\"value\":{\"path\":\"a\"}}",
                "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
                        + "{\"key\":\"file\",\"value\":{\"path\":\"a\",\"content\":\"?\",\"encoding\":\"base64\"}}",
                "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
                        + "{\"key\":\"file\",\"value\":{\"path\":\"a\",\"content\":\"\",\"encoding\":\"rot13\"}}",
                "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
                        + "{\"key\":\"lfsFile\",\"value\":{\"path\":\"a\",\"oid\":\"zz\"}}",
                "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}\n"
                        + "{\"key\":\"lfsFile\",\"value\":{\"path\":\"a\",\"oid\":\"x\",\"algo\":\"md5\"}}",
                "{\"key\":\"header\",\"value\":{\"summary\":\"s\"}}"
            })
    void commitsThatSayNothingSensibleAreRefused(String body) throws Exception {
        create();
        assertThat(commit("main", body).statusCode()).isEqualTo(400);
        assertThat(waiting()).hasSize(1);
        assertThat(served.warnings()).isEmpty();
    }

    @Test
    void commitsAreLimited() throws Exception {
        create();
        refused(commit("main", header("long", "") + file("a", "x".repeat(1 << 20))), 413, "a line of the commit");
        var many = new StringBuilder(header("many", ""));
        for (int i = 0; i < LIMITS.operations(); i++) {
            many.append(file("f" + i, "x"));
        }
        refused(commit("main", many.toString()), 413, "changes 100 files at most");
        refused(commit("main", header("not sent", "") + large("a.bin", "b".repeat(64), 3)), 400, "was not uploaded");
        refused(commit("main", header("both", "") + file("a", "x") + file("a/b", "x")), 400, "two files that are one");
        refused(commit("main?create_pr=1", header("pr", "") + file("a", "x")), 400, "no pull requests");
        refused(
                send("POST", "/api/models/no/one/commit/main", header("x", "").getBytes(StandardCharsets.UTF_8)),
                404,
                "no model 'no/one'");
        assertThat(waiting()).hasSize(1);
    }

    @Test
    void uploadsAreWhatTheySayOrNothing() throws Exception {
        create();
        byte[] bytes = "some bytes".getBytes(StandardCharsets.UTF_8);
        String oid = sha256(bytes);
        JsonObject object = ok(post("/team/bert.git/info/lfs/objects/batch", batch(oid, bytes.length)))
                .objects("objects")
                .get(0);
        String target = object.object("actions").object("upload").string("href");
        refused(served.send("PUT", target, "other byte".getBytes(StandardCharsets.UTF_8)), 400, "SHA-256 is not");
        refused(served.send("PUT", target, "short".getBytes(StandardCharsets.UTF_8)), 400, "5 bytes instead of 10");
        refused(served.send("PUT", target.replace(oid, "a".repeat(64)), bytes), 403, "not, or no longer, allowed");
        refused(served.send("PUT", target.replace("/10/", "/11/"), bytes), 403, "not, or no longer, allowed");
        refused(served.send("PUT", target + "0", bytes), 403, "not, or no longer, allowed");
        refused(
                post("/team/bert.git/info/lfs/verify", Map.of("oid", oid, "size", bytes.length)),
                404,
                "there is no upload");
        assertThat(waiting()).hasSize(1);
        assertThat(ok(post("/team/bert.git/info/lfs/objects/batch", batch(oid, 1L << 40)))
                        .objects("objects")
                        .get(0)
                        .object("error")
                        .number("code"))
                .isEqualTo(507);
        refused(
                post("/team/bert.git/info/lfs/objects/batch", Map.of("operation", "download", "objects", List.of())),
                400,
                "not by Git LFS");
        refused(post("/team/bert.git/info/lfs/objects/batch", Map.of("objects", 1)), 400, "JSON");
        refused(post("/team/bert.git/info/lfs/objects/batch", batch("../x", 1)), 400, "no SHA-256");
    }

    /** At several degrees of fullness, so that different writes are the ones that fail. */
    @Test
    void aFullDiskIsSaidToBeFullAndNothingIsHalfThere() throws Exception {
        Optional<SmallDisk> small = SmallDisk.ofBytes(64 << 20);
        assumeTrue(small.isPresent(), "this user may not mount");
        try (SmallDisk disk = small.get()) {
            served.close();
            repository = TestRepository.init(disk.root().resolve("repository"));
            served = ServedRepository.acceptingPushes(repository, LIMITS);
            first(weights(dir, 1));
            byte[] weights = Files.readAllBytes(TestRepository.weights(dir.resolve("2.safetensors"), 2, 1 << 20));
            String lines = header("second", "") + large("model.safetensors", sha256(weights), weights.length);
            String before = repository.ok("log");
            JsonObject object = ok(post(
                            "/team/bert.git/info/lfs/objects/batch", batch(sha256(weights), weights.length)))
                    .objects("objects")
                    .get(0);
            String target = object.object("actions").object("upload").string("href");
            for (long free : new long[] {0, 100, 3000}) {
                Path filler = fill(disk, free);
                refused(served.send("PUT", target, weights), 507, "disk is full");
                Files.delete(filler);
            }
            assertThat(waiting()).isEmpty();
            assertThat(served.send("PUT", target, weights).statusCode()).isEqualTo(200);
            for (long free : new long[] {0, 100, 1000}) {
                Path filler = fill(disk, free);
                refused(commit("main", lines), 507, "disk is full");
                Files.delete(filler);
                assertThat(repository.ok("log")).isEqualTo(before);
            }
            committed(lines);
            assertThat(waiting()).isEmpty();
            repository.ok("fsck");
            served.close();
            served = new ServedRepository(TestRepository.init(Files.createDirectory(dir.resolve("elsewhere"))));
        }
    }

    private static Path fill(SmallDisk disk, long kilobytes) throws IOException {
        Path filler = disk.root().resolve("filler");
        FileStore store = Files.getFileStore(disk.root());
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (long much = store.getUsableSpace() - kilobytes * 1024;
                    much > 0;
                    much = store.getUsableSpace() - kilobytes * 1024) {
                out.write(new byte[(int) Math.max(4096, much / 2)]);
            }
        }
        return filler;
    }

    @Test
    void onlyThoseWithATokenForItMayWrite() throws Exception {
        create();
        byte[] lines = (header("x", "") + file("a", "x")).getBytes(StandardCharsets.UTF_8);
        assertThat(served.send("POST", MODEL + "/commit/main", lines).statusCode())
                .isEqualTo(401);
        String[] reader = {"Authorization", "Bearer " + ServedRepository.READER};
        refused(served.send("POST", MODEL + "/commit/main", lines, reader), 403, "'bob' is for reading only");
        refused(served.send("GET", MODEL + "/xet-write-token/main", "", reader), 403, "for reading only");
        JsonObject user = Json.parseObject(served.get("/api/whoami-v2", reader).body());
        assertThat(user.string("name")).isEqualTo("bob");
        assertThat(user.object("auth").object("accessToken").string("role")).isEqualTo("read");
        assertThat(ok(send("GET", "/api/whoami-v2", new byte[0])).string("name"))
                .isEqualTo("ada");
    }

    @Test
    void aServerThatAcceptsNoneSaysSo() throws Exception {
        served.close();
        served = new ServedRepository(repository);
        refused(post("/api/repos/create", Map.of("name", "x")), 403, "does not accept pushes");
        assertThat(send("GET", MODEL + "/xet-write-token/main", new byte[0]).statusCode())
                .isEqualTo(404);
        assertThat(repository.mgit().resolve("uploads")).exists(); // of the one before
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "..", "x.git", "a--b", "", "größe", "-x"})
    void namesNoClientWouldAcceptAreNotCreated(String name) throws Exception {
        refused(post("/api/repos/create", Map.of("name", name, "organization", "team")), 400, "is no name of a model");
        refused(post("/api/repos/create", Map.of("name", "x", "type", "dataset")), 400, "only models");
    }
}
