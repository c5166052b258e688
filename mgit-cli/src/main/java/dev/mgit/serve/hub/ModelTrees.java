package dev.mgit.serve.hub;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.UrlText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files and folders of a version. */
final class ModelTrees {
    private static final int PAGE = 1000;
    private static final int MOST_ASKED = 1 << 20;

    private final HubModels models;

    ModelTrees(HubModels models) {
        this.models = models;
    }

    /** {@code GET /api/models/ID/tree/REVISION[/FOLDER]}, with {@code recursive}, {@code limit} and {@code cursor} */
    Reply list(Request request) {
        if (models.isEmpty(request.part("id"))) {
            return Reply.json(List.of());
        }
        VersionId version = version(request);
        String folder = request.part("path");
        boolean recursive =
                request.query("recursive").map(Boolean::parseBoolean).orElse(false);
        List<HubEntry> all =
                models.tree(version).below(folder, recursive).orElseThrow(() -> HubErrors.noEntry(version, folder));
        int from = Numbers.query(request, "cursor", 0);
        int most = Math.max(1, Math.min(PAGE, Numbers.query(request, "limit", PAGE)));
        List<HubEntry> page = Numbers.page(all, from, most);
        int next = from + page.size();
        return Reply.json(page.stream().map(HubEntry::json).toList())
                .with(next < all.size() ? Numbers.next(request, "cursor", String.valueOf(next)) : Map.of());
    }

    /** {@code POST /api/models/ID/paths-info/REVISION} with {@code paths} as a form or as JSON; others are left out */
    Reply paths(Request request) throws IOException {
        HubTree tree = models.tree(version(request));
        return Reply.json(asked(request).stream()
                .distinct()
                .map(tree::entry)
                .flatMap(Optional::stream)
                .map(HubEntry::json)
                .toList());
    }

    private static List<String> asked(Request request) throws IOException {
        byte[] body = request.body(MOST_ASKED);
        if (request.header("Content-Type").orElse("").startsWith("application/json")) {
            try {
                return Json.parseObject(body).strings("paths");
            } catch (JsonException e) {
                throw new HttpError(400, "the request is not the JSON it should be: " + e.getMessage());
            }
        }
        return UrlText.fields(new String(body, StandardCharsets.ISO_8859_1)).getOrDefault("paths", List.of());
    }

    private VersionId version(Request request) {
        return models.version(models.model(request.part("id")), request.part("revision"));
    }
}
