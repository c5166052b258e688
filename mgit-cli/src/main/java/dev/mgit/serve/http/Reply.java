package dev.mgit.serve.http;

import dev.mgit.delta.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a request is answered with. {@code Content-Length} is the server's to write. */
public record Reply(int status, Map<String, String> headers, Body body) {
    public static Reply of(int status, String contentType, Body body) {
        return new Reply(status, Map.of("Content-Type", contentType), body);
    }

    public static Reply json(int status, @Nullable Object value) {
        return of(status, "application/json; charset=utf-8", Body.of(Json.bytes(value)));
    }

    public static Reply json(@Nullable Object value) {
        return json(200, value);
    }

    public static Reply text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", Body.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A reply of headers alone. */
    public static Reply empty(int status) {
        return new Reply(status, Map.of(), Body.of(new byte[0]));
    }

    /** The same with further headers. */
    public Reply with(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new Reply(status, all, body);
    }
}
