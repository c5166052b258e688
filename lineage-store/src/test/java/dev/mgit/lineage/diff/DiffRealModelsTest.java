package dev.mgit.lineage.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.RealModel;
import dev.mgit.fixtures.RealModels;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.diff.TensorChange.Status;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is said of real models, in ONNX, whose matrices are named by the graph alone. */
class DiffRealModelsTest {
    private static Diff diff(RealModel a, RealModel b) throws IOException {
        return new Diffs(Optional.empty(), CopyProgress.none(), 2)
                .diff(new DiffRequest(
                        new DiffSide.OnDisk(a.name(), a.weights()),
                        new DiffSide.OnDisk(b.name(), b.weights()),
                        Optional.empty(),
                        Optional.empty(),
                        DiffRequest.Depth.NUMBERS));
    }

    @Test
    void continuedTrainingMovedEveryTensorALittle() throws IOException {
        Diff diff = diff(RealModels.bgeSmallV1(), RealModels.bgeSmallV15());

        assertThat(diff.reading()).startsWith("fine-tuned: ").contains("changed a little (relative L2 1.9");
        assertThat(diff.count(Status.CHANGED)).isEqualTo(197);
        assertThat(diff.layers())
                .extracting(LayerChange::name)
                .contains("encoder.layer.0.attention.self.query", "encoder.layer.11.output.dense");
    }

    @Test
    void quantizationIsReadThroughScalesAndZeroPoints() throws IOException {
        Diff diff = diff(RealModels.bgeSmallV15(), RealModels.bgeSmallV15Quantized());

        assertThat(diff.reading()).matches("quantized to int8 \\(relative error 3\\.\\d+%\\)");
        assertThat(diff.count(Status.RETYPED)).isEqualTo(75);
        assertThat(diff.count(Status.SAME)).isEqualTo(123);
        assertThat(diff.tensors())
                .filteredOn(tensor -> tensor.status() == Status.ADDED)
                .as("75 scales, 75 zero points")
                .hasSize(150)
                .allMatch(TensorChange::companion);
    }

    /**
     * Nothing but the weights says that the six blocks of MiniLM-L6 and every second block of BGE small started from
     * the same values: sampled weights correlate, block 1 with block 2, block 2 with block 4 and so on.
     */
    @Test
    void layersKeptFromACommonAncestorAreFound() throws IOException {
        Diff diff = diff(RealModels.bgeSmallV15(), RealModels.miniLm());

        List<String> dropped = diff.blocks().stream()
                .filter(block -> block.kind() == LayerChange.Kind.DROPPED)
                .map(LayerChange::name)
                .toList();
        assertThat(dropped)
                .containsExactlyElementsOf(IntStream.of(1, 3, 5, 7, 9, 11)
                        .mapToObj(number -> "encoder.layer." + number)
                        .toList());
        assertThat(diff.reading()).contains("far apart, as with a common ancestor");
    }
}
