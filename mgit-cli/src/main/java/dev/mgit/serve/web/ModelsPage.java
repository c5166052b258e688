package dev.mgit.serve.web;

import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.UrlText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Models and tags: all, or those that fit what was typed, and versions whose message does. */
final class ModelsPage {
    private static final int PAGE = 100;
    private static final int MOST = 1000;

    private final LineageView view;

    ModelsPage(LineageView view) {
        this.view = view;
    }

    /** A model, a tag, or a version that was typed by its id or another revision, or is found by its message. */
    private record Found(String name, String what, int node) {}

    /** {@code GET /api/mgit/v1/search} */
    Reply json(Request request) {
        Snapshot now = view.snapshot();
        int from = Queries.number(request, "from", 0, 0, Integer.MAX_VALUE - MOST);
        int most = Queries.number(request, "limit", PAGE, 1, MOST);
        List<Found> found = find(now, Queries.text(request, "q"), from + most);
        List<Map<String, Object>> results = new ArrayList<>();
        for (Found one : found.subList(Math.min(from, found.size()), found.size())) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("name", one.name());
            json.put("what", one.what());
            json.put("id", now.graph().id(one.node()).hex());
            json.put("subject", now.graph().version(one.node()).subject());
            results.add(json);
        }
        return Reply.json(Map.of("results", results));
    }

    private List<Found> find(Snapshot now, String text, int most) {
        List<Found> found = new ArrayList<>();
        revision(now, text)
                .ifPresent(node ->
                        found.add(new Found(now.graph().describe(now.graph().id(node)), "version", node)));
        for (Snapshot.Named named : now.search(text, most)) {
            found.add(new Found(named.name(), named.tag() ? "tag" : "model", named.node()));
        }
        messages(now, text, Math.min(MOST, most - found.size()), found);
        return found.subList(0, Math.min(most, found.size()));
    }

    /** Adds the versions whose message fits, but none that was found already. */
    private static void messages(Snapshot now, String text, int most, List<Found> found) {
        if (most <= 0) {
            return;
        }
        Set<Integer> known = found.stream().map(Found::node).collect(Collectors.toSet());
        for (int node : MessageSearch.find(now.graph(), text, most + known.size())) {
            if (!known.contains(node)) {
                found.add(new Found(now.graph().describe(now.graph().id(node)), "version", node));
            }
        }
    }

    /** What was typed is a revision, and not the name of a model or tag, which is found by its name. */
    private Optional<Integer> revision(Snapshot now, String text) {
        boolean name = now.names().stream().anyMatch(named -> named.name().equals(text));
        if (text.isEmpty() || name) {
            return Optional.empty();
        }
        try {
            int node = now.graph().find(view.resolve(text));
            return node < 0 ? Optional.empty() : Optional.of(node);
        } catch (HttpError e) {
            return Optional.empty();
        }
    }

    /** {@code GET /-/models} */
    Reply page(Request request) {
        Snapshot now = view.snapshot();
        String text = Queries.text(request, "q");
        int from = Queries.number(request, "from", 0, 0, Integer.MAX_VALUE - MOST);
        List<Found> found = find(now, text, Integer.MAX_VALUE - 1);
        var main = new Html();
        main.open("div", "class", "wide");
        main.leaf("h1", text.isEmpty() ? "Models and tags" : "Found for “" + text + "”");
        if (found.isEmpty()) {
            main.open("p").text("Nothing. To search metrics, use ");
            main.leaf("code", "mgit find").text(".").close();
        } else {
            Tables.head(main, "Models and tags", List.of("name", "newest version", "made from", "message", "date"));
            LineageGraph graph = now.graph();
            found.stream().skip(from).limit(PAGE).forEach(one -> row(main, graph, one));
            Tables.end(main);
            Tables.pages(main, Links.MODELS + "?q=" + UrlText.encode(text), from, PAGE, found.size());
        }
        main.close();
        return new Page("Models", Links.MODELS, view.name(), main, List.of()).reply(200);
    }

    private static void row(Html main, LineageGraph graph, Found one) {
        VersionId id = graph.id(one.node());
        Version version = graph.version(one.node());
        main.open("tr").open("td").link(Links.version(id), one.name(), "class", "name");
        if (!one.what().equals("model")) {
            main.leaf("span", one.what(), "class", "badge tag");
        }
        main.close()
                .open("td")
                .link(Links.graph(id), id.abbreviated(), "class", "code")
                .close()
                .open("td");
        graph.derivedFrom(id).stream().limit(3).forEach(edge -> {
            String kind = edge.kind().word();
            main.open("span", "class", "edge " + GraphPage.family(kind)).text(kind + " ");
            main.link(Links.version(edge.parent()), edge.model()).close();
        });
        main.close().leaf("td", version.subject());
        main.leaf("td", version.when().toString().substring(0, 10), "class", "quiet when")
                .close();
    }
}
