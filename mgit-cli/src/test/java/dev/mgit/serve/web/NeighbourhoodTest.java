package dev.mgit.serve.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.Json;
import dev.mgit.lineage.graph.EdgeFilter;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.repository.Repository;
import dev.mgit.lineage.version.EdgeKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of a lineage of 20,000 versions: small answers, true counts, and no more looked at than is near. */
class NeighbourhoodTest {
    private static final int LIMIT = 160;
    private static final int BOUND = 200_000;

    @TempDir
    private static Path dir;

    private static LineageView view;
    private static Snapshot now;
    private static LineageGraph graph;

    @BeforeAll
    static void make() throws IOException {
        LargeLineage.make(dir);
        view = new LineageView(NeighbourhoodTest::open, Map.of());
        now = view.snapshot();
        graph = now.graph();
    }

    @AfterAll
    static void close() throws IOException {
        view.close();
    }

    private static Repository open() {
        try {
            return Repository.open(dir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int node(String revision) {
        return graph.node(view.resolve(revision));
    }

    private static Neighbourhood around(String revision, int depth, Map<String, Integer> opened) {
        List<Integer> start = revision.isEmpty() ? List.of() : List.of(node(revision));
        return Neighbourhood.of(now, new Neighbourhood.Wish(start, depth, EdgeFilter.ALL, LIMIT, opened));
    }

    private static int bytes(Neighbourhood around) {
        var question = new GraphQuestion(Optional.empty(), 2, List.of(), Map.of(), LIMIT);
        return Json.bytes(GraphJson.of(GraphAnswer.of(around, LIMIT), question)).length;
    }

    private static long shownChildren(Neighbourhood around, String prefix) {
        return around.shown().keySet().stream()
                .filter(node -> graph.names().modelOf(node).startsWith(prefix))
                .count();
    }

    private static int folded(Neighbourhood around, int of, boolean parents, String kind) {
        return around.folds().stream()
                .filter(fold -> fold.of() == of
                        && fold.parents() == parents
                        && fold.kind().equals(kind))
                .mapToInt(Neighbourhood.Fold::count)
                .sum();
    }

    @Test
    void theLineageIsAsLargeAsItIsMeantToBe() {
        assertThat(graph.size()).isEqualTo(LargeLineage.VERSIONS);
    }

    @Test
    void noAnswerIsLargerThanCanBeLookedAt() {
        for (String revision : List.of("", "base", "long", "long~2500", "merged", "tuned/17", "family-3/root")) {
            for (int depth : new int[] {0, 1, 2, 8}) {
                Neighbourhood around = around(revision, depth, Map.of());
                assertThat(around.shown()).as(revision + " " + depth).hasSizeLessThanOrEqualTo(LIMIT);
                assertThat(bytes(around)).as(revision + " " + depth).isLessThan(BOUND);
            }
        }
    }

    @Test
    void aFamilyIsFoldedIntoACountedNodeThatOpens() {
        int base = node("base");
        Neighbourhood around = around("base", 1, Map.of());
        long shown = shownChildren(around, "tuned/");
        assertThat(shown).isBetween(1L, 20L);
        assertThat(shown + folded(around, base, false, "finetune")).isEqualTo(LargeLineage.TUNED);
        String key = around.folds().get(0).key();
        int colon = key.lastIndexOf(':');
        Neighbourhood more =
                around("base", 1, Map.of(key.substring(0, colon), Integer.parseInt(key.substring(colon + 1))));
        assertThat(shownChildren(more, "tuned/")).isGreaterThan(shown);
        assertThat(shownChildren(more, "tuned/") + folded(more, base, false, "finetune"))
                .isEqualTo(LargeLineage.TUNED);
    }

    @Test
    void parentsOfAMergeAreFoldedToo() {
        Neighbourhood around = around("merged", 1, Map.of());
        assertThat(shownChildren(around, "tuned/") + folded(around, node("merged"), true, "merge"))
                .isEqualTo(LargeLineage.MERGED);
    }

    @Test
    void versionsThatOnlyFollowEachOtherAreOneRun() {
        Neighbourhood around = around("long~2000", 1, Map.of());
        assertThat(around.runs()).extracting(Neighbourhood.Run::count).containsExactlyInAnyOrder(2998, 1999);
        assertThat(around.shown().keySet())
                .extracting(node -> graph.describe(graph.id(node)))
                .contains("long~2000", "long", "long~4999")
                .hasSizeLessThan(10);
        Neighbourhood.Run run = around.runs().get(0);
        int colon = run.key().lastIndexOf(':');
        Neighbourhood opened = around("long~2000", 1, Map.of(run.key().substring(0, colon), 5));
        assertThat(opened.shown()).hasSize(around.shown().size() + 5);
        assertThat(opened.runs()).extracting(Neighbourhood.Run::count).contains(run.count() - 5);
    }

    @Test
    void whereNobodyIsAskedForTheLargestFamiliesAreShownAndTheOthersCounted() {
        Neighbourhood around = around("", 2, Map.of());
        assertThat(around.shown()).containsKey(node("base"));
        int left = around.familiesLeftOut().size();
        assertThat(left + around.familiesShown()).isEqualTo(LargeLineage.FAMILIES + 1);
        assertThat(around("", 2, Map.of("families", 20)).familiesShown()).isEqualTo(20);
    }

    @Test
    void onlyTheNeighboursAreLookedAt() {
        assertThat(around("family-3/root", 1, Map.of()).looked()).isLessThan(500);
        assertThat(around("long~2000", 1, Map.of()).looked()).isLessThan(2L * LargeLineage.LONG + 500);
    }

    @Test
    void onlyEdgesAskedForAreFollowed() {
        EdgeFilter quantized = EdgeFilter.of(false, List.of(EdgeKind.QUANTIZE));
        Neighbourhood around = Neighbourhood.of(
                now, new Neighbourhood.Wish(List.of(node("family-3/root")), 1, quantized, LIMIT, Map.of()));
        assertThat(around.shown()).hasSizeGreaterThan(1);
        assertThat(around.folds()).allMatch(fold -> fold.kind().equals("quantize"));
        assertThat(GraphAnswer.of(around, LIMIT).nodes()).hasSize(around.shown().size());
    }

    @Test
    void theGraphIsReadOnceForAsLongAsNothingMoves() {
        assertThat(view.snapshot()).isSameAs(now);
    }

    @Test
    void namesThatBeginWithWhatWasTypedComeFirst() {
        assertThat(now.search("ROOT", 5))
                .hasSize(5)
                .allMatch(named -> named.name().endsWith("/root"));
        assertThat(now.search("long", 5)).extracting(Snapshot.Named::name).containsExactly("long");
        assertThat(now.search("nothing like it", 5)).isEmpty();
    }

    @Test
    void theLatestVersionsWhoseMessageHoldsEveryWordAreFound() {
        int last = now.graph().size() - 1;
        assertThat(MessageSearch.find(now.graph(), " Shard TRAIN ", 3)).containsExactly(last, last - 1, last - 2);
        assertThat(MessageSearch.find(now.graph(), "shard nothing", 3)).isEmpty();
        assertThat(MessageSearch.find(now.graph(), " ", 3)).isEmpty();
    }
}
