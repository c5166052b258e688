package dev.mgit.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.fixtures.Await;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server against clients that are slow, wrong or hostile. */
class HttpServerTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String TOKEN = "a-token-nobody-knows";
    private static final long ENDLESS = 1L << 40;

    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final CountDownLatch filesClosed = new CountDownLatch(1);

    @TempDir
    private Path dir;

    private HttpServer server;

    @AfterEach
    void close() {
        release.countDown();
        if (server != null) {
            server.close();
        }
    }

    private int start(Limits limits) throws IOException {
        return start(limits, Optional.empty(), false);
    }

    private int start(Limits limits, Optional<String> token, boolean readOnly) throws IOException {
        List<Route> routes = List.of(
                Route.of("GET", "/hello/{name}", request -> Reply.text(200, "hello " + request.part("name"))),
                Route.of(
                        "POST",
                        "/echo",
                        request -> Reply.text(200, new String(request.body(1 << 20), StandardCharsets.UTF_8))),
                Route.changing("POST", "/change", request -> Reply.text(200, "changed")),
                Route.of("GET", "/held", request -> {
                    arrived.countDown();
                    await(release);
                    return Reply.text(200, "let go");
                }),
                Route.of("GET", "/endless", request -> new Reply(200, Map.of(), endless())),
                Route.of("GET", "/file", request -> new Reply(200, Map.of(), file(1 << 20))),
                Route.of("GET", "/long-file", request -> new Reply(200, Map.of(), file(1L << 32))),
                Route.of("GET", "/mistake", request -> {
                    throw new IllegalStateException("a mistake");
                }),
                Route.of(
                        "GET",
                        "/{id:2}/at/{revision}/{path:*}",
                        request -> Reply.text(
                                200,
                                request.part("id") + " | " + request.part("revision") + " | " + request.part("path"))));
        var door = new HttpServer.Door(InetAddress.getLoopbackAddress(), 0, token, readOnly);
        server = HttpServer.start(door, routes, limits, warnings::add);
        return server.port();
    }

    private static Limits limits(int connections, Duration patience) {
        return new Limits(connections, 8 << 10, 32 << 10, patience, LONG);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Body endless() {
        return new Body() {
            @Override
            public long length() {
                return ENDLESS;
            }

            @Override
            public Pieces open() {
                return () -> new Piece.Bytes(ByteBuffer.wrap(new byte[1 << 16]));
            }
        };
    }

    /** A file of zeros, of which the disk holds nothing. */
    private Body file(long length) throws IOException {
        Path file = Files.createTempFile(dir, "zeros", "");
        try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(length);
        }
        return new Body() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public Pieces open() throws IOException {
                FileChannel channel = FileChannel.open(file);
                var pieces =
                        List.<Piece>of(new Piece.FilePart(channel, 0, length)).iterator();
                return new Pieces() {
                    @Override
                    public @Nullable Piece next() {
                        return pieces.hasNext() ? pieces.next() : null;
                    }

                    @Override
                    public void close() {
                        filesClosed.countDown();
                    }
                };
            }
        };
    }

    @Test
    void aPartOfAFileIsSentBehindItsHeaders() throws IOException {
        int port = start(Limits.standard());
        String reply = Wire.get(port, "/file");
        assertThat(reply).contains("Content-Length: 1048576\r\n");
        assertThat(reply.substring(reply.indexOf("\r\n\r\n") + 4)).isEqualTo("\0".repeat(1 << 20));
    }

    @Test
    void aClientThatStopsTakingAFileIsCutOff() throws Exception {
        int port = start(limits(4, Duration.ofMillis(200)));
        try (var wire = new Wire(port)) {
            wire.send("GET /long-file HTTP/1.1\nHost: localhost\n\n");
            filesClosed.await();
            Await.until("the connection is cut", () -> server.connections() == 0);
        }
    }

    @Test
    void placesOfAPatternAreDecodedOnceAfterThePathIsTakenApart() throws IOException {
        int port = start(Limits.standard());
        assertThat(Wire.get(port, "/a/at/x%2Fy/p/q%20r.txt?z=1")).endsWith("a | x/y | p/q r.txt");
        assertThat(Wire.get(port, "/n/a/at/%2541/p")).endsWith("n/a | %41 | p");
        assertThat(Wire.get(port, "/hello/%C3%A4/")).endsWith("hello \u00c3\u00a4"); // UTF-8, read as Latin-1
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/hello/%00",
                "/hello/%0d%0aX:%20y",
                "/hello/%",
                "/hello/%4",
                "/hello/%zz",
                "/hello/%ff",
                "/hello/%c0%af",
            })
    void whatIsNoTextIsRefused(String target) throws IOException {
        assertThat(Wire.status(start(Limits.standard()), target)).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/2.0\nHost: localhost\n\n",
                "PRI * HTTP/2.0\n\nSM\n\n",
                "get /hello/x HTTP/1.1\nHost: localhost\n\n",
                "GET  /hello/x HTTP/1.1\nHost: localhost\n\n",
                "GET http://evil.example/hello/x HTTP/1.1\nHost: localhost\n\n",
                "GET hello HTTP/1.1\nHost: localhost\n\n",
                "GET /hello/\u00e4 HTTP/1.1\nHost: localhost\n\n",
                "GET /hello/x HTTP/1.1\nHost: localhost\nno colon\n\n",
                "GET /hello/x HTTP/1.1\nHost: localhost\nA: b\n folded\n\n",
                "GET /hello/x HTTP/1.1\nHost: localhost\nA : b\n\n",
                "GET /hello/x HTTP/1.1\nHost: localhost\nA: \u0001\n\n",
                "GET /hello/x HTTP/1.1\n\n",
                "GET /hello/x HTTP/1.1\nHost: localhost\nHost: localhost\n\n",
                "GET /hello/x HTTP/1.1\nHost: a b\n\n",
                "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: -1\n\n",
                "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 1\nContent-Length: 2\n\nxx",
                "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 3\nTransfer-Encoding: chunked\n\n0\n\n",
                "POST /echo HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\nzz\nx\n0\n\n",
                "POST /echo HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n1\nxyz\n0\n\n",
            })
    void aMalformedRequestIsRefusedAndEndsItsConnection(String request) throws IOException {
        String reply = Wire.exchange(start(Limits.standard()), request);
        assertThat(Wire.status(reply)).isEqualTo(400);
        assertThat(reply).contains("Connection: close").containsOnlyOnce("HTTP/1.1 400");
    }

    @Test
    void whatIsTooLongIsRefusedBeforeItIsRead() throws IOException {
        int port = start(Limits.standard());
        assertThat(Wire.status(port, "/hello/" + "x".repeat(9000))).isEqualTo(414);
        assertThat(Wire.status(port, "/hello/x", "A: " + "x".repeat(40_000))).isEqualTo(431);
        assertThat(Wire.status(port, "/hello/x", "A: b\n".repeat(200).strip())).isEqualTo(431);
        String large =
                "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: " + ENDLESS + "\n\n" + "x".repeat(1 << 21);
        assertThat(Wire.status(Wire.exchange(port, large))).isEqualTo(413);
    }

    @Test
    void oneConnectionTakesManyRequests() throws IOException {
        int port = start(Limits.standard());
        String reply = Wire.exchange(
                port,
                "GET /hello/one HTTP/1.1\nHost: localhost\n\n"
                        + "HEAD /hello/two HTTP/1.1\nHost: localhost\n\n"
                        + "POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 5\n\nthree"
                        + "POST /echo HTTP/1.1\nHost: localhost\nTransfer-Encoding: chunked\n\n2\nfo\n2;x=y\nur\n0\nTrailer: t\n\n"
                        + "GET /hello/five HTTP/1.0\nHost: localhost\n\n");
        assertThat(reply).containsSubsequence("hello one", "Content-Length: 9\r\n", "three", "four", "hello five");
        assertThat(reply).doesNotContain("hello two");
        assertThat(Wire.exchange(
                        port,
                        "POST /echo HTTP/1.1\nHost: localhost\nConnection: close\nExpect: 100-continue\n"
                                + "Content-Length: 2\n\nok"))
                .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
                .endsWith("ok");
    }

    @Test
    void unknownPathsAndMethodsAreToldApart() throws IOException {
        int port = start(Limits.standard(), Optional.empty(), true);
        assertThat(Wire.status(port, "/nothing")).isEqualTo(404);
        String reply = Wire.exchange(port, "DELETE /hello/x HTTP/1.1\nHost: localhost\nConnection: close\n\n");
        assertThat(Wire.status(reply)).isEqualTo(405);
        assertThat(reply).contains("Allow: GET");
        String change = "POST /change HTTP/1.1\nHost: localhost\nConnection: close\n\n";
        assertThat(Wire.status(Wire.exchange(port, change))).isEqualTo(403);
        assertThat(Wire.status(port, "/mistake")).isEqualTo(500);
        assertThat(warnings).singleElement().asString().contains("a mistake");
    }

    @Test
    void otherOriginsAndForeignNamesAreRefused() throws IOException {
        int port = start(Limits.standard());
        for (String host : List.of("localhost:" + port, "127.0.0.1", "[::1]:" + port, "LOCALHOST")) {
            assertThat(Wire.status(Wire.exchange(port, withHost(host, ""))))
                    .as(host)
                    .isEqualTo(200);
        }
        for (String host : List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil.example:" + port)) {
            assertThat(Wire.status(Wire.exchange(port, withHost(host, ""))))
                    .as(host)
                    .isEqualTo(403);
        }
        String page = "Origin: http://localhost:" + port + "\n";
        assertThat(Wire.status(Wire.exchange(port, withHost("localhost:" + port, page))))
                .isEqualTo(200);
        for (String origin : List.of("http://evil.example", "null", "http://localhost:1", "file://")) {
            assertThat(Wire.status(port, "/hello/x", "Origin: " + origin))
                    .as(origin)
                    .isEqualTo(403);
        }
        for (String site : List.of("cross-site", "same-site")) {
            assertThat(Wire.status(port, "/hello/x", "Sec-Fetch-Site: " + site, "Sec-Fetch-Mode: no-cors"))
                    .as(site)
                    .isEqualTo(403);
        }
        assertThat(Wire.status(port, "/hello/x", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate"))
                .isEqualTo(200);
    }

    private static String withHost(String host, String more) {
        return "GET /hello/x HTTP/1.1\nHost: " + host + "\nConnection: close\n" + more + "\n";
    }

    @Test
    void aBrowserIsAskedForTheTokenAsAPassword() throws IOException {
        int port = start(Limits.standard(), Optional.of(TOKEN), false);
        String asked = Wire.get(port, "/hello/x", "Accept: text/html,*/*");
        assertThat(Wire.status(asked)).isEqualTo(401);
        assertThat(asked).contains("WWW-Authenticate: Basic realm=\"mgit\"");
        assertThat(Wire.get(port, "/hello/x")).contains("WWW-Authenticate: Bearer\r\n");
        for (String pair : List.of("ada:" + TOKEN, ":" + TOKEN)) {
            assertThat(Wire.status(port, "/hello/x", "Authorization: Basic " + base64(pair)))
                    .isEqualTo(200);
        }
        for (String pair : List.of("ada:" + TOKEN + "x", TOKEN + ":", "")) {
            assertThat(Wire.status(port, "/hello/x", "Authorization: Basic " + base64(pair)))
                    .isEqualTo(401);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void withATokenOnlyThoseWhoHaveItAreAnswered() throws IOException {
        int port = start(Limits.standard(), Optional.of(TOKEN), false);
        assertThat(Wire.status(port, "/hello/x", "Authorization: Bearer " + TOKEN))
                .isEqualTo(200);
        for (String given : List.of("Bearer ", "Bearer " + TOKEN + "x", "Basic " + TOKEN, TOKEN)) {
            String reply = Wire.get(port, "/hello/x", "Authorization: " + given);
            assertThat(Wire.status(reply)).isEqualTo(401);
            assertThat(reply)
                    .contains("X-Error-Message: Invalid credentials in Authorization header")
                    .doesNotContain(TOKEN);
        }
        assertThat(Wire.status(port, "/nothing")).isEqualTo(401);
        assertThatThrownBy(() -> new HttpServer.Door(InetAddress.getByAddress(new byte[4]), 0, Optional.empty(), false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void clientsThatSayNothingKeepNobodyOut() throws IOException {
        int port = start(limits(4, LONG));
        List<Wire> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 20; i++) {
                slow.add(new Wire(port).send(i % 2 == 0 ? "" : "GET /hello/x HTT"));
            }
            assertThat(Wire.status(port, "/hello/x")).isEqualTo(200);
        } finally {
            for (Wire wire : slow) {
                wire.close();
            }
        }
    }

    @Test
    void aClientThatDoesNotEndItsRequestIsCutOff() throws IOException {
        int port = start(limits(100, Duration.ofMillis(100)));
        try (Wire head = new Wire(port).send("GET /hello/x HTTP/1.1\nHo");
                Wire body = new Wire(port).send("POST /echo HTTP/1.1\nHost: localhost\nContent-Length: 9\n\nx")) {
            assertThat(head.rest()).isEmpty();
            assertThat(body.rest()).isEmpty();
        }
    }

    @Test
    void aClientThatDoesNotTakeItsAnswerIsCutOff() throws Exception {
        int port = start(limits(100, Duration.ofMillis(100)));
        try (Wire wire = new Wire(port).send("GET /endless HTTP/1.1\nHost: localhost\n\n")) {
            Await.until("the connection is given up", () -> server.connections() == 0);
            assertThat(wire).isNotNull();
        }
    }

    @Test
    void requestsUnderWayAreAnsweredBeforeTheServerStops() throws Exception {
        int port = start(limits(100, LONG));
        try (Wire idle = new Wire(port);
                Wire busy = new Wire(port).send("GET /held HTTP/1.1\nHost: localhost\n\n")) {
            await(arrived);
            var closing = CompletableFuture.runAsync(server::close);
            assertThat(idle.rest()).isEmpty();
            assertThatThrownBy(() -> new Wire(port)).isInstanceOf(ConnectException.class);
            assertThat(closing).isNotDone();
            release.countDown();
            assertThat(busy.rest())
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("Connection: close")
                    .endsWith("let go");
            Await.until("the server has stopped", closing::isDone);
        }
    }
}
