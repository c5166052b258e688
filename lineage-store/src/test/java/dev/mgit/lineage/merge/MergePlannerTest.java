package dev.mgit.lineage.merge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.lineage.merge.MergePlan.Conflict;
import dev.mgit.lineage.merge.MergePlan.Dependency;
import dev.mgit.lineage.merge.MergePlan.FilePlan;
import dev.mgit.lineage.merge.MergePlan.Outcome;
import dev.mgit.lineage.merge.MergePlan.Problem;
import dev.mgit.lineage.merge.MergePlan.Reason;
import dev.mgit.lineage.parameters.ObjectReader;
import dev.mgit.lineage.tensorindex.TensorLocation;
import dev.mgit.lineage.version.Glob;
import dev.mgit.lineage.version.InMemoryLineage;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionBuilder;
import dev.mgit.lineage.version.VersionId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MergePlannerTest {
    private static final String QUERY = "encoder.layer.%d.attention.query.weight";

    private final MadeTensors made = new MadeTensors();

    /** One tensor in all three versions, as they have it. */
    private void tensor(String name, double base, double ours, double theirs) {
        made.add(MergeStage.BASE, name, Dtype.F32, base);
        made.add(MergeStage.OURS, name, Dtype.F32, ours);
        made.add(MergeStage.THEIRS, name, Dtype.F32, theirs);
    }

    private static MergeRule rule(String glob, String strategy) {
        return MergeRule.of(new Glob(glob), MergeStrategy.parse(strategy));
    }

    private static List<MergeMethod> methods(MergePlan plan) {
        return plan.tensors().stream().map(output -> output.strategy().method()).toList();
    }

    @Test
    void layersFarApartMergeCleanlyEachFromTheSideThatChangedIt() {
        for (int i = 0; i < 6; i++) {
            tensor(QUERY.formatted(i), i, i == 1 ? 10 : i, i == 4 ? 40 : i);
        }
        MergePlan plan = made.plan();
        assertThat(plan.outcome()).isEqualTo(Outcome.NO_CONFLICT);
        assertThat(plan.canGoOn()).isTrue();
        assertThat(methods(plan).get(1)).isEqualTo(MergeMethod.OURS);
        assertThat(methods(plan).get(4)).isEqualTo(MergeMethod.THEIRS);
        assertThat(plan.tensors()).allMatch(output -> output.stored().isPresent());
    }

    @Test
    void changesInNeighbouringBlocksAreAPossibleConflict() {
        for (int i = 0; i < 6; i++) {
            tensor(QUERY.formatted(i), i, i == 1 ? 10 : i, i == 2 ? 40 : i);
        }
        MergePlan plan = made.plan();
        assertThat(plan.outcome()).isEqualTo(Outcome.POSSIBLE_CONFLICT);
        assertThat(plan.dependencies()).containsExactly(new Dependency("encoder.layer.1", "encoder.layer.2"));
        assertThat(plan.canGoOn()).isTrue();
    }

    @Test
    void embeddingsDependOnTheEndsOfAStackOnly() {
        tensor("embeddings.word.weight", 0, 9, 0);
        for (int i = 0; i < 4; i++) {
            tensor(QUERY.formatted(i), i, i, i == 2 ? 40 : i);
        }
        assertThat(made.plan().outcome()).isEqualTo(Outcome.NO_CONFLICT);
        tensor("encoder.layer.0.output.weight", 0, 0, 7);
        MergePlan plan = made.plan();
        assertThat(plan.dependencies()).containsExactly(new Dependency("embeddings.word", "encoder.layer.0"));
    }

    @Test
    void oneLayerChangedOnBothSidesIsAConflictEvenInDifferentTensors() {
        tensor("layer.0.dense.weight", 1, 2, 1);
        tensor("layer.0.dense.bias", 1, 1, 3);
        tensor("layer.5.dense.bias", 1, 1, 1);
        MergePlan plan = made.plan();
        assertThat(plan.outcome()).isEqualTo(Outcome.CONFLICT);
        assertThat(plan.conflicts())
                .containsExactly(new Conflict("layer.0.dense", List.of("layer.0.dense.weight", "layer.0.dense.bias")));
        assertThat(plan.canGoOn()).isFalse();
    }

    @Test
    void theSameChangeOnBothSidesIsNone() {
        tensor("layer.0.dense.weight", 1, 2, 2);
        MergePlan plan = made.plan();
        assertThat(plan.outcome()).isEqualTo(Outcome.NO_CONFLICT);
        assertThat(plan.conflicts()).isEmpty();
    }

    @Test
    void rulesResolveByGlobTheFirstThatFitsCounts() {
        tensor("layer.0.a.weight", 1, 2, 3);
        tensor("layer.1.b.weight", 1, 2, 3);
        tensor("layer.9.c.weight", 1, 1, 3);
        MergePlan plan = made.plan(rule("layer.0.*", "theirs"), rule("layer.1.*", "slerp"), rule("*", "ours"));
        assertThat(plan.outcome()).isEqualTo(Outcome.CONFLICT);
        assertThat(plan.canGoOn()).isTrue();
        assertThat(methods(plan)).containsExactly(MergeMethod.THEIRS, MergeMethod.SLERP, MergeMethod.THEIRS);
    }

    @Test
    void computingRulesHoldWhereverTheSidesDifferPickingOnesForConflicts() {
        tensor("layer.0.a.weight", 1, 1, 3);
        tensor("layer.1.a.weight", 1, 1, 1);
        assertThat(methods(made.plan(rule("*", "linear")))).containsExactly(MergeMethod.LINEAR, MergeMethod.OURS);
        assertThat(methods(made.plan(rule("*", "ours")))).containsExactly(MergeMethod.THEIRS, MergeMethod.OURS);
        MergeRule everywhere = new MergeRule(Glob.ALL, MergeStrategy.of(MergeMethod.OURS), true);
        assertThat(methods(made.plan(everywhere))).containsExactly(MergeMethod.OURS, MergeMethod.OURS);
    }

    @Test
    void withoutACommonAncestorEveryDifferenceIsAConflictAndSomeStrategiesCannotHelp() {
        made.add(MergeStage.OURS, "a.weight", Dtype.F32, 1).add(MergeStage.THEIRS, "a.weight", Dtype.F32, 2);
        made.add(MergeStage.OURS, "b.weight", Dtype.F32, 1).add(MergeStage.THEIRS, "b.weight", Dtype.F32, 1);
        assertThat(made.plan().conflicts()).extracting(Conflict::name).containsExactly("a");
        assertThat(made.plan(rule("*", "average")).canGoOn()).isTrue();
        assertThat(made.plan(rule("*", "ties")).problems())
                .extracting(Problem::reason)
                .containsExactly(Reason.NO_BASE);
    }

    @Test
    void shapesAndDtypesThatDoNotFitAreFoundBeforeAnyWork() {
        made.add(MergeStage.BASE, "a.weight", Dtype.F32, 1)
                .add(MergeStage.OURS, "a.weight", Dtype.F32, 2)
                .add(MergeStage.THEIRS, "a.weight", Dtype.F32, 1, 2);
        made.add(MergeStage.BASE, "b.weight", Dtype.F32, 1).add(MergeStage.OURS, "b.weight", Dtype.F32, 2);
        made.add(MergeStage.THEIRS, new TensorSpec("b.weight", Dtype.I8, List.of(1L)), new byte[] {1});
        MergePlan plan = made.plan(rule("*", "average"));
        assertThat(plan.problems()).extracting(Problem::reason).containsExactly(Reason.SHAPE, Reason.DTYPE);
        assertThat(made.plan(rule("*", "ours")).canGoOn()).isTrue();
        MergePlan mixed = made.plan(rule("a*", "theirs"), rule("b*", "ours"));
        assertThat(mixed.problems()).isNotEmpty();
    }

    @Test
    void integersAreNeverMixed() {
        TensorSpec ids = new TensorSpec("ids", Dtype.I64, List.of(1L));
        made.add(MergeStage.BASE, ids, new byte[8]);
        made.add(MergeStage.OURS, ids, new byte[] {1, 0, 0, 0, 0, 0, 0, 0});
        made.add(MergeStage.THEIRS, ids, new byte[] {2, 0, 0, 0, 0, 0, 0, 0});
        assertThat(made.plan(rule("*", "linear")).problems())
                .extracting(Problem::reason)
                .containsExactly(Reason.DTYPE);
        assertThat(made.plan(rule("ids", "theirs"), rule("*", "linear")).canGoOn())
                .isTrue();
    }

    @Test
    void theLayoutThatHoldsTheResultIsKept() {
        tensor("layer.0.a.weight", 1, 2, 1);
        made.add(MergeStage.THEIRS, "head.weight", Dtype.F32, 5);
        MergePlan plan = made.plan();
        assertThat(plan.layout()).isEqualTo(MergeStage.THEIRS);
        assertThat(plan.canGoOn()).isTrue();
        assertThat(methods(plan)).containsExactly(MergeMethod.OURS, MergeMethod.THEIRS);

        made.add(MergeStage.OURS, "other.head.weight", Dtype.F32, 6);
        MergePlan neither = made.plan();
        assertThat(neither.canGoOn()).isFalse();
        assertThat(neither.problems()).extracting(Problem::reason).containsOnly(Reason.STRUCTURE);
        assertThat(neither.problems().get(0).text()).contains("head.weight");
    }

    @Test
    void aTensorRemovedOnOneSideAndUnchangedOnTheOtherIsRemoved() {
        tensor("layer.0.a.weight", 1, 2, 1);
        made.add(MergeStage.BASE, "pooler.weight", Dtype.F32, 5).add(MergeStage.THEIRS, "pooler.weight", Dtype.F32, 5);
        MergePlan plan = made.plan();
        assertThat(plan.layout()).isEqualTo(MergeStage.OURS);
        assertThat(plan.canGoOn()).isTrue();
        assertThat(plan.tensors()).hasSize(1);
    }

    @Test
    void filesMergeWholeAndTokenizersMustAgree() {
        MergeSide base = new MergeSide(List.of(), Map.of("config.json", "1", "notes.md", "1", "tokenizer.json", "1"));
        MergeSide ours = new MergeSide(List.of(), Map.of("config.json", "2", "notes.md", "1", "tokenizer.json", "1"));
        MergeSide theirs = new MergeSide(List.of(), Map.of("config.json", "3", "notes.md", "2", "tokenizer.json", "1"));
        MergePlan plan = new MergePlanner(base, ours, theirs, List.of()).plan();
        assertThat(plan.conflicts()).containsExactly(new Conflict("config.json", List.of()));
        assertThat(plan.files()).contains(new FilePlan("notes.md", MergeStage.THEIRS));
        MergePlan ruled = new MergePlanner(base, ours, theirs, List.of(rule("config.json", "theirs"))).plan();
        assertThat(ruled.canGoOn()).isTrue();
        assertThat(ruled.files()).contains(new FilePlan("config.json", MergeStage.THEIRS));

        tensor("a.weight", 1, 2, 3);
        MergeSide our = new MergeSide(made.side(MergeStage.OURS).tensors(), Map.of("tokenizer.json", "1"));
        MergeSide their = new MergeSide(made.side(MergeStage.THEIRS).tensors(), Map.of("tokenizer.json", "2"));
        MergeSide none = made.side(MergeStage.BASE);
        assertThat(new MergePlanner(none, our, their, List.of(rule("a*", "linear")))
                        .plan()
                        .problems())
                .extracting(Problem::reason)
                .containsExactly(Reason.TOKENIZER);
        List<MergeRule> known = List.of(rule("tokenizer.json", "ours"), rule("a*", "linear"));
        assertThat(new MergePlanner(none, our, their, known).plan().canGoOn()).isTrue();
    }

    @Test
    void aSideIsReadFromManifestsAndFiles() {
        TensorSpec spec = new TensorSpec("a.weight", Dtype.F32, List.of(1L));
        Manifest opaque = new Manifest("opaque", 3, "0".repeat(64), List.of());
        InMemoryLineage lineage = new InMemoryLineage();
        VersionId version = lineage.begin("write", new Person("Ada", "ada@example.org"))
                .write(VersionBuilder.of("m")
                        .file("config.json", "{}")
                        .tensors(Map.of(spec, "data"))
                        .manifest("big.bin", opaque)
                        .build());
        ObjectReader.Store unread = new ObjectReader.Store(() -> {
            throw new AssertionError("planning reads no parameters");
        });
        MergeSide side = MergeInput.stored(lineage, unread, version).side();
        assertThat(side.tensors())
                .containsExactly(new TensorLocation(
                        "model.safetensors", LogicalTensor.rowMajor(spec, 0), VersionBuilder.object("data")));
        assertThat(side.files()).containsOnlyKeys("big.bin", "config.json").containsEntry("big.bin", "0".repeat(64));
    }

    @Test
    void placesAreReadFromNamesOfSeveralKinds() {
        assertThat(LayerDependencies.place("encoder.layer.3.attention.self.query.weight"))
                .isEqualTo(new LayerDependencies.Place("encoder.layer", 3));
        assertThat(LayerDependencies.place("h.11.mlp.c_fc.bias")).isEqualTo(new LayerDependencies.Place("h", 11));
        assertThat(LayerDependencies.place("0.weight")).isEqualTo(new LayerDependencies.Place("", 0));
        assertThat(LayerDependencies.place("onnx::MatMul_12").index()).isEqualTo(-1);
        assertThat(LayerDependencies.place("model.99999999999999.x").index()).isEqualTo(-1);
        assertThat(LayerDependencies.layer("encoder.layer.3.query.weight")).isEqualTo("encoder.layer.3.query");
        assertThat(LayerDependencies.layer("bias")).isEqualTo("bias");
    }
}
