package dev.mgit.lineage.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.graph.MadeLineage;
import dev.mgit.lineage.query.BisectState.Verdict;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionBuilder;
import dev.mgit.lineage.version.VersionId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class BisectTest {
    private record Outcome(Bisect.Step last, int runs) {}

    private static Outcome search(LineageGraph graph, BisectState start, Predicate<VersionId> isBad) {
        Bisect bisect = new Bisect(graph);
        BisectState state = start;
        int runs = 0;
        Bisect.Step step = bisect.next(state);
        while (step instanceof Bisect.Test test) {
            runs++;
            state = state.with(isBad.test(test.version()) ? Verdict.BAD : Verdict.GOOD, test.version());
            step = bisect.next(state);
        }
        return new Outcome(step, runs);
    }

    private static int ceilLog2(int n) {
        return n <= 1 ? 0 : Integer.SIZE - Integer.numberOfLeadingZeros(n - 1);
    }

    @Test
    void findsEveryFirstBadVersionOfEveryChainUpToTwelve() {
        for (int length = 1; length <= 12; length++) {
            MadeLineage made = new MadeLineage();
            List<VersionId> chain = made.chain("m", length);
            LineageGraph graph = made.graph();
            for (int culprit = 0; culprit < length; culprit++) {
                int first = culprit;
                Predicate<VersionId> isBad = id -> chain.indexOf(id) >= first;
                BisectState badOnly = BisectState.start().with(Verdict.BAD, chain.get(length - 1));
                Outcome outcome = search(graph, badOnly, isBad);
                assertThat(outcome.last()).isEqualTo(new Bisect.Found(chain.get(culprit)));
                assertThat(outcome.runs()).isLessThanOrEqualTo(ceilLog2(length));

                if (culprit > 0) {
                    outcome = search(graph, badOnly.with(Verdict.GOOD, chain.get(0)), isBad);
                    assertThat(outcome.last()).isEqualTo(new Bisect.Found(chain.get(culprit)));
                    assertThat(outcome.runs()).isLessThanOrEqualTo(ceilLog2(length - 1));
                }
            }
        }
    }

    @Test
    void isWithinOneRunOfTheBestPossibleOrderOnSmallRandomGraphs() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            int size = 2 + random.nextInt(11);
            MadeLineage made = new MadeLineage();
            List<VersionId> nodes = made.randomDag(random, size, 3, 1 + random.nextInt(8));
            LineageGraph graph = made.graph();
            int runs = worstRuns(graph, nodes);
            assertThat(runs).as("seed " + seed).isLessThanOrEqualTo(ceilLog2(size) + 1);
            assertThat(runs).as("seed " + seed).isLessThanOrEqualTo(bestRuns(graph, nodes) + 1);
        }
    }

    @Test
    void keepsTheBoundOnRandomGraphsOfPairwiseMerges() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            int size = 3 + random.nextInt(60);
            MadeLineage made = new MadeLineage();
            List<VersionId> nodes = made.randomDag(random, size, 2, 1 + random.nextInt(8));
            LineageGraph graph = made.graph();
            VersionId bad = nodes.get(size - 2);
            List<VersionId> suspects = new ArrayList<>(graph.reach(bad, Direction.ANCESTORS, EdgeFilter.ALL));
            Collections.reverse(suspects);
            suspects.add(bad);
            int bound = ceilLog2(suspects.size()) + 1;
            assertThat(worstRuns(graph, suspects)).as("seed " + seed).isLessThanOrEqualTo(bound);
        }
    }

    @Test
    void aMergeOfUnrelatedRootsTakesARunForEachAtWorstAndIsStillRight() {
        MadeLineage made = new MadeLineage();
        List<VersionId> nodes = new ArrayList<>();
        VersionBuilder merge = made.version("merge");
        for (int i = 0; i < 9; i++) {
            nodes.add(made.commit(made.version("root" + i)));
            merge.from(nodes.get(i), "root" + i, EdgeKind.MERGE);
        }
        nodes.add(made.commit(merge));
        assertThat(worstRuns(made.graph(), nodes)).isEqualTo(9).isEqualTo(bestRuns(made.graph(), nodes));
    }

    /** Searches for every node in turn, the last known bad, and checks that it is found. */
    private static int worstRuns(LineageGraph graph, List<VersionId> nodes) {
        int worst = 0;
        for (VersionId culprit : nodes) {
            BisectState start = BisectState.start().with(Verdict.BAD, nodes.get(nodes.size() - 1));
            Outcome outcome = search(graph, start, id -> graph.isAncestor(culprit, id));
            assertThat(outcome.last()).isEqualTo(new Bisect.Found(culprit));
            worst = Math.max(worst, outcome.runs());
        }
        return worst;
    }

    @Test
    void knownGoodVersionsTakeTheirAncestorsOut() {
        MadeLineage made = new MadeLineage();
        List<VersionId> base = made.chain("base", 4);
        VersionId left = made.commit(made.version("left").from(base.get(3), "base", EdgeKind.FINETUNE));
        VersionId right = made.commit(made.version("right").from(base.get(3), "base", EdgeKind.FINETUNE));
        VersionId merged = made.commit(
                made.version("merged").from(left, "left", EdgeKind.MERGE).from(right, "right", EdgeKind.MERGE));
        VersionId cousin = made.commit(made.version("cousin").from(base.get(2), "base", EdgeKind.PRUNE));
        BisectState state = BisectState.start().with(Verdict.BAD, merged).with(Verdict.GOOD, cousin);
        Bisect.Step step = new Bisect(made.graph()).next(state);
        assertThat(step).isInstanceOfSatisfying(Bisect.Test.class, test -> {
            assertThat(test.suspects()).isEqualTo(4);
            assertThat(test.runs()).isEqualTo(2);
        });
        assertThat(search(made.graph(), state, id -> id.equals(merged) || id.equals(right))
                        .last())
                .isEqualTo(new Bisect.Found(right));
    }

    @Test
    void goesRoundSkippedVersionsAndNamesTheCandidatesIfOnlyTheyAreLeft() {
        MadeLineage made = new MadeLineage();
        List<VersionId> chain = made.chain("m", 8);
        LineageGraph graph = made.graph();
        BisectState start = BisectState.start().with(Verdict.BAD, chain.get(7)).with(Verdict.SKIP, chain.get(3));
        assertThat(search(graph, start, id -> chain.indexOf(id) >= 6).last()).isEqualTo(new Bisect.Found(chain.get(6)));
        BisectState allSkipped = start;
        for (VersionId id : chain.subList(1, 7)) {
            allSkipped = allSkipped.with(Verdict.SKIP, id);
        }
        Outcome outcome = search(graph, allSkipped, id -> chain.indexOf(id) >= 2);
        assertThat(outcome.last()).isEqualTo(new Bisect.Undecided(chain.subList(1, 8)));
        assertThat(outcome.runs()).isEqualTo(1);
    }

    @Test
    void marksThatContradictEachOtherAreSaidSo() {
        MadeLineage made = new MadeLineage();
        List<VersionId> chain = made.chain("m", 3);
        VersionId other = made.commit(made.version("other"));
        Bisect bisect = new Bisect(made.graph());
        assertThat(bisect.next(BisectState.start())).isEqualTo(new Bisect.NeedBad());
        BisectState bad = BisectState.start().with(Verdict.BAD, chain.get(1));
        assertThatThrownBy(() -> bisect.next(bad.with(Verdict.GOOD, chain.get(2))))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("marked good");
        assertThatThrownBy(() -> bisect.next(bad.with(Verdict.BAD, other)))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("no common ancestor");
        BisectState corrected = bad.with(Verdict.GOOD, chain.get(1)).with(Verdict.BAD, chain.get(2));
        assertThat(bisect.next(corrected)).isEqualTo(new Bisect.Found(chain.get(2)));
    }

    @Test
    void theStateReadsBackAndDamageIsSaidSo() {
        BisectState state = BisectState.start()
                .with(Verdict.BAD, new VersionId("a".repeat(40)))
                .with(Verdict.SKIP, new VersionId("b".repeat(40)));
        assertThat(BisectState.parse(state.toJson())).isEqualTo(state);
        for (String damaged : List.of("", "{}", "{\"schema\":2,\"marks\":[]}", "{\"schema\":1,\"marks\":[{}]}")) {
            assertThatThrownBy(() -> BisectState.parse(damaged.getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(MgitException.class);
        }
    }

    /** Runs the best possible order of questions needs at worst, tried out in full. */
    private static int bestRuns(LineageGraph graph, List<VersionId> nodes) {
        int n = nodes.size();
        int[] ancestors = new int[n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                ancestors[i] |= graph.isAncestor(nodes.get(j), nodes.get(i)) ? 1 << j : 0;
            }
        }
        return best(ancestors, (1 << n) - 1, new HashMap<>());
    }

    private static int best(int[] ancestors, int suspects, Map<Integer, Integer> known) {
        if (Integer.bitCount(suspects) <= 1) {
            return 0;
        }
        Integer k = known.get(suspects);
        if (k != null) {
            return k;
        }
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < ancestors.length; i++) {
            int ifBad = suspects & ancestors[i];
            if ((suspects >> i & 1) != 0 && ifBad != suspects) {
                int runs = 1 + Math.max(best(ancestors, ifBad, known), best(ancestors, suspects & ~ifBad, known));
                least = Math.min(least, runs);
            }
        }
        known.put(suspects, least);
        return least;
    }
}
