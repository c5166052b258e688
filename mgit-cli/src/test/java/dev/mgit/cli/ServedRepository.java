package dev.mgit.cli;

import dev.mgit.lineage.repository.Repository;
import dev.mgit.serve.ModelServer;
import dev.mgit.serve.http.HttpServer.Door;
import dev.mgit.serve.http.Limits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A repository of a test, served in the test's own process. */
final class ServedRepository implements AutoCloseable {
    private final Repository repository;
    private final ModelServer server;
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    ServedRepository(TestRepository served) throws IOException {
        this.repository = Repository.open(served.root(), Cli.user());
        var door = new Door(InetAddress.getLoopbackAddress(), 0, Optional.empty(), false);
        this.server =
                ModelServer.start(repository, door, Limits.standard(), Optional.of(System.getenv()), warnings::add);
    }

    String url() {
        return "http://127.0.0.1:" + server.port();
    }

    /** What the owner was told. */
    List<String> warnings() {
        return warnings;
    }

    /** @param headers names and values in turn */
    HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, "", headers);
    }

    HttpResponse<byte[]> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url() + path));
        request.method(
                method,
                body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
        server.close();
        repository.close();
    }
}
