package dev.mgit.lineage.query;

import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.graph.LogOrder;
import dev.mgit.lineage.graph.Reach;
import dev.mgit.lineage.query.TensorSearch.Match;
import dev.mgit.lineage.tensorindex.TensorCondition;
import dev.mgit.lineage.tensorindex.TensorIndex;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/** Finds versions by what is recorded of them, by their tensors and by their test results. */
public final class Find {
    /** The namespaces of notes that hold metrics: results of tests, evaluations by other harnesses, costs and plans. */
    private static final List<String> MEASURED = List.of("tests", "evaluations", "costs", "serving-plans");

    /**
     * What a version must be like; all conditions hold together, and parts left empty do not matter.
     *
     * @param model the model it belongs to now or was made for
     * @param author part of the author's name or mail, in any case
     * @param trailers trailers it must have; an empty value stands for any
     * @param text part of the message, in any case
     * @param since made at this moment or later
     * @param until made at this moment or earlier
     * @param kinds it has a provenance edge of one of these kinds
     * @param metrics conditions on its latest test results
     */
    public record Query(
            Optional<Glob> model,
            Optional<String> author,
            Map<String, String> trailers,
            Optional<String> text,
            Optional<Instant> since,
            Optional<Instant> until,
            Set<EdgeKind> kinds,
            Optional<TensorCondition> tensor,
            List<MetricCondition> metrics) {
        public static final Query ANY = new Query(
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Set.of(),
                Optional.empty(),
                List.of());

        /** Versions with a provenance edge of one of some kinds, or any if there are none. */
        public static Query ofKinds(Set<EdgeKind> kinds) {
            return new Query(
                    ANY.model,
                    ANY.author,
                    ANY.trailers,
                    ANY.text,
                    ANY.since,
                    ANY.until,
                    kinds,
                    ANY.tensor,
                    ANY.metrics);
        }
    }

    private final LineageGraph graph;
    private final Lineage lineage;
    private final TensorIndex index;

    public Find(LineageGraph graph, Lineage lineage, TensorIndex index) {
        this.graph = graph;
        this.lineage = lineage;
        this.index = index;
    }

    /**
     * Matching versions, newest first; their tensors are listed where the query asks for tensors.
     *
     * @param limit at most so many
     */
    public List<Match> all(Query query, int limit) {
        return all(query, version -> true, limit);
    }

    /** @param also what else must hold of a version; asked last, since it may take longer than all else */
    public List<Match> all(Query query, Predicate<VersionId> also, int limit) {
        IntPredicate recorded = matcher(query);
        IntPredicate matcher = node -> recorded.test(node) && also.test(graph.id(node));
        if (query.tensor().isPresent()) {
            return new TensorSearch(graph, lineage, index)
                    .search(matcher, query.tensor().get(), limit);
        }
        List<Match> found = new ArrayList<>();
        for (int node = graph.size() - 1; node >= 0 && found.size() < limit; node--) {
            if (graph.data.absent[node] == 0 && matcher.test(node)) {
                VersionId id = graph.id(node);
                found.add(new Match(id, graph.modelOf(id), graph.isOpen(id), List.of()));
            }
        }
        return found;
    }

    private IntPredicate matcher(Query query) {
        IntPredicate recorded = new VersionMatcher(graph, query);
        if (query.metrics().isEmpty()) {
            return recorded;
        }
        List<Map<VersionId, byte[]>> results =
                MEASURED.stream().map(lineage::notes).toList();
        return node -> recorded.test(node) && metricsHold(query, notes(results, graph.id(node)));
    }

    /**
     * {@link LineageGraph#log} of the versions that match what a query says of records; tensors and metrics are not
     * looked at.
     */
    public static Iterator<Version> log(
            LineageGraph graph, Collection<VersionId> from, Direction direction, Query query) {
        BitSet reached = Reach.from(graph, graph.nodes(from), direction, EdgeFilter.ALL);
        return LogOrder.of(graph, reached, new VersionMatcher(graph, query));
    }

    private static List<byte[]> notes(List<Map<VersionId, byte[]>> results, VersionId id) {
        return results.stream()
                .flatMap(namespace -> Optional.ofNullable(namespace.get(id)).stream())
                .toList();
    }

    private static boolean metricsHold(Query query, List<byte[]> notes) {
        return query.metrics().stream().allMatch(condition -> notes.stream().anyMatch(condition::test));
    }
}
