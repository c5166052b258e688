package dev.mgit.serve;

import dev.mgit.lineage.checkpoint.StoreSettings;
import dev.mgit.lineage.parameters.LiveParameters;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.serve.files.FileCache;
import dev.mgit.serve.http.HttpServer;
import dev.mgit.serve.http.Limits;
import dev.mgit.serve.http.Route;
import dev.mgit.serve.hub.Hub;
import dev.mgit.serve.hub.HubModels;
import dev.mgit.serve.hub.push.Pushes;
import dev.mgit.serve.web.WebView;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A repository served over HTTP. */
public final class ModelServer implements AutoCloseable {
    private final HttpServer server;
    private final LiveParameters parameters;
    private final Optional<Pushes.Served> pushing;
    private final Optional<WebView> web;
    private final Optional<FileCache> cache;

    private ModelServer(
            HttpServer server,
            LiveParameters parameters,
            Optional<Pushes.Served> pushing,
            Optional<WebView> web,
            Optional<FileCache> cache) {
        this.server = server;
        this.parameters = parameters;
        this.pushing = pushing;
        this.web = web;
        this.cache = cache;
    }

    /**
     * Starts to serve.
     *
     * @param repository not used by anybody else until the server is closed
     * @param web the environment of the pages' programs; empty for no pages
     * @param cache of decoded files, closed with the server; empty for none
     * @param warnings told in one sentence what the owner should know, by several threads
     * @throws IOException if the address or the port is not to be had
     */
    public static ModelServer start(
            Repository repository,
            HttpServer.Door door,
            Limits limits,
            Optional<Pushes> pushes,
            Optional<Map<String, String>> web,
            Optional<FileCache> cache,
            Consumer<String> warnings)
            throws IOException {
        int threads = StoreSettings.of(repository.settings()).threads();
        var bringing = new Object();
        var parameters = new LiveParameters(repository::parametersIfAny, threads, objects -> {
            synchronized (bringing) { // one connection to a remote at a time
                repository.require(() -> objects);
            }
        });
        Predicate<String> created =
                name -> pushes.filter(known -> known.isCreated(name)).isPresent();
        var models = new HubModels(repository.lineage(), created);
        Optional<Pushes.Served> pushing = pushes.map(known -> known.serve(models));
        Optional<WebView> pages = web.map(environment -> new WebView(
                () -> {
                    Repository again = repository.again();
                    again.bringMissing(objects -> {
                        synchronized (bringing) {
                            repository.require(() -> objects);
                        }
                    });
                    return again;
                },
                environment));
        List<Route> routes = RouteTable.of(
                new Hub(models, parameters, cache),
                pushing.map(Pushes.Served::routes).orElseGet(Pushes::refused),
                pages);
        HttpServer server = HttpServer.start(door, routes, limits, warnings);
        parameters.prepare();
        return new ModelServer(server, parameters, pushing, pages, cache);
    }

    public int port() {
        return server.port();
    }

    /** Answers the requests under way, and takes no more. */
    @Override
    public void close() {
        server.close();
        pushing.ifPresent(Pushes.Served::close);
        web.ifPresent(WebView::close);
        cache.ifPresent(FileCache::close);
        parameters.close();
    }
}
