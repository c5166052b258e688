package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Await;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.serve.web.WebView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JSON interface, held against its own OpenAPI document. */
class WebInterfaceTest {
    private static final String API = "/api/mgit/v1";

    @TempDir
    private Path dir;

    private TestRepository repository;
    private ServedRepository served;
    private JsonObject document;

    @BeforeEach
    void serve() throws Exception {
        repository = TestRepository.init(Files.createDirectory(dir.resolve("repository")));
        Path model = dir.resolve("model");
        TestRepository.weights(model.resolve("model.safetensors"), 1, 5000);
        repository.ok("commit", model.toString(), "--model", "team/base", "-m", "first");
        repository.ok("tag", "v1", "team/base");
        TestRepository.weights(model.resolve("model.safetensors"), 2, 5000);
        repository.ok("commit", model.toString(), "--model", "tuned", "--from", "team/base=finetune", "-m", "tuned");
        repository.ok(
                "run",
                "--model",
                "made",
                "--from",
                "tuned",
                "--",
                "sh",
                "-c",
                "cp -r \"$0\"/. \"$1\"; echo printed",
                "{parent1}",
                "{output}");
        TestRepository.weights(model.resolve("model.safetensors"), 3, 5000);
        repository.ok("commit", model.toString(), "--model", "tuned", "-m", "again");
        served = new ServedRepository(repository);
        document = json(API + "/openapi.json");
    }

    @AfterEach
    void close() {
        served.close();
    }

    private JsonObject json(String path) throws Exception {
        var reply = new AtomicReference<>(served.get(path));
        Await.until("there is an answer to " + path, () -> {
            reply.set(served.get(path));
            return reply.get().statusCode() != 202;
        });
        assertThat(reply.get().statusCode()).as(path).isEqualTo(200);
        return Json.parseObject(reply.get().body());
    }

    @Test
    void everyRouteIsInTheDocumentAndNoOther() throws IOException {
        Set<String> routes = new TreeSet<>();
        try (var web = new WebView(
                () -> {
                    try {
                        return Repository.open(repository.root());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                Map.of())) {
            web.routes().stream()
                    .map(route -> route.path())
                    .filter(path -> path.startsWith(API))
                    .forEach(path -> routes.add(path.substring(API.length())));
        }
        assertThat(document.object("paths").members().keySet()).containsExactlyInAnyOrderElementsOf(routes);
    }

    @Test
    void answersAreAsTheDocumentSays() throws Exception {
        Map<String, String> requests = Map.of(
                "/graph", "/graph?of=tuned&depth=2",
                "/search", "/search?q=t",
                "/versions/{revision}", "/versions/made",
                "/versions/{revision}/tensors", "/versions/team%2Fbase/tensors?limit=1",
                "/versions/{revision}/storage", "/versions/tuned/storage",
                "/diff", "/diff?a=team/base&b=tuned",
                "/stale", "/stale?look=all",
                "/update", "/update");
        for (Map.Entry<String, String> request : requests.entrySet()) {
            JsonObject schema = document.object("paths")
                    .object(request.getKey())
                    .object("get")
                    .object("responses")
                    .object("200")
                    .object("content")
                    .object("application/json")
                    .object("schema");
            requireFits(json(API + request.getValue()), schema, request.getValue());
        }
    }

    /** Types, members that must be there, and no member that is not described. */
    private void requireFits(@Nullable Object value, JsonObject schema, String where) {
        if (schema.has("$ref")) {
            String name = schema.string("$ref").replace("#/components/schemas/", "");
            requireFits(value, document.object("components").object("schemas").object(name), where);
            return;
        }
        switch (schema.string("type")) {
            case "object" -> {
                assertThat(value).as(where).isInstanceOf(JsonObject.class);
                JsonObject object = (JsonObject) value;
                assertThat(object.members().keySet()).as(where).containsAll(schema.strings("required"));
                if (schema.has("properties")) {
                    JsonObject known = schema.object("properties");
                    object.members().forEach((name, member) -> {
                        assertThat(known.members().keySet()).as(where).contains(name);
                        requireFits(member, known.object(name), where + " " + name);
                    });
                }
            }
            case "array" -> {
                assertThat(value).as(where).isInstanceOf(List.class);
                ((List<?>) value).forEach(item -> requireFits(item, schema.object("items"), where + " []"));
            }
            case "string" -> assertThat(value).as(where).isInstanceOf(String.class);
            case "boolean" -> assertThat(value).as(where).isInstanceOf(Boolean.class);
            case "integer" -> assertThat(value).as(where).isInstanceOf(Long.class);
            default -> assertThat(value).as(where).isInstanceOf(Number.class);
        }
    }

    @Test
    void theGraphNamesEdgesAndWhatIsStale() throws Exception {
        JsonObject graph = json(API + "/graph?of=tuned~1&depth=1");
        assertThat(graph.objects("nodes"))
                .extracting(node -> node.string("label"))
                .containsExactlyInAnyOrder("team/base", "tuned~1", "tuned", "made");
        assertThat(graph.objects("edges"))
                .extracting(edge -> edge.string("kind") + " " + edge.string("source"))
                .containsExactlyInAnyOrder("finetune declared", "version version", "finetune declared");
        assertThat(graph.objects("nodes").stream().filter(node -> node.has("stale")))
                .extracting(node -> node.string("label") + ": " + node.string("stale"))
                .containsExactly("made: 1 behind tuned");
    }

    @Test
    void theDiffIsTheOneTheCommandMakes() throws Exception {
        JsonObject mine = json(API + "/diff?a=team/base&b=tuned");
        JsonObject command = repository.json("diff", "team/base", "tuned", "--json");
        assertThat(mine.string("reading")).isEqualTo(command.string("reading"));
        assertThat(mine.object("counts")).isEqualTo(command.object("counts"));
        assertThat(mine.objects("layers")).isEqualTo(command.objects("layers"));
        assertThat(mine.flag("measured")).isTrue();
    }

    @Test
    void tensorsComeInPages() throws Exception {
        JsonObject all = json(API + "/versions/tuned/tensors");
        assertThat(all.number("total")).isEqualTo(1);
        assertThat(all.objects("tensors").get(0).string("name")).isEqualTo("w");
        assertThat(json(API + "/versions/tuned/tensors?from=1").objects("tensors"))
                .isEmpty();
        assertThat(json(API + "/versions/tuned/tensors?q=nothing").number("total"))
                .isZero();
    }

    @Test
    void searchFindsModelsTagsAndRevisions() throws Exception {
        assertThat(json(API + "/search?q=v1").objects("results"))
                .extracting(found -> found.string("what"))
                .containsExactly("tag");
        assertThat(json(API + "/search?q=BASE").objects("results"))
                .extracting(found -> found.string("name"))
                .containsExactly("team/base");
        assertThat(json(API + "/search?q=tuned~1").objects("results"))
                .extracting(found -> found.string("what"))
                .containsExactly("version");
        assertThat(json(API + "/search?q=" + repository.id("tuned")).objects("results"))
                .hasSize(1);
    }

    @Test
    void searchFindsVersionsByTheWordsOfTheirMessage() throws Exception {
        repository.ok("commit", dir.resolve("model").toString(), "--model", "other", "-m", "Fix LoRA\n\nrank was 8");
        assertThat(json(API + "/search?q=first").objects("results"))
                .extracting(found -> found.string("name"), found -> found.string("what"))
                .containsExactly(tuple("team/base", "version"));
        assertThat(json(API + "/search?q=rank%20lora").objects("results"))
                .extracting(found -> found.string("subject"))
                .containsExactly("Fix LoRA");
        assertThat(json(API + "/search?q=rank%20first").objects("results")).isEmpty();
        assertThat(json(API + "/search?q=again&limit=1").objects("results"))
                .singleElement()
                .satisfies(found -> assertThat(found.string("id")).startsWith(repository.id("tuned")));
        assertThat(json(API + "/search?q=tuned").objects("results"))
                .extracting(found -> found.string("name"))
                .containsExactly("tuned", "tuned~1");
    }

    @Test
    void anUpdateIsSeenWithItsLog() throws Exception {
        assertThat(json(API + "/update").has("update")).isFalse();
        repository.ok("update", "tuned");
        JsonObject update = json(API + "/update");
        assertThat(update.flag("inProgress")).isFalse();
        assertThat(update.object("update").objects("units").get(0).string("state"))
                .isEqualTo("passed");
        assertThat(update.object("update").has("logs")).isFalse();
        assertThat(json(API + "/update/log?model=made").string("out")).isEqualTo("printed\n");
        assertThat(served.get(API + "/update/log?model=nobody").statusCode()).isEqualTo(400);
    }

    @Test
    void aRunningUpdateIsSeenWhileItRuns() throws Exception {
        Path go = Files.createFile(dir.resolve("go"));
        repository.ok(
                "run",
                "--model",
                "slow",
                "--from",
                "made",
                "--",
                "sh",
                "-c",
                "echo begun; " + Await.forFile(go) + "; cp -r \"$0\"/. \"$1\"",
                "{parent1}",
                "{output}");
        Files.delete(go);
        CompletableFuture<String> update = CompletableFuture.supplyAsync(() -> repository.ok("update", "tuned"));
        Await.until("the update works on 'slow'", () -> state("slow").equals("running"));
        JsonObject facts = json(API + "/update");
        assertThat(facts.flag("inProgress")).isTrue();
        assertThat(facts.flag("running")).isTrue();
        assertThat(facts.object("process").flag("alive")).isTrue();
        assertThat(state("made")).isEqualTo("passed");
        Await.until(
                "the command has begun",
                () -> json(API + "/update/log?model=slow").string("out").equals("begun\n"));
        Files.createFile(go);
        Await.until("the update has ended", update::isDone);
        assertThat(update.get()).isNotEmpty();
        assertThat(state("slow")).isEqualTo("passed");
        assertThat(json(API + "/update").flag("running")).isFalse();
    }

    private String state(String model) throws Exception {
        JsonObject facts = json(API + "/update");
        List<JsonObject> units = facts.has("update") ? facts.object("update").objects("units") : List.of();
        return units.stream()
                .filter(unit -> unit.strings("models").contains(model))
                .map(unit -> unit.string("state"))
                .findFirst()
                .orElse("");
    }

    @Test
    void mistakesAreToldInOneSentence() throws Exception {
        HttpResponse<byte[]> reply = served.get(API + "/versions/tunde");
        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(Json.parseObject(reply.body()).string("error")).contains("tunde");
        assertThat(served.get(API + "/graph?depth=x").statusCode()).isEqualTo(400);
        assertThat(served.get(API + "/diff?a=tuned").statusCode()).isEqualTo(400);
    }
}
