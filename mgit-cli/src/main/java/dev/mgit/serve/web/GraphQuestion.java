package dev.mgit.serve.web;

import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.Request;
import dev.mgit.serve.http.UrlText;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which part of the graph a request asks for, as its URL says it.
 *
 * @param of the version in the middle; empty for the largest families
 * @param kinds of edges; none for all
 */
record GraphQuestion(Optional<VersionId> of, int depth, List<String> kinds, Map<String, Integer> opened, int limit) {
    private static final int DEPTH = 2;
    private static final int DEEPEST = 8;
    private static final int LIMIT = 160;
    private static final int MOST = 400;

    static GraphQuestion of(Request request, LineageView view, Snapshot now) {
        String revision = Queries.text(request, "of");
        return new GraphQuestion(
                revision.isEmpty() ? Optional.empty() : Optional.of(view.inGraph(now, revision)),
                Queries.number(request, "depth", DEPTH, 0, DEEPEST),
                Queries.kinds(request),
                Queries.opened(request),
                Queries.number(request, "limit", LIMIT, 1, MOST));
    }

    Neighbourhood answer(Snapshot now) {
        EdgeFilter edges = Queries.filter(kinds);
        List<Integer> start = of.map(id -> List.of(now.graph().node(id))).orElse(List.of());
        return Neighbourhood.of(now, new Neighbourhood.Wish(start, depth, edges, limit, opened));
    }

    /** The page of the same question with one more fold open. */
    String opening(String key) {
        return page() + "&open=" + UrlText.encode(key);
    }

    /** The page of the same question around another version. */
    String around(VersionId id) {
        return new GraphQuestion(Optional.of(id), depth, kinds, Map.of(), limit).page();
    }

    private String page() {
        return "/?" + query();
    }

    /** The question as fields of a URL. */
    String query() {
        var url = new StringBuilder("depth=" + depth);
        of.ifPresent(id -> url.append("&of=").append(id.hex()));
        kinds.forEach(kind -> url.append("&kind=").append(kind));
        opened.forEach((key, count) ->
                url.append("&open=").append(UrlText.encode(key)).append(':').append(count));
        return url.toString();
    }
}
