package dev.mgit.serve.web;

import dev.mgit.delta.Hashes;
import dev.mgit.serve.http.Body;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Style sheets, scripts and the icon, all out of mgit's own program file: nothing is read from disk by its name. */
final class Assets {
    private static final String STYLE = "text/css; charset=utf-8";
    private static final String SCRIPT = "text/javascript; charset=utf-8";

    /** What there is, and as what it is sent. */
    static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("base.css", STYLE),
            Map.entry("parts.css", STYLE),
            Map.entry("graph.css", STYLE),
            Map.entry("theme.js", SCRIPT),
            Map.entry("page.js", SCRIPT),
            Map.entry("graph-layout.js", SCRIPT),
            Map.entry("graph-view.js", SCRIPT),
            Map.entry("graph.js", SCRIPT),
            Map.entry("update.js", SCRIPT),
            Map.entry("dagre.min.js", SCRIPT),
            Map.entry("icon.svg", "image/svg+xml"));

    private record Asset(Body body, String etag) {}

    private final Map<String, Asset> assets = new LinkedHashMap<>();

    Assets() {
        TYPES.keySet().forEach(name -> {
            byte[] bytes = read(name.equals("dagre.min.js") ? "vendor/dagre/" + name : name);
            String digest = HexFormat.of().formatHex(Hashes.sha256().digest(bytes), 0, 16);
            assets.put(name, new Asset(Body.of(bytes), "\"" + digest + "\""));
        });
    }

    static byte[] read(String name) {
        try (InputStream in = Objects.requireNonNull(Assets.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code GET /-/static/NAME} */
    Reply get(Request request) {
        String name = request.part("name");
        Asset asset = assets.get(name);
        if (asset == null) {
            throw new HttpError(404, "there is nothing at this path");
        }
        Map<String, String> headers = Map.of("ETag", asset.etag(), "Cache-Control", "no-cache");
        if (request.header("If-None-Match").filter(asset.etag()::equals).isPresent()) {
            return Reply.empty(304).with(headers);
        }
        String type = Objects.requireNonNull(TYPES.get(name));
        return Reply.of(200, type, asset.body()).with(headers);
    }
}
