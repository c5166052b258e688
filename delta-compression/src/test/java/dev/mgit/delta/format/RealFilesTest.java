package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.onnx.OnnxNode;
import dev.mgit.delta.format.onnx.OnnxReader;
import dev.mgit.delta.layout.FileByteSource;
import dev.mgit.delta.layout.Layout;
import dev.mgit.fixtures.RealModel;
import dev.mgit.fixtures.RealModels;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * On published models. The counts are those that Python's onnx package gives for initialisers whose data are a byte
 * run and for constants of 1 KiB and more.
 */
class RealFilesTest {
    static Stream<Arguments> models() {
        return Stream.of(
                Arguments.of(RealModels.bgeSmallV1(), 198),
                Arguments.of(RealModels.bgeSmallV15(), 198),
                Arguments.of(RealModels.bgeSmallV15Quantized(), 273),
                Arguments.of(RealModels.miniLm(), 104),
                Arguments.of(RealModels.miniLmQuantized(), 141),
                Arguments.of(RealModels.e5Small(), 198));
    }

    @ParameterizedTest
    @MethodSource("models")
    void findsTheTensors(RealModel model, int tensors) throws IOException {
        try (FileByteSource source = FileByteSource.open(model.weights())) {
            Layout layout = Formats.layoutOf(RealModel.WEIGHTS, source);

            assertThat(layout.format()).isEqualTo("onnx");
            Hostile.covers(layout, source.size());
            assertThat(Hostile.tensors(layout)).hasSize(tensors);
            long opaque = layout.ranges().stream()
                    .filter(range -> range.tensor().isEmpty())
                    .mapToLong(Layout.Range::length)
                    .sum();
            assertThat(opaque).isLessThan(source.size() / 50);
        }
    }

    @Test
    void placesRenamedWeightsByTheNodesThatUseThem() throws IOException {
        try (FileByteSource source = FileByteSource.open(RealModels.bgeSmallV1().weights())) {
            List<String> weights = Hostile.tensors(Formats.layoutOf(RealModel.WEIGHTS, source)).stream()
                    .map(TensorSpec::name)
                    .filter(name -> name.startsWith("onnx::MatMul"))
                    .toList();
            List<OnnxNode> nodes = OnnxReader.nodes(source);

            assertThat(weights)
                    .isNotEmpty()
                    .allSatisfy(weight -> assertThat(nodes).anySatisfy(node -> {
                        assertThat(node.inputs()).contains(weight);
                        assertThat(node.name()).contains("layer.");
                    }));
        }
    }

    @Test
    void knowsTheShapesOfTheEmbeddings() throws IOException {
        try (FileByteSource source =
                FileByteSource.open(RealModels.bgeSmallV15().weights())) {
            assertThat(Hostile.tensors(Formats.layoutOf(RealModel.WEIGHTS, source)))
                    .contains(new TensorSpec("embeddings.word_embeddings.weight", Dtype.F32, List.of(30_522L, 384L)));
        }
    }
}
