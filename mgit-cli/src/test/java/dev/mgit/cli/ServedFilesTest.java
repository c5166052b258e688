package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Decoded files that a server keeps: they are sent without the store, and never if they are not what they were. */
class ServedFilesTest {
    private static final int ELEMENTS = 3_000_000;
    private static final String FILE = "model.safetensors";

    @TempDir
    private Path dir;

    private TestRepository repository;
    private ServedRepository served;
    private Path cache;
    private long most;
    private byte[] first;
    private byte[] second;

    @BeforeEach
    void serve() throws IOException {
        repository = TestRepository.init(Files.createDirectory(dir.resolve("repository")));
        first = commit("first", 1);
        second = commit("second", 2);
        cache = dir.resolve("caches/served");
        restart(Long.MAX_VALUE);
    }

    private byte[] commit(String name, int seed) throws IOException {
        Path file = TestRepository.weights(dir.resolve(name).resolve(FILE), seed, ELEMENTS);
        repository.ok("commit", dir.resolve(name).toString(), "--model", name);
        return Files.readAllBytes(file);
    }

    private void restart(long bytes) throws IOException {
        close();
        most = bytes;
        served = ServedRepository.caching(repository, cache, most);
    }

    @AfterEach
    void close() {
        if (served != null) {
            served.close();
        }
    }

    private HttpResponse<byte[]> get(String model, String... headers) throws Exception {
        return served.get("/" + model + "/resolve/main/" + FILE, headers);
    }

    private void assertServed(String model, byte[] expected) throws Exception {
        HttpResponse<byte[]> reply = get(model);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(expected);
    }

    /** Files that are kept, once the server has ended, and with it all writing. */
    private List<Path> kept() throws IOException {
        restart(most);
        assertThat(names()).noneMatch(name -> name.endsWith(".new"));
        return names().filter(name -> name.length() == 64).map(cache::resolve).toList();
    }

    private Stream<String> names() throws IOException {
        try (Stream<Path> files = Files.list(cache)) {
            return files.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    /** What is answered from now on does not come from the store. */
    private void hideParameters() throws IOException {
        Files.move(repository.mgit().resolve("parameters"), dir.resolve("hidden"));
    }

    @Test
    void aFileIsDecodedOnceAlsoForTheNextServer() throws Exception {
        assertServed("second", second);
        assertThat(kept()).hasSize(1);
        close();
        hideParameters();
        restart(Long.MAX_VALUE);
        assertServed("second", second);
        HttpResponse<byte[]> range = get("second", "Range", "bytes=1000000-1999999");
        assertThat(range.statusCode()).isEqualTo(206);
        assertThat(range.body()).isEqualTo(Arrays.copyOfRange(second, 1_000_000, 2_000_000));
        assertThat(get("first").statusCode()).isEqualTo(500);
    }

    @Test
    void aKeptFileThatChangedIsDecodedAgain() throws Exception {
        assertServed("second", second);
        Path file = kept().get(0);
        FileTime written = Files.getLastModifiedTime(file);
        byte[] damaged = second.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(file, damaged);
        Files.setLastModifiedTime(file, written);
        assertServed("second", second);
        assertThat(Files.readAllBytes(kept().get(0))).isEqualTo(second);
        Files.write(file, Arrays.copyOf(second, 100));
        assertThat(get("second", "Range", "bytes=50-149").body()).isEqualTo(Arrays.copyOfRange(second, 50, 150));
        assertThat(kept()).isEmpty();
    }

    @Test
    void aKeptFileWhoseStateIsUnknownIsHashed() throws Exception {
        assertServed("second", second);
        Path file = kept().get(0);
        Path state = file.resolveSibling(file.getFileName() + ".stat");
        Files.writeString(state, "not numbers");
        close();
        hideParameters();
        restart(Long.MAX_VALUE);
        assertServed("second", second);
        assertThat(Files.readString(state)).startsWith(second.length + " ");
    }

    @Test
    void theFileUsedLongestAgoMakesRoom() throws Exception {
        restart(first.length + second.length - 1);
        assertServed("first", first);
        List<Path> before = kept();
        assertServed("second", second);
        assertThat(kept()).hasSize(1).doesNotContainAnyElementsOf(before);
        assertThat(names()).hasSize(2);
        restart(first.length - 1);
        assertServed("first", first);
        assertThat(kept()).as("a file that fits nowhere takes nobody's place").hasSize(1);
    }

    @Test
    void severalClientsAtOnceShareOneDecoding() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Future<byte[]>> replies = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                replies.add(clients.submit(() -> get("second").body()));
            }
            for (Future<byte[]> reply : replies) {
                assertThat(reply.get()).isEqualTo(second);
            }
        } finally {
            clients.shutdown();
        }
        assertThat(kept()).hasSize(1);
    }

    @Test
    void whatAClientLeavesHalfReadIsNotKept() throws Exception {
        URI url = URI.create(served.url());
        try (var socket = new Socket(url.getHost(), url.getPort())) {
            socket.getOutputStream()
                    .write(("GET /second/resolve/main/" + FILE + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo('H');
        }
        for (Path file : kept()) { // if all of it was decoded before the connection was seen to end
            assertThat(Files.readAllBytes(file)).isEqualTo(second);
        }
        assertServed("second", second);
    }

    @Test
    void ofADamagedBlockNothingIsKept() throws Exception {
        DamagedBlock.second(repository, "first", FILE);

        assertThatThrownBy(() -> get("first")).isInstanceOf(IOException.class);
        assertThat(served.warnings()).anyMatch(warning -> warning.contains("block"));
        assertServed("second", second);
        assertThat(kept())
                .singleElement()
                .satisfies(file -> assertThat(Files.readAllBytes(file)).isEqualTo(second));
        assertThatThrownBy(() -> get("first")).isInstanceOf(IOException.class);
    }

    @Test
    void withoutItsFolderFilesAreDecodedForEachRequest() throws Exception {
        Files.delete(cache);
        assertServed("second", second);
        assertServed("first", first);
        assertThat(served.warnings()).singleElement().asString().startsWith("decoded files are not kept: ");
    }

    @Test
    void theSizeIsASetting() throws IOException {
        repository.refuses(2, "serve.cache is 'many'", "config", "serve.cache", "many");
        repository.ok("config", "serve.cache", "off");
    }
}
