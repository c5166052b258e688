package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
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

/** What the Hub's clients ask for, header by header. The weights are made. */
class HubEndpointsTest {
    private static final int ELEMENTS = 700_000;
    private static final String CONFIG = "{\"a\": 1}\n";

    @TempDir
    private Path dir;

    private TestRepository repository;
    private ServedRepository served;
    private byte[] weights;
    private String head;

    @BeforeEach
    void serve() throws IOException {
        repository = TestRepository.init(Files.createDirectory(dir.resolve("repository")));
        Path model = dir.resolve("model");
        TestRepository.weights(model.resolve("model.safetensors"), 1, ELEMENTS);
        Files.writeString(model.resolve("config.json"), "{}");
        repository.ok("commit", model.toString(), "--model", "team/bert", "-m", "first\n\nfrom scratch");
        repository.ok("tag", "v1/first", "team/bert");
        weights = Files.readAllBytes(TestRepository.weights(model.resolve("model.safetensors"), 2, ELEMENTS));
        Files.writeString(model.resolve("config.json"), CONFIG);
        Files.writeString(Files.createDirectories(model.resolve("sub/deep")).resolve("notes.txt"), "notes");
        Files.writeString(
                model.resolve("README.md"), "---\nlicense: mit\nbase_model: org/base\ntags: [one]\n---\n# Bert\n");
        repository.ok("commit", model.toString(), "--model", "team/bert", "-m", "second");
        head = repository.json("show", "team/bert", "--json").string("id");
        served = new ServedRepository(repository);
    }

    @AfterEach
    void close() {
        served.close();
    }

    private JsonObject object(String path) throws Exception {
        HttpResponse<byte[]> reply = served.get(path);
        assertThat(reply.statusCode())
                .as(new String(reply.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        return Json.parseObject(reply.body());
    }

    @SuppressWarnings("unchecked")
    private static List<JsonObject> list(HttpResponse<byte[]> reply) {
        assertThat(reply.statusCode()).isEqualTo(200);
        return (List<JsonObject>) Json.parse(reply.body());
    }

    private static String header(HttpResponse<?> reply, String name) {
        return reply.headers().firstValue(name).orElse("");
    }

    @Test
    void headersOfAFileAreWhatClientsCacheBy() throws Exception {
        HttpResponse<byte[]> large = served.send("HEAD", "/team/bert/resolve/main/model.safetensors", "");
        assertThat(large.statusCode()).isEqualTo(200);
        assertThat(header(large, "X-Repo-Commit")).isEqualTo(head);
        assertThat(header(large, "ETag")).isEqualTo("\"" + hash("SHA-256", weights) + "\"");
        assertThat(header(large, "Content-Length")).isEqualTo("" + weights.length);
        assertThat(header(large, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(large.headers().map()).doesNotContainKeys("content-encoding", "location", "x-xet-hash");
        HttpResponse<byte[]> small =
                served.get("/team/bert/resolve/" + head + "/config.json", "Accept-Encoding", "gzip");
        assertThat(new String(small.body(), StandardCharsets.UTF_8)).isEqualTo(CONFIG);
        String blob = hash("SHA-1", ("blob " + CONFIG.length() + "\0" + CONFIG).getBytes(StandardCharsets.UTF_8));
        assertThat(header(small, "ETag")).isEqualTo("\"" + blob + "\"");
        assertThat(header(small, "Content-Security-Policy")).contains("sandbox");
        HttpResponse<byte[]> known =
                served.get("/team/bert/resolve/main/config.json", "If-None-Match", "\"" + blob + "\"");
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
    }

    private static String hash(String algorithm, byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 1",
        "bytes=8-99, 8, 92",
        "bytes=1048500-1048700, 1048500, 201",
        "bytes=2800000-, 2800000, -1",
        "bytes=-5, -5, -1",
        "bytes=-99999999, 0, -1",
        "bytes=5-99999999, 5, -1",
    })
    void aRangeIsThatPartOfTheFile(String range, int from, int length) throws Exception {
        int start = from < 0 ? weights.length + from : from;
        int count = length < 0 ? weights.length - start : length;
        HttpResponse<byte[]> reply = served.get("/team/bert/resolve/main/model.safetensors", "Range", range);
        assertThat(reply.statusCode()).isEqualTo(206);
        assertThat(header(reply, "Content-Range"))
                .isEqualTo("bytes " + start + "-" + (start + count - 1) + "/" + weights.length);
        assertThat(reply.body()).isEqualTo(Arrays.copyOfRange(weights, start, start + count));
    }

    @Test
    void aRangeTheFileDoesNotHaveIsRefusedAndAMalformedOneIgnored() throws Exception {
        String path = "/team/bert/resolve/main/config.json";
        for (String range : List.of("bytes=9-", "bytes=100-200", "bytes=-0")) {
            HttpResponse<byte[]> reply = served.get(path, "Range", range);
            assertThat(reply.statusCode()).as(range).isEqualTo(416);
            assertThat(header(reply, "Content-Range")).isEqualTo("bytes */" + CONFIG.length());
        }
        for (String range : List.of(
                "bytes=5-2", "bytes=-", "bytes=0-1,3-4", "items=0-1", "bytes=a-b", "bytes=99999999999999999999-")) {
            HttpResponse<byte[]> reply = served.get(path, "Range", range);
            assertThat(reply.statusCode()).as(range).isEqualTo(200);
            assertThat(reply.body()).hasSize(CONFIG.length());
        }
        assertThat(served.get(path, "Range", "bytes=0-1", "If-Range", "\"other\"")
                        .body())
                .hasSize(CONFIG.length());
    }

    @Test
    void aModelIsDescribed() throws Exception {
        JsonObject info = object("/api/models/team/bert?blobs=true");
        assertThat(info.string("id")).isEqualTo("team/bert");
        assertThat(info.string("author")).isEqualTo("team");
        assertThat(info.string("sha")).isEqualTo(head);
        assertThat(info.strings("tags")).containsExactly("one", "license:mit", "base_model:org/base");
        assertThat(info.objects("siblings").stream().map(file -> file.string("rfilename")))
                .containsExactly("README.md", "config.json", "model.safetensors", "sub/deep/notes.txt");
        assertThat(info.objects("siblings").get(2).object("lfs").string("sha256"))
                .isEqualTo(hash("SHA-256", weights));
        JsonObject first = object("/api/models/team/bert/revision/v1%2Ffirst");
        assertThat(first.string("sha")).isNotEqualTo(head);
        assertThat(object("/api/models/team/bert/revision/main~1").string("sha"))
                .isEqualTo(first.string("sha"));
        assertThat(object("/api/models/team/bert/revision/"
                                + first.string("sha").substring(0, 12))
                        .string("sha"))
                .isEqualTo(first.string("sha"));
        assertThat(list(served.get("/api/models?search=BERT&author=team&limit=5")))
                .singleElement()
                .satisfies(model -> assertThat(model.string("id")).isEqualTo("team/bert"));
        assertThat(object("/api/whoami-v2").string("type")).isEqualTo("user");
    }

    @Test
    void treesHaveTheIdsGitWouldGiveThemAndComeInPages() throws Exception {
        List<JsonObject> top = list(served.get("/api/models/team/bert/tree/main?recursive=false&expand=false"));
        assertThat(top.stream().map(entry -> entry.string("type") + " " + entry.string("path")))
                .containsExactly("file README.md", "file config.json", "file model.safetensors", "directory sub");
        // printf '100644 notes.txt\0' + its blob, in a tree 'deep' in a tree: git mktree
        assertThat(top.get(3).string("oid")).isEqualTo(treeOfNotes());
        JsonObject lfs = top.get(2).object("lfs");
        assertThat(lfs.string("oid")).isEqualTo(hash("SHA-256", weights));
        assertThat(lfs.number("pointerSize")).isEqualTo(132);
        List<String> paths = new ArrayList<>();
        String next = "/api/models/team/bert/tree/" + head + "?recursive=true&expand=false&limit=2";
        int pages = 0;
        while (!next.isEmpty()) {
            HttpResponse<byte[]> page = served.get(next);
            list(page).forEach(entry -> paths.add(entry.string("path")));
            next = header(page, "Link").replaceAll("^<(.*)>; rel=\"next\"$", "$1");
            pages++;
        }
        assertThat(pages).isEqualTo(3);
        assertThat(paths)
                .containsExactly(
                        "README.md", "config.json", "model.safetensors", "sub", "sub/deep", "sub/deep/notes.txt");
        assertThat(list(served.get("/api/models/team/bert/tree/main/sub/deep"))).hasSize(1);
    }

    private static String treeOfNotes() throws Exception {
        String blob = hash("SHA-1", "blob 5\0notes".getBytes(StandardCharsets.US_ASCII));
        return tree("40000 deep", tree("100644 notes.txt", blob));
    }

    private static String tree(String entry, String id) throws Exception {
        byte[] name = (entry + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] start = ("tree " + (name.length + 20) + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(start, start.length + name.length + 20);
        System.arraycopy(name, 0, all, start.length, name.length);
        System.arraycopy(HexFormat.of().parseHex(id), 0, all, start.length + name.length, 20);
        return hash("SHA-1", all);
    }

    @Test
    void referencesHistoryAndPathsAreListed() throws Exception {
        JsonObject refs = object("/api/models/team/bert/refs");
        assertThat(refs.objects("branches").get(0).string("targetCommit")).isEqualTo(head);
        assertThat(refs.objects("tags").get(0).string("ref")).isEqualTo("refs/tags/v1/first");
        HttpResponse<byte[]> newest = served.get("/api/models/team/bert/commits/main?p=0&limit=1");
        assertThat(list(newest).get(0).string("title")).isEqualTo("second");
        String next = header(newest, "Link").replaceAll("^<(.*)>; rel=\"next\"$", "$1");
        HttpResponse<byte[]> oldest = served.get(next);
        assertThat(list(oldest).get(0).string("message")).isEqualTo("from scratch");
        assertThat(header(oldest, "Link")).isEmpty();
        String path = "/api/models/team/bert/paths-info/main";
        assertThat(list(served.send(
                        "POST",
                        path,
                        "paths=sub%2Fdeep&paths=config.json&paths=no&expand=false",
                        "Content-Type",
                        "application/x-www-form-urlencoded")))
                .extracting(entry -> entry.string("path"))
                .containsExactly("sub/deep", "config.json");
        assertThat(list(served.send("POST", path, "{\"paths\":[\"README.md\"]}", "Content-Type", "application/json")))
                .hasSize(1);
        assertThat(served.send("POST", path, "[", "Content-Type", "application/json")
                        .statusCode())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/models/nobody/nothing, RepoNotFound",
        "/api/models/team, RepoNotFound",
        "/nobody/nothing/resolve/main/config.json, RepoNotFound",
        "/api/models/team/bert/revision/no, RevisionNotFound",
        "/api/models/team/bert/revision/main~9, RevisionNotFound",
        "/api/models/team/bert/revision/refs%2Fnotes%2Fmgit%2Fedges, RevisionNotFound",
        "/api/models/team/bert/tree/0123456789012345678901234567890123456789, RevisionNotFound",
        "/team/bert/resolve/no/config.json, RevisionNotFound",
        "/team/bert/resolve/main/no.json, EntryNotFound",
        "/team/bert/resolve/main/sub, EntryNotFound",
        "/api/models/team/bert/tree/main/no, EntryNotFound",
    })
    void whatIsNotThereIsToldApart(String path, String code) throws Exception {
        HttpResponse<byte[]> reply = served.get(path);
        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(header(reply, "X-Error-Code")).isEqualTo(code);
        assertThat(header(reply, "X-Error-Message")).isNotEmpty();
        assertThat(header(reply, "X-Repo-Commit")).isEqualTo(code.equals("EntryNotFound") ? head : "");
        assertThat(served.warnings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/team/bert/resolve/main/../../../config.json",
                "/team/bert/resolve/main/%2e%2e/%2e%2e/config.json",
                "/team/bert/resolve/main/..%2f..%2f.mgit%2fconfig",
                "/team/bert/resolve/main//etc/passwd",
                "/team/bert/resolve/main/%2Fetc%2Fpasswd",
                "/team/bert/resolve/main/mgit/version.json",
                "/team/bert/resolve/..%2Fmain/config.json",
                "/team/bert/resolve/HEAD:files/config.json",
                "/team/bert/resolve/main%5E%7Btree%7D/config.json",
                "/../team/resolve/main/config.json",
                "/%2e%2e%2frefs/resolve/main/config.json",
                "/.mgit/config",
                "/team/bert/resolve/--help/config.json",
                "/team/bert/resolve/%2A/config.json",
                "/api/models/team/bert/tree/main/..",
            })
    void noPathLeadsOutOfTheVersion(String path) throws Exception {
        HttpResponse<byte[]> reply = served.get(path);
        assertThat(reply.statusCode()).isIn(400, 404);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).startsWith("{\"error\":");
        assertThat(served.warnings()).isEmpty();
    }

    @Test
    void noStoreIsOpenedForWhatGitKnows() throws Exception {
        try (Stream<Path> files = Files.walk(repository.mgit().resolve("parameters"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.delete(file);
            }
        }
        assertThat(served.send("HEAD", "/team/bert/resolve/main/model.safetensors", "")
                        .statusCode())
                .isEqualTo(200);
        for (String path : List.of("", "/refs", "/tree/main?recursive=true", "/commits/main", "/revision/v1%2Ffirst")) {
            assertThat(served.get("/api/models/team/bert" + path).statusCode()).isEqualTo(200);
        }
        assertThat(served.get("/team/bert/resolve/main/config.json").statusCode())
                .isEqualTo(200);
        assertThat(served.get("/team/bert/resolve/main/model.safetensors").statusCode())
                .isEqualTo(500);
    }

    @Test
    void whatIsCommittedMeanwhileIsServed() throws Exception {
        assertThat(served.get("/team/bert/resolve/main/model.safetensors").body())
                .isEqualTo(weights);
        byte[] newer = Files.readAllBytes(
                TestRepository.weights(dir.resolve("model").resolve("model.safetensors"), 3, ELEMENTS));
        repository.ok("commit", dir.resolve("model").toString(), "--model", "team/bert");
        assertThat(served.get("/team/bert/resolve/main/model.safetensors").body())
                .isEqualTo(newer);
        repository.ok("rm", "team/bert");
        assertThat(served.get("/api/models/team/bert").statusCode()).isEqualTo(404);
    }

    @Test
    void ofADamagedBlockNothingIsSent() throws Exception {
        int sound = DamagedBlock.second(repository, "team/bert", "model.safetensors");
        assertThatThrownBy(() -> served.get("/team/bert/resolve/main/model.safetensors"))
                .isInstanceOf(IOException.class);
        assertThat(served.warnings()).singleElement().asString().contains("tensor 'w'", "block");
        HttpResponse<byte[]> within =
                served.get("/team/bert/resolve/main/model.safetensors", "Range", "bytes=" + sound + "-");
        assertThat(within.statusCode()).isEqualTo(500);
        HttpResponse<byte[]> before =
                served.get("/team/bert/resolve/main/model.safetensors", "Range", "bytes=0-" + (sound - 1));
        assertThat(before.body()).isEqualTo(Arrays.copyOf(weights, sound));
    }

    @Test
    void eightClientsAtOnceGetTheirBytes() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int client = 0; client < 8; client++) {
                int seed = client;
                all.add(clients.submit(() -> {
                    for (int i = 0; i < 4; i++) {
                        int from = (seed * 4 + i) * 80_000;
                        HttpResponse<byte[]> part =
                                served.get("/team/bert/resolve/main/model.safetensors", "Range", "bytes=" + from + "-");
                        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(weights, from, weights.length));
                        object("/api/models/team/bert/refs");
                    }
                    return null;
                }));
            }
            for (Future<?> client : all) {
                client.get();
            }
        } finally {
            clients.shutdown();
        }
        assertThat(served.warnings()).isEmpty();
    }

    @Test
    void namesThatClientsDoNotTakeAreEscaped() throws Exception {
        repository.ok("branch", "a/b/c+d", "team/bert");
        List<String> ids = list(served.get("/api/models")).stream()
                .map(model -> model.string("id"))
                .toList();
        assertThat(ids).contains("a/b_x2Fc_x2Bd");
        assertThat(object("/api/models/a/b_x2Fc_x2Bd").string("sha")).isEqualTo(head);
        assertThat(object("/api/models/a%2Fb%2Fc+d").string("sha")).isEqualTo(head);
    }
}
