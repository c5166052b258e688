package dev.mgit.lineage.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.graph.LineageGraph;
import dev.mgit.lineage.graph.MadeLineage;
import dev.mgit.lineage.query.Blame.Change;
import dev.mgit.lineage.query.Find.Query;
import dev.mgit.lineage.query.TensorSearch.Match;
import dev.mgit.lineage.tensorindex.TensorCondition;
import dev.mgit.lineage.tensorindex.TensorIndex;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionBuilder;
import dev.mgit.lineage.version.VersionId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Blame, impact of a tensor and find, on made versions. */
class QuestionsTest {
    private final MadeLineage made = new MadeLineage();

    /** Names and data in turns; all tensors are 2x3 F32. */
    private static Map<TensorSpec, String> tensors(String... namesAndData) {
        Map<TensorSpec, String> tensors = new LinkedHashMap<>();
        for (int i = 0; i < namesAndData.length; i += 2) {
            tensors.put(new TensorSpec(namesAndData[i], Dtype.F32, List.of(2L, 3L)), namesAndData[i + 1]);
        }
        return tensors;
    }

    private VersionId commit(VersionBuilder builder, String... namesAndData) {
        return made.commit(builder.tensors(tensors(namesAndData)));
    }

    @Test
    void blameFollowsDataThroughVersionsDerivationsAndRenames() {
        VersionId base = commit(made.version("base"), "emb", "e0", "l0.w", "w0", "l1.w", "w1");
        VersionId better = commit(made.version("base").after(base), "emb", "e0", "l0.w", "w0'", "l1.w", "w1");
        VersionId tuned = commit(
                made.version("tuned").from(better, "base", EdgeKind.FINETUNE),
                "bert.emb",
                "e0",
                "bert.l0.w",
                "w0'",
                "bert.l1.w",
                "tuned",
                "head",
                "h");
        LineageGraph graph = made.graph();
        List<Blame.Line> lines = new Blame(graph, made.lineage).of(tuned, Glob.ALL);

        assertThat(lines)
                .extracting(line -> line.tensor().name())
                .containsExactly("bert.emb", "bert.l0.w", "bert.l1.w", "head");
        assertThat(lines).extracting(Blame.Line::version).containsExactly(base, better, tuned, tuned);
        assertThat(lines).extracting(Blame.Line::then).containsExactly("emb", "l0.w", "bert.l1.w", "head");
        assertThat(lines).extracting(Blame.Line::renamed).containsExactly(true, true, false, false);
        assertThat(lines)
                .extracting(Blame.Line::change)
                .containsExactly(Change.INTRODUCED, Change.CHANGED, Change.INTRODUCED, Change.INTRODUCED);
    }

    @Test
    void blameFindsTheSideOfAMergeATensorCameFrom() {
        VersionId base = commit(made.version("base"), "a", "a", "b", "b");
        VersionId left = commit(made.version("left").from(base, "base", EdgeKind.FINETUNE), "a", "a1", "b", "b");
        VersionId right = commit(made.version("right").from(base, "base", EdgeKind.FINETUNE), "a", "a", "b", "b1");
        VersionId merged = commit(
                made.version("merged").from(left, "left", EdgeKind.MERGE).from(right, "right", EdgeKind.MERGE),
                "a",
                "a1",
                "b",
                "b1");
        assertThat(new Blame(made.graph(), made.lineage).of(merged, Glob.ALL))
                .extracting(Blame.Line::version)
                .containsExactly(left, right);
    }

    @Test
    void blamePrefersTheParentWithTheSameName() {
        VersionId other = commit(made.version("other"), "x", "same");
        VersionId base = commit(made.version("base"), "w", "same");
        VersionId tied = commit(
                made.version("tied").from(other, "other", EdgeKind.MERGE).from(base, "base", EdgeKind.MERGE),
                "w",
                "same");
        assertThat(new Blame(made.graph(), made.lineage).of(tied, new Glob("w")))
                .extracting(Blame.Line::version)
                .containsExactly(base);
    }

    @Test
    void blameOfATensorThatIsNotThereNamesTheNearest() {
        VersionId base = commit(made.version("base"), "encoder.weight", "w");
        assertThatThrownBy(() -> new Blame(made.graph(), made.lineage).of(base, new Glob("encoder.wieght")))
                .isInstanceOfSatisfying(
                        MgitException.class, e -> assertThat(e.hint()).contains("encoder.weight"));
    }

    @Test
    void aTensorsImpactIsEveryVersionThatContainsIt() {
        VersionId base = commit(made.version("base"), "w", "data", "v", "other");
        VersionId next = commit(made.version("base").after(base), "w", "new", "v", "other");
        VersionId tuned = commit(made.version("tuned").from(base, "base", EdgeKind.FINETUNE), "x.w", "data");
        TensorSearch search = new TensorSearch(made.graph(), made.lineage, TensorIndex.none());
        String hash = VersionBuilder.object("data").hex();

        assertThat(search.containing(hash)).extracting(Match::version).containsExactly(tuned, base);
        assertThat(search.containing(hash.substring(0, 12)).get(0).tensors())
                .extracting(TensorLocation::name)
                .containsExactly("x.w");
        assertThat(search.containing(VersionBuilder.object("other").abbreviated()))
                .extracting(Match::version)
                .containsExactly(next, base);
        assertThatThrownBy(() -> search.containing("0".repeat(64))).hasMessageContaining("no version contains");
        assertThatThrownBy(() -> search.containing("zz")).hasMessageContaining("not the hash");
    }

    @Test
    void aPrefixOfSeveralTensorsIsRefused() {
        String[] tensors = new String[2 * 3000];
        Map<String, String> byPrefix = new LinkedHashMap<>();
        String shared = "";
        for (int i = 0; i < 3000; i++) {
            tensors[2 * i] = "t" + i;
            tensors[2 * i + 1] = "data " + i;
            String prefix = VersionBuilder.object("data " + i).hex().substring(0, 4);
            shared = byPrefix.put(prefix, "") != null ? prefix : shared;
        }
        assertThat(shared).isNotEmpty();
        String prefix = shared;
        commit(made.version("base"), tensors);
        assertThatThrownBy(() -> new TensorSearch(made.graph(), made.lineage, TensorIndex.none()).containing(prefix))
                .hasMessageContaining("is the prefix of");
    }

    private List<VersionId> find(Query query) {
        return new Find(made.graph(), made.lineage, TensorIndex.none())
                .all(query, Integer.MAX_VALUE).stream().map(Match::version).toList();
    }

    private static Query byMetric(String... conditions) {
        Query any = Query.ANY;
        return new Query(
                any.model(),
                any.author(),
                any.trailers(),
                any.text(),
                any.since(),
                any.until(),
                any.kinds(),
                any.tensor(),
                List.of(conditions).stream().map(MetricCondition::parse).toList());
    }

    private static Query byTensor(TensorCondition tensor) {
        Query any = Query.ANY;
        return new Query(
                any.model(),
                any.author(),
                any.trailers(),
                any.text(),
                any.since(),
                any.until(),
                any.kinds(),
                Optional.of(tensor),
                any.metrics());
    }

    @Test
    void findsByRecordedFields() {
        VersionId base = made.commit(VersionBuilder.of("team/base").at(0).trailer("License", "MIT"));
        VersionId tuned = made.commit(VersionBuilder.of("tuned")
                .at(100)
                .by("Grace Hopper", "grace@example.org")
                .message("Better Data")
                .from(base, "team/base", EdgeKind.FINETUNE));
        Optional<Instant> middle = Optional.of(Instant.parse("2026-01-01T00:01:00Z"));
        Optional<String> no = Optional.empty();
        Optional<Instant> any = Optional.empty();
        Optional<TensorCondition> none = Optional.empty();

        assertThat(find(Query.ANY)).containsExactly(tuned, base);
        assertThat(find(new Query(
                        Optional.of(new Glob("team/*")), no, Map.of(), no, any, any, Set.of(), none, List.of())))
                .containsExactly(base);
        assertThat(find(new Query(
                        Optional.empty(), Optional.of("hopper"), Map.of(), no, any, any, Set.of(), none, List.of())))
                .containsExactly(tuned);
        assertThat(find(new Query(
                        Optional.empty(), no, Map.of("license", ""), no, any, any, Set.of(), none, List.of())))
                .containsExactly(base);
        assertThat(find(new Query(
                        Optional.empty(), no, Map.of("License", "GPL"), no, any, any, Set.of(), none, List.of())))
                .isEmpty();
        assertThat(find(new Query(
                        Optional.empty(), no, Map.of(), Optional.of("data"), any, any, Set.of(), none, List.of())))
                .containsExactly(tuned);
        assertThat(find(new Query(Optional.empty(), no, Map.of(), no, middle, any, Set.of(), none, List.of())))
                .containsExactly(tuned);
        assertThat(find(new Query(Optional.empty(), no, Map.of(), no, any, middle, Set.of(), none, List.of())))
                .containsExactly(base);
        Query finetuned =
                new Query(Optional.empty(), no, Map.of(), no, any, any, Set.of(EdgeKind.FINETUNE), none, List.of());
        assertThat(find(finetuned)).containsExactly(tuned);
        assertThat(Find.log(made.graph(), List.of(tuned), LineageGraph.Direction.ANCESTORS, finetuned))
                .toIterable()
                .extracting(Version::id)
                .containsExactly(tuned);
    }

    @Test
    void findsByShapeDtypeNameAndHash() {
        VersionId base = commit(made.version("base"), "w", "data");
        made.commit(made.version("plain"));
        Optional<Glob> anyName = Optional.empty();
        Optional<String> anyHash = Optional.empty();
        Optional<Dtype> anyDtype = Optional.empty();
        assertThat(find(byTensor(new TensorCondition(
                        anyName, anyHash, Optional.of(TensorCondition.parseShape("*x3")), Optional.of(Dtype.F32)))))
                .containsExactly(base);
        assertThat(find(byTensor(new TensorCondition(
                        anyName, anyHash, Optional.of(TensorCondition.parseShape("[2, 3, 1]")), anyDtype))))
                .isEmpty();
        assertThat(find(byTensor(new TensorCondition(anyName, anyHash, Optional.empty(), Optional.of(Dtype.F16)))))
                .isEmpty();
        String digits = VersionBuilder.object("data").hex().substring(0, 9);
        assertThat(find(byTensor(new TensorCondition(
                        Optional.of(new Glob("w")), Optional.of(digits), Optional.empty(), anyDtype))))
                .containsExactly(base);
        assertThatThrownBy(() -> TensorCondition.parseShape("2xx3")).isInstanceOf(MgitException.class);
        assertThatThrownBy(() -> TensorCondition.parseShape("-1")).isInstanceOf(MgitException.class);
    }

    @Test
    void findsByTheLatestRecordedMetric() {
        VersionId one = made.commit(made.version("one"));
        VersionId two = made.commit(made.version("two"));
        made.commit(made.version("untested"));
        note(one, "{\"test\":\"glue\",\"metrics\":{\"acc\":0.7}}\n{\"test\":\"glue\",\"metrics\":{\"acc\":0.9}}\n");
        note(two, "{\"schema\":1,\"results\":[{\"metrics\":{\"acc\":0.8,\"loss\":2}}]}");

        assertThat(find(byMetric("acc>0.85"))).containsExactly(one);
        assertThat(find(byMetric("acc<=0.9"))).containsExactly(two, one);
        assertThat(find(byMetric("acc >= 0.8", "loss = 2"))).containsExactly(two);
        assertThat(find(byMetric("acc!=0.9"))).containsExactly(two);
        assertThat(find(byMetric("none>0"))).isEmpty();
        for (String wrong : List.of("acc", ">1", "acc>", "acc>x", "")) {
            assertThatThrownBy(() -> MetricCondition.parse(wrong)).isInstanceOf(MgitException.class);
        }
    }

    private void note(VersionId version, String text) {
        Transaction change = made.lineage.begin("test", MadeLineage.ADA);
        change.putNote("tests", version, text.getBytes(StandardCharsets.UTF_8));
        change.apply();
    }
}
