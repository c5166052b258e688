package dev.mgit.cli;

import dev.mgit.hooks.RepositoryWorkspace;
import dev.mgit.hooks.commit.CommitListener;
import dev.mgit.hooks.commit.CommitWorkflow;
import dev.mgit.hooks.executor.Executor;
import dev.mgit.hooks.executor.Executors;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.Person;
import dev.mgit.serve.ModelServer;
import dev.mgit.serve.files.FileCache;
import dev.mgit.serve.http.HttpServer.Door;
import dev.mgit.serve.http.Limits;
import dev.mgit.serve.http.Token;
import dev.mgit.serve.hub.push.PushLimits;
import dev.mgit.serve.hub.push.PushTarget;
import dev.mgit.serve.hub.push.Pushes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A repository of a test, served in the test's own process. */
final class ServedRepository implements AutoCloseable {
    /** Of whoever may push, and of whoever may only read, where pushes are accepted. */
    static final String WRITER = "0123456789abcdef";

    static final String READER = "fedcba9876543210";

    private final Repository repository;
    private final Optional<Repository> pushed;
    private final Optional<Pushes> pushes;
    private final ModelServer server;
    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final HttpClient client = HttpClient.newHttpClient();

    ServedRepository(TestRepository served) throws IOException {
        this(served, Optional.empty(), Optional.empty(), 0);
    }

    private ServedRepository(TestRepository served, Optional<PushLimits> limits, Optional<Path> cache, long cached)
            throws IOException {
        this.repository = Repository.open(served.root(), Cli.user());
        this.pushed = limits.isPresent() ? Optional.of(Repository.open(served.root(), Cli.user())) : Optional.empty();
        this.pushes = limits.isPresent()
                ? Optional.of(Pushes.to(target(pushed.orElseThrow()), limits.get()))
                : Optional.empty();
        List<Token> tokens = limits.isPresent()
                ? List.of(new Token("ada", WRITER, true), new Token("bob", READER, false))
                : List.of();
        var door = new Door(InetAddress.getLoopbackAddress(), 0, tokens, false);
        this.server = ModelServer.start(
                repository,
                door,
                Limits.standard(),
                pushes,
                Optional.of(System.getenv()),
                cached > 0 ? Optional.of(FileCache.open(cache.orElseThrow(), cached, warnings::add)) : Optional.empty(),
                warnings::add);
    }

    /** One to which clients may push. */
    static ServedRepository acceptingPushes(TestRepository served, PushLimits limits) throws IOException {
        return new ServedRepository(served, Optional.of(limits), Optional.empty(), 0);
    }

    /** One that keeps decoded files in a folder, up to a number of bytes. */
    static ServedRepository caching(TestRepository served, Path folder, long most) throws IOException {
        return new ServedRepository(served, Optional.empty(), Optional.of(folder), most);
    }

    /** The way in that commands use, with nobody who hears what follows. */
    private static PushTarget target(Repository repository) {
        Duration wait = Duration.ofMinutes(5);
        Map<String, String> environment = Cli.withOwnFolders(Map.of("PATH", System.getenv("PATH")));
        var workspace = new RepositoryWorkspace(
                repository, new Person("owner", "owner@localhost"), environment, wait, notice -> {});
        Executor executor = Executors.onThisMachine(workspace::setting, environment);
        return new PushTarget(
                repository,
                new CommitWorkflow(workspace, executor, event -> {}, CommitListener.NONE),
                () -> repository.lock("mgit serve", wait, notice -> {}));
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
        return send(method, path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(path.startsWith("http") ? path : url() + path));
        request.method(
                method,
                body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Override
    public void close() {
        server.close();
        pushes.ifPresent(ServedRepository::close);
        pushed.ifPresent(Repository::close);
        repository.close();
    }

    private static void close(Pushes pushes) {
        try {
            pushes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
