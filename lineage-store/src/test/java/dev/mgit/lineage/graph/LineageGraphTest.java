package dev.mgit.lineage.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.graph.LineageGraph.CircularEdge;
import dev.mgit.lineage.graph.LineageGraph.Direction;
import dev.mgit.lineage.query.Impact;
import dev.mgit.lineage.query.Impact.Affected;
import dev.mgit.lineage.query.Staleness;
import dev.mgit.lineage.query.Staleness.Behind;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.ProvenanceEdge.Source;
import dev.mgit.lineage.version.Transaction;
import dev.mgit.lineage.version.Version;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LineageGraphTest {
    private final MadeLineage made = new MadeLineage();

    @Test
    void holdsEveryVersionAsTheLineageGivesIt() {
        List<VersionId> base = made.chain("base", 3);
        VersionId child = made.commit(made.version("team/child")
                .from(base.get(1), "base", EdgeKind.QUANTIZE)
                .message("subject\n\nünïcode body")
                .trailer("License", "MIT")
                .trailer("Ticket", ""));
        made.addEdge(child, base.get(0), "base", EdgeKind.DISTILL, Source.INFERRED);
        LineageGraph graph = made.graph();

        assertThat(graph.size()).isEqualTo(4);
        assertThat(graph.edges()).isEqualTo(4);
        assertThat(graph.models()).isEqualTo(made.lineage.models());
        for (VersionId id : List.of(base.get(0), base.get(1), base.get(2), child)) {
            assertThat(graph.version(id)).isEqualTo(made.lineage.version(id));
            assertThat(graph.isPresent(id)).isTrue();
        }
        VersionId unknown = new VersionId("0".repeat(40));
        assertThat(graph.contains(unknown)).isFalse();
        assertThatThrownBy(() -> graph.version(unknown)).isInstanceOf(MgitException.class);
    }

    @Test
    void logIsTheOrderTheLineageWalksIn() {
        for (int seed = 0; seed < 20; seed++) {
            MadeLineage random = new MadeLineage();
            List<VersionId> nodes = random.randomDag(new Random(seed), 40, 3, 6);
            List<VersionId> from = List.of(nodes.get(39), nodes.get(20));
            assertThat(random.graph().log(from, Direction.ANCESTORS, EdgeFilter.ALL))
                    .toIterable()
                    .containsExactlyElementsOf(() -> random.lineage.walk(from));
        }
    }

    @Test
    void ancestorsAndDescendantsFollowTheChosenEdgesAllTheWay() {
        List<VersionId> base = made.chain("base", 2);
        VersionId tuned = made.commit(made.version("tuned").from(base.get(0), "base", EdgeKind.FINETUNE));
        VersionId small = made.commit(made.version("small").from(tuned, "tuned", EdgeKind.QUANTIZE));
        VersionId pruned = made.commit(made.version("pruned").from(tuned, "tuned", EdgeKind.PRUNE));
        LineageGraph graph = made.graph();

        assertThat(graph.reach(base.get(0), Direction.DESCENDANTS, EdgeFilter.ALL))
                .containsExactlyInAnyOrder(base.get(1), tuned, small, pruned);
        assertThat(graph.reach(base.get(0), Direction.DESCENDANTS, EdgeFilter.VERSION_ONLY))
                .containsExactly(base.get(1));
        assertThat(graph.reach(base.get(0), Direction.DESCENDANTS, EdgeFilter.PROVENANCE_ONLY))
                .containsExactlyInAnyOrder(tuned, small, pruned);
        EdgeFilter some = EdgeFilter.of(false, Set.of(EdgeKind.FINETUNE, EdgeKind.PRUNE));
        assertThat(graph.reach(base.get(0), Direction.DESCENDANTS, some)).containsExactlyInAnyOrder(tuned, pruned);
        assertThat(graph.reach(small, Direction.ANCESTORS, EdgeFilter.ALL)).containsExactly(tuned, base.get(0));
        assertThat(graph.reach(small, Direction.ANCESTORS, EdgeFilter.of(true, Set.of(EdgeKind.QUANTIZE))))
                .containsExactly(tuned);
        assertThat(graph.isAncestor(base.get(0), small)).isTrue();
        assertThat(graph.isAncestor(small, base.get(0))).isFalse();
    }

    @Test
    void reachAgreesWithAPlainSearchOnRandomGraphs() {
        for (int seed = 0; seed < 30; seed++) {
            MadeLineage random = new MadeLineage();
            List<VersionId> nodes = random.randomDag(new Random(seed), 30, 3, 10);
            LineageGraph graph = random.graph();
            for (VersionId node : nodes) {
                Set<VersionId> expected = new HashSet<>();
                plainAncestors(random, node, expected);
                assertThat(graph.reach(node, Direction.ANCESTORS, EdgeFilter.ALL))
                        .containsExactlyInAnyOrderElementsOf(expected);
            }
        }
    }

    private static void plainAncestors(MadeLineage made, VersionId id, Set<VersionId> found) {
        for (VersionId parent : GraphBuilder.parents(made.lineage.version(id))) {
            if (found.add(parent)) {
                plainAncestors(made, parent, found);
            }
        }
    }

    @Test
    void impactListsOpenVersionsFirstWithTheEdgeTheyHangOn() {
        VersionId base = made.commit(made.version("base"));
        VersionId old = made.commit(made.version("tuned").from(base, "base", EdgeKind.FINETUNE));
        VersionId tuned = made.commit(made.version("tuned").after(old));
        VersionId small = made.commit(made.version("small").from(old, "tuned", EdgeKind.QUANTIZE));
        List<Affected> affected = Impact.of(made.graph(), List.of(base), EdgeFilter.ALL, false);

        assertThat(affected)
                .extracting(Affected::version)
                .startsWith(tuned)
                .endsWith(old)
                .contains(small);
        assertThat(affected).extracting(Affected::open).containsExactly(true, true, false);
        assertThat(affected.get(0).kind()).isEmpty();
        assertThat(affected.get(0).via()).isEqualTo(old);
        assertThat(affected.get(0).distance()).isEqualTo(2);
        assertThat(Impact.byKind(affected)).containsOnlyKeys(EdgeKind.FINETUNE, EdgeKind.QUANTIZE);
    }

    @Test
    void aDiamondIsAffectedOnce() {
        VersionId base = made.commit(made.version("base"));
        VersionId left = made.commit(made.version("left").from(base, "base", EdgeKind.FINETUNE));
        VersionId right = made.commit(made.version("right").from(base, "base", EdgeKind.FINETUNE));
        VersionId merged = made.commit(
                made.version("merged").from(left, "left", EdgeKind.MERGE).from(right, "right", EdgeKind.MERGE));
        assertThat(Impact.of(made.graph(), List.of(base), EdgeFilter.ALL, false))
                .extracting(Affected::version)
                .containsExactlyInAnyOrder(left, right, merged);
    }

    @Test
    void stalenessCountsVersionEdgesToTheHeadOfTheUpstreamModel() {
        List<VersionId> base = made.chain("base", 3);
        VersionId tuned = made.commit(made.version("tuned").from(base.get(0), "base", EdgeKind.FINETUNE));
        VersionId byHand = made.commit(made.version("tuned").after(tuned));
        made.commit(made.version("fresh").from(base.get(2), "base", EdgeKind.FINETUNE));
        LineageGraph graph = made.graph();

        List<Behind> behind = new Staleness(graph).all();
        assertThat(behind).hasSize(1);
        Behind one = behind.get(0);
        assertThat(one.model().head()).isEqualTo(byHand);
        assertThat(one.upstream()).isEqualTo("base");
        assertThat(one.used()).isEqualTo(base.get(0));
        assertThat(one.newest()).isEqualTo(base.get(2));
        assertThat(one.versions()).isEqualTo(2);
    }

    @Test
    void mergeBasesAreTheLowestCommonAncestorsOverAllEdges() {
        List<VersionId> base = made.chain("base", 2);
        VersionId left = made.commit(made.version("left").from(base.get(0), "base", EdgeKind.FINETUNE));
        VersionId right = made.commit(made.version("right").from(base.get(1), "base", EdgeKind.FINETUNE));
        VersionId one = made.commit(
                made.version("one").from(left, "left", EdgeKind.MERGE).from(right, "right", EdgeKind.MERGE));
        VersionId two = made.commit(
                made.version("two").from(left, "left", EdgeKind.MERGE).from(right, "right", EdgeKind.MERGE));
        VersionId apart = made.commit(made.version("apart"));
        LineageGraph graph = made.graph();

        assertThat(graph.mergeBases(left, right)).containsExactly(base.get(0));
        assertThat(graph.mergeBases(one, two)).containsExactlyInAnyOrder(left, right);
        assertThat(graph.mergeBases(one, left)).containsExactly(left);
        assertThat(graph.mergeBases(one, apart)).isEmpty();
    }

    @Test
    void aTeacherIsNoCommonAncestorOfWeights() {
        VersionId teacher = made.commit(made.version("teacher"));
        VersionId base = made.commit(made.version("base"));
        VersionId student = made.commit(
                made.version("student").from(base, "base", EdgeKind.SEARCH).from(teacher, "teacher", EdgeKind.DISTILL));
        VersionId tuned = made.commit(made.version("tuned").from(base, "base", EdgeKind.FINETUNE));
        LineageGraph graph = made.graph();

        assertThat(graph.mergeBases(student, teacher)).isEmpty();
        assertThat(graph.mergeBases(student, tuned)).containsExactly(base);
    }

    @Test
    void aVersionBelongsToTheModelWhoseHeadLeadsToIt() {
        List<VersionId> base = made.chain("base", 3);
        Transaction change = made.lineage.begin("mv base bert; branch old", MadeLineage.ADA);
        change.deleteModel("base");
        change.setModel("bert", base.get(2));
        change.setTag("v1", base.get(0));
        change.apply();
        VersionId lost = made.commit(made.version("lost"));
        VersionId kept = made.commit(made.version("kept").from(lost, "lost", EdgeKind.CAST));
        made.deleteModel("lost");
        LineageGraph graph = made.graph();

        assertThat(graph.modelOf(base.get(0))).isEqualTo("bert");
        assertThat(graph.describe(base.get(0))).isEqualTo("bert~2");
        assertThat(graph.describe(base.get(2))).isEqualTo("bert");
        assertThat(graph.modelOf(lost)).isEqualTo("lost");
        assertThat(graph.describe(lost)).isEqualTo(lost.abbreviated());
        assertThat(graph.isOpen(kept)).isTrue();
        assertThat(graph.isOpen(lost)).isFalse();
        assertThat(graph.tags()).isEqualTo(made.lineage.tags());
    }

    @Test
    void edgesAddedIntoACircleAreLeftOutAndNamed() {
        VersionId base = made.commit(made.version("base"));
        VersionId child = made.commit(made.version("child").from(base, "base", EdgeKind.FINETUNE));
        VersionId below = made.commit(made.version("below").from(child, "child", EdgeKind.FINETUNE));
        made.addEdge(base, child, "child", EdgeKind.DISTILL, Source.ADDED);
        LineageGraph graph = made.graph();

        assertThat(graph.circularEdges()).containsExactly(new CircularEdge(base, child));
        List<Version> log = new ArrayList<>();
        graph.log(List.of(below), Direction.ANCESTORS, EdgeFilter.ALL).forEachRemaining(log::add);
        assertThat(log).extracting(Version::id).containsExactly(below, child, base);
        assertThat(graph.version(base).origins()).isEmpty();
    }

    @Test
    void anEmptyLineageHasAnEmptyGraph() {
        LineageGraph graph = made.graph();
        assertThat(graph.size()).isZero();
        assertThat(graph.models()).isEmpty();
        assertThat(graph.log(List.of(), Direction.ANCESTORS, EdgeFilter.ALL)).isExhausted();
        assertThat(new Staleness(graph).all()).isEmpty();
    }
}
