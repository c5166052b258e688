package dev.mgit.serve.web;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Route;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The pages and the interface for programs behind them. */
public final class WebView implements AutoCloseable {
    private final LineageView view;
    private final Comparisons comparisons;
    private final StalePage stale;
    private final Assets assets = new Assets();

    /**
     * @param opening opens the repository anew, for one thread at a time
     * @param environment of programs that are asked for their packages when somebody wants to know all that is stale
     */
    public WebView(Supplier<Repository> opening, Map<String, String> environment) {
        this.view = new LineageView(opening, environment);
        this.comparisons = new Comparisons(view, Comparisons.MOST);
        this.stale = new StalePage(view);
    }

    /** In the order they are tried. */
    public List<Route> routes() {
        var graph = new GraphPage(view);
        var models = new ModelsPage(view);
        var version = new VersionPage(view);
        var diff = new DiffPage(view, comparisons);
        var update = new UpdatePage(view);
        var api = new ApiPage(view);
        return List.of(
                page(Links.HOME, graph::page),
                page(Links.MODELS, models::page),
                page("/-/version/{revision}", version::page),
                page("/-/version/{revision}/tensors", version::tensorsPage),
                page(Links.DIFF, diff::page),
                page(Links.STALE, stale::page),
                page(Links.UPDATE, update::page),
                page(Links.INTERFACE, api::page),
                Route.of("GET", "/-/static/{name}", assets::get),
                api("/graph", graph::json),
                api("/search", models::json),
                api("/versions/{revision}", version::json),
                api("/versions/{revision}/tensors", version::tensorsJson),
                api("/versions/{revision}/storage", version::storageJson),
                api("/diff", diff::json),
                api("/stale", stale::json),
                api("/update", update::json),
                api("/update/log", update::logJson),
                api("/openapi.json", api::json));
    }

    private static Route api(String path, Route.Handler handler) {
        return Route.of(
                "GET", Links.API + path, request -> handler.handle(request).with(Map.of("Cache-Control", "no-store")));
    }

    /** What goes wrong on the way to a page is told on a page. */
    private Route page(String path, Route.Handler handler) {
        return Route.of("GET", path, request -> {
            try {
                return handler.handle(request);
            } catch (HttpError e) {
                return problem(e.status(), String.valueOf(e.getMessage()));
            } catch (MgitException e) {
                int status = e.kind() == MgitException.Kind.USAGE ? 404 : 500;
                return problem(status, e.getMessage() + (e.hint() == null ? "" : "; " + e.hint()));
            }
        });
    }

    private Reply problem(int status, String sentence) {
        var main = new Html();
        main.open("div", "class", "blank").leaf("h1", status == 404 ? "Not found" : "This did not work");
        main.leaf("p", sentence).open("p").link(Links.HOME, "To the graph").close();
        return new Page("Not found", "", view.name(), main.close(), List.of()).reply(status);
    }

    @Override
    public void close() {
        comparisons.close();
        stale.close();
        try {
            view.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
