package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pages as a browser without JavaScript gets them, of a repository whose names and messages mean harm. */
class WebPagesTest {
    private static final String HOSTILE = "<script>alert(1)</script>\u202e\u001b[31m\"onload='x";
    private static final Pattern HIDDEN =
            Pattern.compile("[\\p{Cntrl}&&[^\n]]|[\u200b-\u200f\u202a-\u202e\u2066-\u2069]");
    private static final Pattern INLINE =
            Pattern.compile("<style|<script(?![^>]* src=)|<[^>]* (?:style|on\\w+)=|javascript:");

    @TempDir
    private Path dir;

    private TestRepository repository;
    private ServedRepository served;
    private String base;

    @BeforeEach
    void serve() throws IOException {
        repository = TestRepository.init(Files.createDirectory(dir.resolve("repository")));
        Path model = Files.createDirectory(dir.resolve("model"));
        String header = "{\"w<b>\\u202e\\u001b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
        Files.write(model.resolve("model.safetensors"), TestRepository.safetensors(header, new byte[8]));
        Files.writeString(model.resolve("<i>.json"), "{\"<u>\": 1}");
        repository.ok("commit", model.toString(), "--model", "base", "-m", HOSTILE);
        base = repository.json("show", "base", "--json").string("id");
        Files.write(
                model.resolve("model.safetensors"),
                TestRepository.safetensors(header, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
        Files.writeString(model.resolve("<i>.json"), "{\"<u>\": \"<s>\"}");
        repository.ok(
                "commit",
                model.toString(),
                "--model",
                "tuned&co",
                "--from",
                "base=finetune",
                "-m",
                HOSTILE,
                "--trailer",
                "Note=" + HOSTILE);
        repository.ok("commit", model.toString(), "--model", "base", "-m", "next");
        repository.ok("tag", "v1<b>", "base");
        served = new ServedRepository(repository);
    }

    @AfterEach
    void close() {
        served.close();
    }

    private List<String> pages() {
        return List.of(
                "/",
                "/?of=base&depth=1&kind=finetune",
                "/-/models",
                "/-/models?q=%3Cscript%3E",
                "/-/version/base",
                "/-/version/tuned%26co",
                "/-/version/tuned%26co/tensors",
                "/-/version/tuned%26co/tensors?q=%22%3E%3Cscript%3E",
                "/-/diff",
                "/-/diff?a=base~1&b=tuned%26co",
                "/-/stale",
                "/-/update",
                "/-/api");
    }

    private String page(String path) throws Exception {
        HttpResponse<byte[]> reply = served.get(path);
        for (int i = 0; reply.headers().firstValue("Refresh").isPresent() && i < 100; i++) {
            reply = served.get(path); // a comparison that takes longer than one waits for it
        }
        assertThat(reply.statusCode()).as(path).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    @Test
    void noNameBecomesMarkupAndNothingIsHidden() throws Exception {
        for (String path : pages()) {
            String html = page(path);
            assertThat(html).as(path).doesNotContain("<script>alert", "<b>", "<i>", "<u>", "<s>", "onload='x");
            assertThat(HIDDEN.matcher(html).find()).as(path).isFalse();
            assertThat(INLINE.matcher(html).find()).as(path).isFalse();
        }
        assertThat(page("/-/version/tuned%26co"))
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;\\u202e\\x1b[31m&quot;onload=&#39;x", "tuned&amp;co");
    }

    @Test
    void whatAMessageSaysIsFound() throws Exception {
        assertThat(page("/-/models?q=NEXT"))
                .contains(">base</a>", "<td>next</td>")
                .doesNotContain("tuned");
        assertThat(page("/-/models?q=nowhere")).contains("Nothing.");
    }

    @Test
    void pagesLetABrowserRunAndLoadOnlyTheServersOwn() throws Exception {
        for (String path :
                Stream.concat(pages().stream(), Stream.of("/-/version/nobody")).toList()) {
            Map<String, List<String>> headers = served.get(path).headers().map();
            String policy =
                    headers.getOrDefault("content-security-policy", List.of("")).get(0);
            assertThat(policy)
                    .as(path)
                    .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
                    .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
                    .doesNotContain("unsafe", "*", "data:");
            assertThat(headers).containsEntry("x-content-type-options", List.of("nosniff"));
            assertThat(headers).containsEntry("x-frame-options", List.of("DENY"));
            assertThat(headers).containsEntry("cross-origin-resource-policy", List.of("same-origin"));
        }
    }

    @Test
    void everyLinkOfEveryPageLeadsSomewhere() throws Exception {
        Pattern link = Pattern.compile("(?:href|src)=\"([^\"#]+)");
        for (String path : pages()) {
            List<String> links = link.matcher(page(path))
                    .results()
                    .map(found -> found.group(1))
                    .distinct()
                    .toList();
            for (String target : links) {
                assertThat(target).as(path).startsWith("/");
                assertThat(served.get(target.replace("&amp;", "&")).statusCode())
                        .as(path + " -> " + target)
                        .isIn(200, 202);
            }
        }
    }

    @Test
    void thePageOfAVersionTellsWhatIsKnownOfIt() throws Exception {
        assertThat(page("/-/version/tuned%26co"))
                .contains(
                        base, "finetune", "declared", "&lt;i&gt;.json", "safetensors", "F32", "w&lt;b&gt;\\u202e\\x1b")
                .contains("Storage", "Compare with base~1", "Note");
        assertThat(page("/-/version/base~1")).contains("Made from it", "tuned&amp;co", "base");
        assertThat(page("/-/version/" + base.substring(0, 12))).contains(base);
    }

    @Test
    void theGraphIsAListToo() throws Exception {
        assertThat(page("/")).contains("Versions in view", "3 of 3 versions", "1 behind base", "v1&lt;b&gt;");
        assertThat(page("/?of=base~1&depth=0")).contains("1 of 3 versions", "+2 children");
    }

    @Test
    void staleModelsAreNamedWithWhatHasChanged() throws Exception {
        assertThat(page("/-/stale")).contains("tuned&amp;co", "parent", "no-recipe");
    }

    @Test
    void theFilesOfAVersionAreDownloadedFromItsPage() throws Exception {
        String page = page("/-/version/tuned%26co");
        List<String> links = Pattern.compile("href=\"(/[^\"]*/resolve/[^\"]*)\" download")
                .matcher(page)
                .results()
                .map(found -> found.group(1).replace("&amp;", "&"))
                .toList();

        assertThat(links).hasSize(2);
        HttpResponse<byte[]> settings = served.get(links.get(0));
        assertThat(new String(settings.body(), StandardCharsets.UTF_8)).isEqualTo("{\"<u>\": \"<s>\"}");
        assertThat(settings.headers().map())
                .containsEntry("content-disposition", List.of("attachment; filename*=UTF-8''%3Ci%3E.json"))
                .containsEntry("content-type", List.of("application/octet-stream"))
                .containsEntry("content-security-policy", List.of("default-src 'none'; sandbox"))
                .containsEntry("x-content-type-options", List.of("nosniff"));
        assertThat(served.get(links.get(1)).body()).endsWith(1, 2, 3, 4, 5, 6, 7, 8);
        assertThat(served.get(links.get(1).replace("?download=true", ""))
                        .headers()
                        .map())
                .doesNotContainKey("content-disposition");
    }

    @Test
    void twoVersionsStandSideBySideWithAColorForEachLayer() throws Exception {
        assertThat(page("/-/diff?a=base~1&b=tuned%26co"))
                .contains("base~1", "tuned&amp;co", "class=\"heat h8\"", "JSON members", "&lt;i&gt;.json");
    }

    @Test
    void whatDoesNotExistIsSaidOnAPage() throws Exception {
        HttpResponse<byte[]> reply = served.get("/-/version/bass");
        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8))
                .contains("<h1>Not found</h1>", "bass", "did you mean");
        assertThat(served.get("/?kind=nonsense").statusCode()).isEqualTo(400);
        assertThat(served.get("/?open=nonsense").statusCode()).isEqualTo(400);
        assertThat(served.get("/-/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void nothingButWhatIsThereIsServedAsAnAsset() throws Exception {
        HttpResponse<byte[]> script = served.get("/-/static/graph.js");
        assertThat(script.headers().firstValue("Content-Type")).hasValue("text/javascript; charset=utf-8");
        String etag = script.headers().firstValue("ETag").orElseThrow();
        assertThat(served.get("/-/static/graph.js", "If-None-Match", etag).statusCode())
                .isEqualTo(304);
        for (String name : List.of("..%2Fgraph.js", "vendor", "openapi.json", "%2Fetc%2Fpasswd", "graph.js%2F..")) {
            assertThat(served.get("/-/static/" + name).statusCode()).as(name).isEqualTo(404);
        }
    }

    @Test
    void pagesOfOtherOriginsMayLinkHereAndNoMore() throws Exception {
        for (String site : List.of("cross-site", "same-site")) {
            assertThat(served.get("/", "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "navigate")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(served.get("/api/mgit/v1/graph", "Sec-Fetch-Site", site, "Sec-Fetch-Mode", "no-cors")
                            .statusCode())
                    .isEqualTo(403);
        }
        assertThat(served.get("/api/mgit/v1/graph", "Origin", "http://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(served.get("/api/mgit/v1/graph", "Sec-Fetch-Site", "same-origin")
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void noOtherOriginSendsItsVisitorsToWhatAsksPrograms() throws Exception {
        String thorough = "/-/stale?look=all";
        assertThat(served.get(thorough, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate")
                        .statusCode())
                .isEqualTo(403);
        assertThat(served.get(thorough, "Sec-Fetch-Site", "same-origin", "Sec-Fetch-Mode", "navigate")
                        .statusCode())
                .isEqualTo(200);
        assertThat(page(thorough)).contains("tuned&amp;co");
    }

    @Test
    void anEmptyRepositoryHasPagesToo() throws Exception {
        TestRepository empty = TestRepository.init(Files.createDirectory(dir.resolve("empty")));
        try (var alone = new ServedRepository(empty)) {
            String html = new String(alone.get("/").body(), StandardCharsets.UTF_8);
            assertThat(html).contains("No models yet", "mgit commit PATH --model NAME");
            for (String path : List.of("/-/models", "/-/stale", "/-/update", "/api/mgit/v1/graph")) {
                assertThat(alone.get(path).statusCode()).as(path).isEqualTo(200);
            }
        }
    }

    @Test
    void nothingCanBeChanged() throws Exception {
        for (String path : pages()) {
            for (String method : List.of("POST", "PUT", "DELETE")) {
                assertThat(served.send(method, path, "").statusCode())
                        .as(method + " " + path)
                        .isEqualTo(405);
            }
        }
    }

    @Test
    void aLogOutsideTheRepositoryIsNotRead() throws Exception {
        Files.writeString(dir.resolve("m.out.log"), "secret");
        Path logs = Files.createDirectories(repository.mgit().resolve("hooks/logs"));
        Map<String, Object> unit = Map.of(
                "models",
                List.of("m"),
                "state",
                "passed",
                "detail",
                "",
                "gate",
                false,
                "reused",
                false,
                "reasons",
                List.of(),
                "before",
                Map.of("m", base),
                "after",
                Map.of());
        Map<String, Object> report = Map.of(
                "id", "01234567", "target", "m", "state", "done", "units", List.of(unit), "logs", dir.toString());
        Files.write(logs.resolve("last.json"), Json.bytes(report));
        HttpResponse<byte[]> reply = served.get("/api/mgit/v1/update/log?model=m");
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).doesNotContain("secret");
        Files.createDirectories(logs.resolve("01234567"));
        Files.createSymbolicLink(logs.resolve("01234567/m.out.log"), dir.resolve("m.out.log"));
        reply = served.get("/api/mgit/v1/update/log?model=m");
        assertThat(reply.statusCode()).isEqualTo(403);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).doesNotContain("secret");
        assertThat(page("/-/update")).contains("passed").doesNotContain(dir.toString());
    }

    @Test
    void aCommitMadeMeanwhileIsThereOnTheNextLook() throws Exception {
        assertThat(page("/")).contains("3 of 3 versions");
        repository.ok("commit", dir.resolve("model").toString(), "--model", "newcomer", "-m", "here");
        assertThat(page("/")).contains("4 of 4 versions", "newcomer");
    }
}
