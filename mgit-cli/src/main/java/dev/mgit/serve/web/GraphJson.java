package dev.mgit.serve.web;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A neighbourhood as the interface gives it; versions, folds and runs are all nodes to whoever draws it. */
final class GraphJson {
    private GraphJson() {}

    static Map<String, Object> of(GraphAnswer answer, GraphQuestion question) {
        Map<Integer, String> ids = new LinkedHashMap<>();
        answer.nodes().forEach(node -> ids.put(node.number(), node.id().hex()));
        List<Map<String, Object>> edges = new ArrayList<>();
        for (GraphAnswer.Edge edge : answer.edges()) {
            edges.add(Map.of(
                    "from",
                    ids.getOrDefault(edge.parent(), ""),
                    "to",
                    ids.getOrDefault(edge.child(), ""),
                    "kind",
                    edge.kind(),
                    "source",
                    edge.source()));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("versions", answer.snapshot().graph().size());
        json.put("models", models(answer));
        question.of().ifPresent(id -> json.put("of", id.hex()));
        json.put("depth", question.depth());
        json.put("nodes", answer.nodes().stream().map(GraphJson::node).toList());
        json.put("edges", edges);
        json.put("folds", answer.folds().stream().map(fold -> fold(fold, ids)).toList());
        json.put("runs", answer.runs().stream().map(run -> run(run, ids)).toList());
        if (answer.families() > 0) {
            json.put(
                    "families",
                    Map.of("count", answer.families(), "versions", answer.inFamilies(), "open", answer.moreFamilies()));
        }
        json.put("cut", answer.cut());
        return json;
    }

    private static long models(GraphAnswer answer) {
        return answer.snapshot().names().stream().filter(name -> !name.tag()).count();
    }

    static Map<String, Object> node(GraphAnswer.Node node) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", node.id().hex());
        json.put("label", node.label());
        json.put("model", node.model());
        json.put("subject", node.subject());
        json.put("author", node.author());
        json.put("when", node.when());
        json.put("head", node.head());
        json.put("tags", node.tags());
        json.put("distance", node.distance());
        if (!node.stale().isEmpty()) {
            json.put("stale", node.stale());
        }
        if (!node.lossy().isEmpty()) {
            json.put("lossy", node.lossy());
        }
        return json;
    }

    private static Map<String, Object> fold(Neighbourhood.Fold fold, Map<Integer, String> ids) {
        return Map.of(
                "of",
                ids.getOrDefault(fold.of(), ""),
                "side",
                fold.parents() ? "parents" : "children",
                "kind",
                fold.kind(),
                "count",
                fold.count(),
                "open",
                fold.key());
    }

    private static Map<String, Object> run(Neighbourhood.Run run, Map<Integer, String> ids) {
        return Map.of(
                "from",
                ids.getOrDefault(run.older(), ""),
                "to",
                ids.getOrDefault(run.newer(), ""),
                "count",
                run.count(),
                "open",
                run.key());
    }
}
