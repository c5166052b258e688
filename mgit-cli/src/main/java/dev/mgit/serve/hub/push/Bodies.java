package dev.mgit.serve.hub.push;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.serve.http.Request;
import java.io.IOException;

/** The bodies of requests. */
final class Bodies {
    private Bodies() {}

    /** @throws dev.mgit.serve.http.HttpError if the body is too long or not one JSON object */
    static JsonObject json(Request request, int most) throws IOException {
        try {
            return Json.parseObject(request.body(most));
        } catch (JsonException e) {
            throw Refusals.malformed("the request is not the JSON it should be: " + e.getMessage());
        }
    }
}
