package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations, experts, shards, headers and graphs that are wrong: one sentence each, and nothing is committed. */
class RefusedArchitectureTest {
    private static final int FAILED = 1;
    private static final int REMOTE = 7;
    private static final String SEARCHED =
            "{\"hidden_size\":8,\"num_hidden_layers\":2,\"num_attention_heads\":2,\"block_configs\":["
                    + "{\"attention\":{\"no_op\":false,\"n_heads_in_group\":2},\"ffn\":{\"ffn_mult\":2.625}},"
                    + "{\"attention\":{\"replace_with_linear\":true},\"ffn\":{\"no_op\":true}}]}";
    private static final String HYBRID =
            "{\"num_hidden_layers\":2,\"num_attention_heads\":2,\"hybrid_override_pattern\":\"M-\",\"n_routed_experts\":2}";
    private static final String GRAPH = "{\"root\":[\"a\"],\"nodes\":{"
            + "\"a\":{\"output_dir\":\"a\",\"model_type\":\"bert\",\"is_delta\":false,\"test_name_list\":[\"t\"],"
            + "\"test_result_dict\":{\"t\":0.9},\"parent_dict\":{\"adapted\":[],\"versioned\":[]}},"
            + "\"b\":{\"output_dir\":\"b\",\"model_type\":\"bert\",\"parent_dict\":{\"adapted\":[\"a\"],\"versioned\":[]}}},"
            + "\"log\":{},\"entanglement_tracker\":{\"global_to_hash\":{\"1\":\"x\"}},\"init_tracker\":{},"
            + "\"model_type_to_tests\":{\"bert\":[\"r\"]},\"test_dict\":{},\"param_home\":\"./parameter_store/\"}";

    @TempDir
    private Path temp;

    private TestRepository repository;

    @BeforeEach
    void start() throws IOException {
        repository = TestRepository.init(temp.resolve("repository"));
    }

    private Path model(String name, String config) throws IOException {
        Path folder = Files.createDirectories(repository.root().resolve(name));
        String header = "{\"model.embed_tokens.weight\":{\"dtype\":\"F32\",\"shape\":[10,8],\"data_offsets\":[0,320]},"
                + "\"model.layers.0.mlp.up_proj.weight\":{\"dtype\":\"F32\",\"shape\":[8,8],\"data_offsets\":[320,576]}}";
        Files.write(folder.resolve("model.safetensors"), TestRepository.safetensors(header, new byte[576]));
        Files.writeString(folder.resolve("config.json"), config);
        return folder;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"num_hidden_layers\":2 | \"num_hidden_layers\":3 | num_hidden_layers is 3, but block_configs has 2",
                "\"attention\":{\"no  | \"attn\":{\"no            | block 0: there is no attention",
                "\"n_heads_in_group\":2 | \"n_heads_in_group\":3 | which does not divide the 2 heads",
                "\"num_attention_heads\":2, | ``                 | there is no num_attention_heads",
                "2.625               | -1                         | ffn_mult is -1, not a factor",
                "2.625               | 1e300                      | ffn_mult is 1.0E300, not a factor",
                "2.625               | NaN                        | NaN",
                "\"no_op\":true      | \"no_op\":1                | block 1: no_op is 1, not true or false",
                "\"ffn\":{\"no_op\":true} | \"ffn\":[]            | block 1: ffn is [], not an object",
                "\"hidden_size\":8,  | ``                         | there is no hidden_size",
            })
    void blocksThatCannotBe(String right, String wrong, String sentence) throws IOException {
        assertThat(SEARCHED).contains(right);
        model("parent", SEARCHED);
        model("child", SEARCHED.replace(right, wrong));
        repository.refuses(FAILED, sentence, "diff", "--blocks", "parent", "child");
        repository.refuses(FAILED, sentence, "inspect", "child");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MX        | 'X' is no layer in the pattern of layers",
                "M-*       | num_hidden_layers is 2, but the pattern of layers has 3",
                "/         | num_hidden_layers is 2, but the pattern of layers has 0",
            })
    void patternsThatCannotBe(String pattern, String sentence) throws IOException {
        model("parent", HYBRID);
        model("child", HYBRID.replace("M-", pattern));
        repository.refuses(FAILED, sentence, "diff", "--blocks", "parent", "child");
        repository.refuses(
                FAILED,
                "more than 100000 letters",
                "inspect",
                model("long", HYBRID.replace("M-", "M".repeat(100_001))).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {SEARCHED, HYBRID})
    void anyOneWrongValueOfAConfiguration(String good) throws IOException {
        model("parent", good);
        Map<String, Cli.Ran> wrong = new LinkedHashMap<>();
        for (Map.Entry<String, String> broken : BrokenJson.each(good).entrySet()) {
            model("child", broken.getValue());
            wrong.put(broken.getKey(), repository.run("diff", "--blocks", "parent", "child"));
        }
        assertThat(wrong).allSatisfy((what, ran) -> {
            if (ran.exit() != 0) {
                TestRepository.assertRefused(ran, FAILED, "child: ");
            }
            assertThat(ran.out() + ran.err()).as(what).doesNotContain("JsonObject", "Optional");
        });
    }

    @Test
    void expertsThatAreNone() throws IOException {
        model("dense", "{}");
        model("other", "{}");
        repository.refuses(FAILED, "has no experts", "diff", "--experts", "dense", "other");
        Path cut = model("cut", "{}").resolve("model.safetensors");
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 100));
        repository.refuses(FAILED, "model.safetensors", "diff", "--experts", "dense", "cut");
    }

    @Test
    void shardsThatAreNone() throws IOException {
        Path save = temp.resolve("tp2");
        MegatronSaves.unpack("tp2", save);
        Path rank = save.resolve("iter_0000100/mp_rank_01/model_optim_rng.pt");
        byte[] good = Files.readAllBytes(rank);
        String[] command = {"commit", "--megatron", save.toString(), "--model", "m"};
        for (int length : new int[] {0, 1, 4, 100, good.length / 2, good.length - 30}) {
            Files.write(rank, Arrays.copyOf(good, length));
            repository.refuses(FAILED, "mp_rank_01/model_optim_rng.pt", command);
        }
        Files.writeString(rank, "[".repeat(100_000));
        repository.refuses(FAILED, "mp_rank_01/model_optim_rng.pt", command);
        Files.delete(rank);
        Files.createDirectory(rank);
        repository.refuses(FAILED, "tensor_model_parallel_size is 2, but there is 1 rank", command);
        Files.delete(rank);
        Files.write(rank, good);
        Path latest = save.resolve("latest_checkpointed_iteration.txt");
        for (String text : new String[] {"", "NaN", "-1", "99999999999999999999", "1e3", "\u0000"}) {
            Files.writeString(latest, text);
            repository.refuses(FAILED, "latest_checkpointed_iteration.txt", command);
        }
        Files.writeString(latest, "7");
        repository.refuses(FAILED, "iter_0000007", command);
    }

    @Test
    void headersOfAServerThatLies() throws IOException {
        byte[] file = Files.readAllBytes(model("served", "{}").resolve("model.safetensors"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        answer(server, "short", "bytes %d-%d/" + file.length, Arrays.copyOf(file, 5));
        answer(server, "unsaid", "", file);
        answer(server, "none", "bytes */10", file);
        answer(server, "negative", "bytes -5-%2$d/" + file.length, file);
        answer(server, "text", "bytes %d-%d/many", file);
        answer(server, "cut", "bytes %d-%d/100", Arrays.copyOf(file, 100));
        answer(server, "empty", "bytes 0-0/0", new byte[0]);
        server.start();
        try {
            for (String lie : new String[] {"short", "unsaid", "none", "negative", "text", "cut", "empty"}) {
                String address = "http://" + server.getAddress().getHostString() + ":"
                        + server.getAddress().getPort() + "/" + lie + "/model.safetensors";
                Cli.Ran ran = repository.run("inspect", address);
                TestRepository.assertRefused(ran, lie.matches("cut|empty") ? FAILED : REMOTE, "model.safetensors");
            }
        } finally {
            server.stop(0);
        }
    }

    private static void answer(HttpServer server, String path, String range, byte[] body) {
        server.createContext("/" + path + "/", exchange -> {
            String[] asked =
                    exchange.getRequestHeaders().getFirst("Range").substring(6).split("-");
            long first = Long.parseLong(asked[0]);
            long last = Math.min(body.length - 1, Long.parseLong(asked[1]));
            if (!range.isEmpty()) {
                exchange.getResponseHeaders().set("Content-Range", String.format(range, first, last));
            }
            byte[] part = first > last ? new byte[0] : Arrays.copyOfRange(body, (int) first, (int) last + 1);
            exchange.sendResponseHeaders(206, part.length == 0 ? -1 : part.length);
            exchange.getResponseBody().write(part);
            exchange.close();
        });
    }

    @Test
    void anyOneWrongValueOfAGraph() throws IOException {
        Path graph = repository.root().resolve("lineage_graph.json");
        Map<String, Cli.Ran> wrong = new LinkedHashMap<>();
        Map<String, String> broken = new LinkedHashMap<>(BrokenJson.each(GRAPH, List.of("NaN", "\"text\"", "{}")));
        broken.put("empty", "");
        broken.put("no JSON", "hello");
        broken.put("cut off", GRAPH.substring(0, GRAPH.length() / 2));
        broken.put("nested", "[".repeat(100_000));
        broken.put("a node twice", GRAPH.replace("\"b\":{", "\"a\":{"));
        for (Map.Entry<String, String> one : broken.entrySet()) {
            Files.write(graph, one.getValue().getBytes(StandardCharsets.UTF_8));
            wrong.put(one.getKey(), repository.run("import", "--mgit", graph.toString()));
        }
        assertThat(wrong).allSatisfy((what, ran) -> {
            assertThat(ran.exit()).as(what).isEqualTo(FAILED);
            assertThat(ran.err()).as(what).isNotEmpty().doesNotContain("internal", "Exception", "JsonObject[", "\tat ");
        });
        Files.delete(graph);
        Files.createDirectory(graph);
        repository.refuses(2, "there is no file", "import", "--mgit", graph.toString());
    }
}
