package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.ModelShape;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mgit inspect} on revisions, files and addresses; the server here is the JDK's, with range requests added. */
class InspectRolesTest {
    private static final int HIDDEN = 64;
    private static final long PARAMETERS = ModelShape.TINY.parameters();

    @TempDir
    private Path dir;

    private HttpServer server;
    private final AtomicLong sent = new AtomicLong();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String address(String path) {
        return "http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort() + path;
    }

    private Path model(int shards) throws IOException {
        var made = Families.base("base", 1, ModelShape.TINY);
        return new dev.mgit.fixtures.MadeModel(
                        "base", made.shape(), made.tensors(), made.parents(), made.edge(), shards)
                .writeTo(dir);
    }

    private void serve(Path folder, boolean ranges) {
        server.createContext("/files/", exchange -> {
            Path file = folder.resolve(exchange.getRequestURI().getPath().substring("/files/".length()));
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
            } else if (ranges) {
                part(exchange, file);
            } else {
                exchange.sendResponseHeaders(200, Files.size(file));
                try {
                    exchange.getResponseBody().write(Files.readAllBytes(file));
                } catch (IOException e) {
                    // the client has heard enough
                }
            }
            exchange.close();
        });
    }

    private void part(HttpExchange exchange, Path file) throws IOException {
        String[] range = exchange.getRequestHeaders()
                .getFirst("Range")
                .substring("bytes=".length())
                .split("-");
        long first = Long.parseLong(range[0]);
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            long last = Math.min(Long.parseLong(range[1]), open.length() - 1);
            byte[] bytes = new byte[(int) (last - first + 1)];
            open.seek(first);
            open.readFully(bytes);
            exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + open.length());
            exchange.sendResponseHeaders(206, bytes.length);
            exchange.getResponseBody().write(bytes);
            sent.addAndGet(bytes.length);
        }
    }

    @Test
    void aRevisionAFolderAndAFileAreCountedAlike() throws IOException {
        Path folder = model(1);
        Path repository = Files.createDirectory(dir.resolve("repository"));
        assertThat(Cli.run(repository, "init").exit()).isZero();
        assertThat(Cli.run(repository, "commit", folder.toString(), "--model", "base")
                        .exit())
                .isZero();
        for (String subject : new String[] {"base", folder.toString(), folder.resolve("model.safetensors") + ""}) {
            var json = Cli.run(repository, "inspect", subject, "--json").json();
            assertThat(json.number("parameters")).as(subject).isEqualTo(PARAMETERS);
            assertThat(json.number("embedding_parameters")).isEqualTo(2L * 500 * HIDDEN);
            assertThat(json.object("roles").members())
                    .containsOnlyKeys("embedding", "output_head", "attention", "mlp", "norm");
            assertThat(json.strings("dtypes")).containsExactly(Element.F32.name());
        }
        String text = Cli.run(repository, "inspect", "base").out();
        assertThat(text).contains("Embedding 64,000 (output head included), other ", "output head");
    }

    @Test
    void aShardedModelOnTheWebIsCountedByItsIndexWithoutItsWeights() throws IOException {
        Path folder = model(2);
        serve(folder, true);
        server.createContext("/moved/", exchange -> {
            exchange.getResponseHeaders()
                    .set("Location", exchange.getRequestURI().getPath().replace("/moved/", "/files/"));
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        var json = Cli.run(dir, "inspect", address("/moved/model.safetensors.index.json"), "--json")
                .json();
        assertThat(json.number("parameters")).isEqualTo(PARAMETERS);
        assertThat(sent.get()).isLessThan(PARAMETERS * 4 / 3);
        String shard = Cli.run(dir, "inspect", address("/files/model-00001-of-00002.safetensors"))
                .out();
        assertThat(shard).contains("embedding").doesNotContain("output head  ");
    }

    /** A GGUF file of version 3 without settings: tensors of F32, whose dimensions the format has innermost first. */
    private static byte[] gguf(Map<String, long[]> tensors) {
        var header = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        header.put("GGUF".getBytes(StandardCharsets.US_ASCII)).putInt(3).putLong(tensors.size());
        header.putLong(0);
        long offset = 0;
        for (Map.Entry<String, long[]> tensor : tensors.entrySet()) {
            byte[] name = tensor.getKey().getBytes(StandardCharsets.UTF_8);
            header.putLong(name.length).put(name).putInt(tensor.getValue().length);
            long bytes = 4;
            for (long dimension : tensor.getValue()) {
                header.putLong(dimension);
                bytes *= dimension;
            }
            header.putInt(0).putLong(offset);
            offset += (bytes + 31) / 32 * 32;
        }
        int data = (header.position() + 31) / 32 * 32;
        return Arrays.copyOf(Arrays.copyOf(header.array(), data), data + (int) offset);
    }

    @Test
    void aGgufFileOnTheWebIsCountedByItsHeader() throws IOException {
        Map<String, long[]> tensors = new LinkedHashMap<>();
        tensors.put("token_embd.weight", new long[] {64, 50_000});
        tensors.put("blk.0.attn_q.weight", new long[] {64, 64});
        tensors.put("blk.0.ffn_up.weight", new long[] {64, 256});
        tensors.put("output_norm.weight", new long[] {64});
        byte[] file = gguf(tensors);
        Files.write(dir.resolve("model.gguf"), file);
        byte[] cut = Arrays.copyOf(file, 100);
        Files.write(dir.resolve("cut.gguf"), cut);
        byte[] many = file.clone();
        ByteBuffer.wrap(many).order(ByteOrder.LITTLE_ENDIAN).putLong(8, Long.MAX_VALUE);
        Files.write(dir.resolve("many.gguf"), many);
        serve(dir, true);

        var json =
                Cli.run(dir, "inspect", address("/files/model.gguf"), "--json").json();

        assertThat(json.number("parameters")).isEqualTo(64L * (50_000 + 64 + 256 + 1));
        assertThat(json.number("embedding_parameters")).isEqualTo(64L * 50_000);
        assertThat(json.object("roles").members()).containsOnlyKeys("embedding", "attention", "mlp", "norm");
        assertThat(sent.get()).isLessThan(file.length / 4);
        for (String bad : new String[] {"cut.gguf", "many.gguf"}) {
            Cli.Ran ran = Cli.run(dir, "inspect", address("/files/" + bad));
            assertThat(ran.exit()).as(bad).isNotZero();
            assertThat(ran.err()).startsWith("error: ").contains(bad).doesNotContain("Exception", "internal");
        }
    }

    @Test
    void anIndexThatItsShardsContradictIsRefused() throws IOException {
        Path folder = model(2);
        Path index = folder.resolve("model.safetensors.index.json");
        Files.writeString(index, Files.readString(index).replace("lm_head.weight", "no.such.weight"));
        Cli.Ran ran = Cli.run(dir, "inspect", index.toString());
        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err()).contains("no.such.weight", "which does not have it");
    }

    @Test
    void whatCannotBeReadInPartIsRefusedInASentence() throws IOException {
        Path folder = model(1);
        serve(folder, false);
        server.createContext("/away/", exchange -> {
            exchange.getResponseHeaders().set("Location", "file:///etc/passwd");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.createContext("/lies/", exchange -> {
            byte[] body = "nonsense".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Range", "bytes 7-14/99999999999999999999999");
            exchange.sendResponseHeaders(206, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.createContext("/huge/", exchange -> {
            String[] range =
                    exchange.getRequestHeaders().getFirst("Range").substring(6).split("-");
            byte[] body = new byte[(int) (Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1)];
            Arrays.fill(body, (byte) 0x7f);
            exchange.getResponseHeaders().set("Content-Range", "bytes " + range[0] + "-" + range[1] + "/" + (1L << 59));
            exchange.sendResponseHeaders(206, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        Map<String, String> refusals = Map.of(
                address("/files/model.safetensors"), "does not answer range requests",
                address("/files/none.safetensors"), "status 404",
                address("/away/model.safetensors"), "redirects to 'file:///etc/passwd', which is not followed",
                address("/lies/model.safetensors"), "answered a request for bytes");
        refusals.forEach((address, words) -> {
            Cli.Ran ran = Cli.run(dir, "inspect", address);
            assertThat(ran.exit()).as(address + ran.err()).isEqualTo(7);
            assertThat(ran.err()).contains(words).doesNotContain("Exception");
        });
        Cli.Ran huge = Cli.run(dir, "inspect", address("/huge/model.safetensors"));
        assertThat(huge.exit()).isEqualTo(7);
        assertThat(huge.err()).contains("are more than 134217728 bytes").doesNotContain("Exception");
        assertThat(Cli.run(dir, "inspect", "ftp://host/model.safetensors").exit())
                .isEqualTo(2);
        assertThat(Cli.run(dir, "inspect", "https://user:secret@host/m.safetensors")
                        .err())
                .contains("is not an address mgit reads")
                .doesNotContain("secret");
    }
}
