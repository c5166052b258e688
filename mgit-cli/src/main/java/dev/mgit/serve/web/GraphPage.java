package dev.mgit.serve.web;

import dev.mgit.delta.json.Json;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The home page: the graph around a version. Without JavaScript, the same as a list that leads further. */
final class GraphPage {
    private static final List<Integer> DEPTHS = List.of(1, 2, 3, 5, 8);

    private final LineageView view;

    GraphPage(LineageView view) {
        this.view = view;
    }

    /** {@code GET /api/mgit/v1/graph} */
    Reply json(Request request) {
        Snapshot now = view.snapshot();
        GraphQuestion question = GraphQuestion.of(request, view, now);
        return Reply.json(GraphJson.of(GraphAnswer.of(question.answer(now), question.limit()), question));
    }

    /** {@code GET /} */
    Reply page(Request request) {
        Snapshot now = view.snapshot();
        GraphQuestion question = GraphQuestion.of(request, view, now);
        GraphAnswer answer = GraphAnswer.of(question.answer(now), question.limit());
        var main = new Html();
        main.leaf("h1", "Lineage of " + view.name(), "class", "unseen");
        if (answer.nodes().isEmpty()) {
            empty(main);
        } else {
            main.within("div", body -> body(body, question, answer), "class", "graph-page");
        }
        String title = answer.nodes().stream()
                .filter(node -> question.of().filter(node.id()::equals).isPresent())
                .findFirst()
                .map(node -> node.label() + " · " + view.name())
                .orElse(view.name());
        return new Page(
                        title,
                        Links.HOME,
                        view.name(),
                        main,
                        List.of("dagre.min.js", "graph-layout.js", "graph-view.js", "graph.js"))
                .reply(200);
    }

    private static void empty(Html main) {
        main.within(
                "div",
                box -> {
                    box.leaf("h2", "No models yet");
                    box.open("p").text("Commit the first with ");
                    box.leaf("code", "mgit commit PATH --model NAME").text(".").close();
                },
                "class",
                "blank");
    }

    private static void body(Html body, GraphQuestion question, GraphAnswer answer) {
        body.within("div", bar -> controls(bar, question, answer), "class", "graph-bar");
        body.within(
                "div",
                stage -> {
                    String data = ascii(Json.bytes(GraphJson.of(answer, question)));
                    stage.within(
                            "div",
                            canvas -> {},
                            "id",
                            "graph",
                            "class",
                            "graph",
                            "hidden",
                            "",
                            "data-graph",
                            data,
                            "data-query",
                            question.query());
                    stage.within("aside", aside -> {}, "id", "details", "class", "details", "hidden", "");
                },
                "class",
                "stage");
        body.within(
                "section",
                list -> list(list, question, answer),
                "id",
                "list",
                "class",
                "wide",
                "aria-label",
                "Versions in view");
    }

    /** JSON in an attribute, where what would be hidden is written out: here as JSON writes it. */
    private static String ascii(byte[] json) {
        var text = new StringBuilder(json.length);
        new String(json, StandardCharsets.UTF_8).chars().forEach(c -> {
            if (c >= ' ' && c < 0x7f) {
                text.append((char) c);
            } else {
                text.append(String.format(Locale.ROOT, "\\u%04x", c));
            }
        });
        return text.toString();
    }

    private static void controls(Html bar, GraphQuestion question, GraphAnswer answer) {
        bar.open("form", "method", "get", "action", "/", "id", "filter", "class", "filter");
        question.of().ifPresent(id -> bar.tag("input", "type", "hidden", "name", "of", "value", id.hex()));
        bar.open("label").text("Depth ");
        bar.open("select", "name", "depth", "aria-label", "Edges shown around the middle");
        for (int depth : DEPTHS) {
            String[] chosen = depth == question.depth()
                    ? new String[] {"value", "" + depth, "selected", ""}
                    : new String[] {"value", "" + depth};
            bar.leaf("option", "" + depth, chosen);
        }
        bar.close().close();
        bar.within("details", menu -> kinds(menu, question.kinds()), "class", "menu");
        bar.leaf("button", "Apply", "type", "submit", "id", "apply").close();
        bar.open("p", "class", "summary", "id", "summary", "role", "status");
        bar.text(summary(answer));
        bar.close();
        if (question.of().isPresent()) {
            bar.link("/", "All families", "class", "button");
        }
    }

    static String summary(GraphAnswer answer) {
        return Amounts.count(answer.nodes().size()) + " of "
                + Amounts.count(answer.snapshot().graph().size(), "version")
                + (answer.cut() ? ", as many as are shown at once" : "");
    }

    private static void kinds(Html menu, List<String> chosen) {
        menu.leaf("summary", chosen.isEmpty() ? "All edges" : String.join(", ", chosen));
        menu.open("fieldset").leaf("legend", "Edges to follow; none for all");
        for (String kind : Queries.kinds()) {
            menu.open("label", "class", "check");
            String[] attributes = chosen.contains(kind)
                    ? new String[] {"type", "checkbox", "name", "kind", "value", kind, "checked", ""}
                    : new String[] {"type", "checkbox", "name", "kind", "value", kind};
            menu.tag("input", attributes);
            menu.leaf("span", "", "class", "swatch " + family(kind), "aria-hidden", "true");
            menu.text(" " + kind).close();
        }
        menu.close();
    }

    /** Kinds of derivation that share a color: those that train, that make smaller, that put together, and the rest. */
    static String family(String kind) {
        return switch (kind) {
            case "version" -> "k-version";
            case "finetune", "continue-pretrain", "distill", "rl" -> "k-train";
            case "prune", "quantize", "cast", "convert" -> "k-shrink";
            case "adapter", "merge" -> "k-join";
            default -> "k-other";
        };
    }

    private static void list(Html list, GraphQuestion question, GraphAnswer answer) {
        Map<Integer, GraphAnswer.Node> nodes = new LinkedHashMap<>();
        answer.nodes().forEach(node -> nodes.put(node.number(), node));
        list.leaf("h2", "Versions in view");
        list.open("table", "class", "versions");
        list.open("thead").open("tr");
        for (String heading : List.of("version", "made from", "message", "date")) {
            list.leaf("th", heading, "scope", "col");
        }
        list.close().close().open("tbody");
        for (int i = answer.nodes().size() - 1; i >= 0; i--) {
            row(list, question, answer, nodes, answer.nodes().get(i));
        }
        list.close().close();
        if (answer.families() > 0) {
            list.open("p");
            list.link(
                    question.opening(answer.moreFamilies()),
                    Amounts.count(answer.families()) + " more famil" + (answer.families() == 1 ? "y" : "ies") + " of "
                            + Amounts.count(answer.inFamilies(), "version"));
            list.close();
        }
    }

    private static void row(
            Html list,
            GraphQuestion question,
            GraphAnswer answer,
            Map<Integer, GraphAnswer.Node> nodes,
            GraphAnswer.Node node) {
        list.open("tr").open("td");
        list.link(Links.version(node.id()), node.label(), "class", node.head() ? "name head" : "name");
        node.tags().forEach(tag -> list.leaf("span", tag, "class", "badge tag"));
        if (!node.stale().isEmpty()) {
            list.leaf("span", node.stale(), "class", "badge warn");
        }
        answer.folds().stream()
                .filter(fold -> fold.of() == node.number())
                .forEach(fold -> list.text(" ").link(question.opening(fold.key()), words(fold), "class", "more"));
        answer.runs().stream()
                .filter(run -> run.newer() == node.number())
                .forEach(run -> list.text(" ")
                        .link(
                                question.opening(run.key()),
                                Amounts.count(run.count(), "version") + " between",
                                "class",
                                "more"));
        list.close().open("td");
        for (GraphAnswer.Edge edge : answer.edges()) {
            GraphAnswer.Node parent = nodes.get(edge.parent());
            if (edge.child() == node.number() && parent != null) {
                list.open("span", "class", "edge " + family(edge.kind()))
                        .text(edge.kind() + " ")
                        .link(question.around(parent.id()), parent.label())
                        .close();
            }
        }
        list.close().leaf("td", node.subject());
        list.leaf("td", node.when().isEmpty() ? "" : node.when().substring(0, 10), "class", "quiet when")
                .close();
    }

    private static String words(Neighbourhood.Fold fold) {
        String side = fold.parents() ? "parent" : fold.count() == 1 ? "child" : "children";
        String many = fold.parents() && fold.count() != 1 ? "s" : "";
        return "+" + Amounts.count(fold.count()) + " " + (fold.kind().isEmpty() ? "" : fold.kind() + " ") + side + many;
    }
}
