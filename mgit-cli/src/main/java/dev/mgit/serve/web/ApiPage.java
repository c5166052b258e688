package dev.mgit.serve.web;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.serve.http.Body;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import java.util.List;

/** The interface for programs: its OpenAPI document, and the same to read. */
final class ApiPage {
    private static final String DOCUMENT = "openapi.json";

    private final LineageView view;
    private final byte[] document = Assets.read(DOCUMENT);
    private final JsonObject parsed = Json.parseObject(document);

    ApiPage(LineageView view) {
        this.view = view;
    }

    /** {@code GET /api/mgit/v1/openapi.json} */
    Reply json(Request request) {
        return Reply.of(200, "application/json; charset=utf-8", Body.of(document));
    }

    /** {@code GET /-/api} */
    Reply page(Request request) {
        var main = new Html();
        main.open("div", "class", "wide api-page").leaf("h1", "JSON API");
        main.open("p").text(parsed.object("info").string("description") + " The same as an ");
        main.link(Links.API + "/openapi.json", "OpenAPI document").text(".").close();
        parsed.object("paths").members().keySet().forEach(path -> {
            JsonObject get = parsed.object("paths").object(path).object("get");
            main.open("section")
                    .open("h2")
                    .leaf("code", "GET " + Links.API + path)
                    .close();
            main.leaf("p", get.string("summary"));
            parameters(main, get.objects("parameters"));
            main.close();
        });
        return new Page("API", Links.INTERFACE, view.name(), main.close(), List.of()).reply(200);
    }

    private static void parameters(Html main, List<JsonObject> parameters) {
        if (parameters.isEmpty()) {
            return;
        }
        main.open("dl", "class", "facts");
        for (JsonObject parameter : parameters) {
            main.open("dt").leaf("code", parameter.string("name")).close();
            main.leaf("dd", parameter.string("description"));
        }
        main.close();
    }
}
