package dev.mgit.serve.hub;

import dev.mgit.lineage.parameters.LiveParameters;
import dev.mgit.serve.files.FileCache;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.Route;
import dev.mgit.serve.http.Token;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Hub's endpoints for reading, as huggingface_hub 2.4 calls them. */
public final class Hub {
    private final ModelInformation information;
    private final ModelTrees trees;
    private final ModelHistory history;
    private final SafetensorsMetadata metadata;
    private final HubFiles files;

    /** @param cache of files; empty to decode each whenever it is asked for */
    public Hub(HubModels models, LiveParameters parameters, Optional<FileCache> cache) {
        this.information = new ModelInformation(models);
        this.trees = new ModelTrees(models);
        this.history = new ModelHistory(models);
        this.files = new HubFiles(models, parameters, cache);
        this.metadata = new SafetensorsMetadata(models, files);
    }

    /** In the order they are tried. An id has one segment or two, one where both would do. */
    public List<Route> routes() {
        return List.of(
                Route.of("GET", "/api/whoami-v2", Hub::user),
                Route.of("GET", "/api/models", information::list),
                Route.of("GET", "/api/models/{id:2}/revision/{revision}", information::show),
                Route.of("GET", "/api/models/{id:2}/tree/{revision}", trees::list),
                Route.of("GET", "/api/models/{id:2}/tree/{revision}/{path:*}", trees::list),
                Route.of("POST", "/api/models/{id:2}/paths-info/{revision}", trees::paths),
                Route.of("GET", "/api/models/{id:2}/refs", history::references),
                Route.of("GET", "/api/models/{id:2}/commits/{revision}", history::commits),
                Route.of("GET", "/api/models/{id:2}/safetensors-metadata/{path:*}", metadata::show),
                Route.of("GET", "/api/models/{id:2}", information::show),
                Route.of("GET", "/{id:2}/resolve/{revision}/{path:*}", files::resolve));
    }

    /** Whoever has a token is known by its name, and nobody where none is asked for. */
    private static Reply user(Request request) {
        String name = request.token().map(Token::name).orElse("mgit");
        String role = request.token().filter(Token::mayWrite).isPresent() ? "write" : "read";
        return Reply.json(Map.of(
                "type",
                "user",
                "id",
                name,
                "name",
                name,
                "fullname",
                name,
                "isPro",
                false,
                "orgs",
                List.of(),
                "auth",
                Map.of("type", "access_token", "accessToken", Map.of("displayName", name, "role", role))));
    }
}
