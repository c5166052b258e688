package dev.mgit.lineage.query;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.graph.Reach;
import dev.mgit.lineage.query.BisectState.Verdict;
import dev.mgit.lineage.version.VersionId;
import java.util.BitSet;
import java.util.List;

/**
 * Finds the first bad version along version and provenance edges: the one from which all bad ones descend. A version is
 * suspect if every version known bad descends from it (or is it) and no version known good does. Each step asks for the
 * suspect whose answer leaves the fewer suspects in the worse case, as {@code git bisect} does.
 *
 * <p>On a chain that takes at most ⌈log2 n⌉ answers for n suspects. Where many roots flow together no order of
 * questions can promise that: one version made from k unrelated ones may need k answers.
 */
public final class Bisect {
    /** What to do next. */
    public sealed interface Step {}

    /** Nothing to search yet: no version is known bad. */
    public record NeedBad() implements Step {}

    /**
     * Test this version and mark it.
     *
     * @param suspects versions the first bad one may be, this one included
     * @param runs how many tests it takes from here, this one included, if each leaves half of the suspects
     */
    public record Test(VersionId version, int suspects, int runs) implements Step {}

    /** The search has ended. */
    public record Found(VersionId version) implements Step {}

    /** Only skipped versions are left beside the known bad one: it is one of these, oldest first. */
    public record Undecided(List<VersionId> candidates) implements Step {}

    private final LineageGraph graph;

    public Bisect(LineageGraph graph) {
        this.graph = graph;
    }

    /**
     * The next step of a search.
     *
     * @throws MgitException of kind USAGE if what was said of the versions cannot be true of one first bad version
     */
    public Step next(BisectState state) {
        List<VersionId> bad = state.marked(Verdict.BAD);
        if (bad.isEmpty()) {
            return new NeedBad();
        }
        BitSet suspects = suspects(bad, state.marked(Verdict.GOOD));
        if (suspects.cardinality() == 1) {
            return new Found(graph.id(suspects.nextSetBit(0)));
        }
        BitSet skipped = new BitSet();
        state.marked(Verdict.SKIP).forEach(id -> skipped.set(graph.node(id)));
        int best = new Suspects(graph.data, suspects).mostTelling(skipped);
        if (best < 0) {
            return new Undecided(suspects.stream().mapToObj(graph::id).toList());
        }
        int count = suspects.cardinality();
        return new Test(graph.id(best), count, Integer.SIZE - Integer.numberOfLeadingZeros(count - 1));
    }

    private BitSet suspects(List<VersionId> bad, List<VersionId> good) {
        BitSet suspects = new BitSet();
        suspects.set(0, graph.size());
        for (VersionId id : bad) {
            suspects.and(Reach.from(graph, new int[] {graph.node(id)}, Direction.ANCESTORS, EdgeFilter.ALL));
        }
        if (suspects.isEmpty()) {
            throw MgitException.usage("the bad versions have no common ancestor, so no single version made them bad");
        }
        BitSet innocent = Reach.from(graph, graph.nodes(good), Direction.ANCESTORS, EdgeFilter.ALL);
        for (VersionId id : bad) {
            if (innocent.get(graph.node(id))) {
                String message = id.abbreviated() + " is marked bad, but a version made from it is marked good";
                throw new MgitException(
                        MgitException.Kind.USAGE,
                        message,
                        "see the marks with: mgit bisect log, correct one and go on");
            }
        }
        suspects.andNot(innocent);
        if (suspects.isEmpty()) {
            throw MgitException.usage("all common ancestors of the bad versions are marked good");
        }
        return suspects;
    }
}
