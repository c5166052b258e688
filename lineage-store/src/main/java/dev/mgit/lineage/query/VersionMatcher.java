package dev.mgit.lineage.query;

import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.GraphData;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.TextCodec;
import dev.mgit.lineage.graph.TextCodec.Text;
import dev.mgit.lineage.query.Find.Query;
import dev.mgit.lineage.version.Person;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * What a query says of records, asked of rows of a graph: of a hundred thousand versions most do not match, and making
 * an object of each would take longer than everything else. Tensors and metrics are not looked at.
 */
final class VersionMatcher implements IntPredicate {
    private final LineageGraph graph;
    private final GraphData data;
    private final Query query;
    private final EdgeFilter kinds;
    private final long since;
    private final long until;
    private final TextMatch text;
    private final Map<Integer, Boolean> models = new HashMap<>();
    private final Map<Long, Boolean> authors = new HashMap<>();

    VersionMatcher(LineageGraph graph, Query query) {
        this.graph = graph;
        this.data = graph.data;
        this.query = query;
        this.kinds = EdgeFilter.of(false, query.kinds());
        this.since = query.since().map(VersionMatcher::secondsUp).orElse(Long.MIN_VALUE);
        this.until = query.until().map(Instant::getEpochSecond).orElse(Long.MAX_VALUE);
        this.text = new TextMatch(query.text().orElse(""));
    }

    private static long secondsUp(Instant instant) {
        return instant.getEpochSecond() + (instant.getNano() > 0 ? 1 : 0);
    }

    /** @param node a version whose record is present */
    @Override
    public boolean test(int node) {
        return data.when[node] >= since
                && data.when[node] <= until
                && (query.kinds().isEmpty() || hasKind(node))
                && (query.model().isEmpty()
                        || isModel(data.model[node])
                        || isModel(graph.names().modelString(node)))
                && (query.author().isEmpty() || isAuthor(data.authorName[node], data.authorMail[node]))
                && (query.text().isEmpty() || text.isIn(data.text, data.textStart[node], data.textStart[node + 1]))
                && (query.trailers().isEmpty() || hasTrailers(node));
    }

    private boolean hasKind(int node) {
        for (int e = data.edgeStart[node]; e < data.edgeStart[node + 1]; e++) {
            if (kinds.follows(data.edgeCode[e])) {
                return true;
            }
        }
        return false;
    }

    private boolean isModel(int string) {
        return models.computeIfAbsent(string, key -> query.model().orElseThrow().test(data.strings.get(key)));
    }

    private boolean isAuthor(int name, int mail) {
        return authors.computeIfAbsent((long) name << Integer.SIZE | mail, key -> {
            String author = new Person(data.strings.get(name), data.strings.get(mail)).toString();
            return author.toLowerCase(Locale.ROOT)
                    .contains(query.author().orElseThrow().toLowerCase(Locale.ROOT));
        });
    }

    private boolean hasTrailers(int node) {
        Text decoded = TextCodec.decode(data.text, data.textStart[node], data.textStart[node + 1]);
        return query.trailers().entrySet().stream()
                .allMatch(wanted -> decoded.trailers().entrySet().stream()
                        .anyMatch(trailer -> trailer.getKey().equalsIgnoreCase(wanted.getKey())
                                && (wanted.getValue().isEmpty()
                                        || trailer.getValue().equals(wanted.getValue()))));
    }
}
