package dev.mgit.lineage.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.PythonEnv;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.detect.Detected;
import dev.mgit.lineage.detect.MetadataClaims;
import dev.mgit.lineage.detect.ModelSketch;
import dev.mgit.lineage.detect.OriginSearch;
import dev.mgit.lineage.detect.Sketcher;
import dev.mgit.lineage.detect.Subject;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import dev.mgit.lineage.tensors.CheckpointTensors;
import dev.mgit.lineage.version.EdgeKind;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One weight in the layouts frameworks keep it in, written with NumPy: convolutions as PyTorch, TensorFlow and TensorFlow
 * Lite have them, plain, pointwise and depthwise, of two and three dimensions; LSTM and GRU as PyTorch, ONNX and Keras
 * pack their gates.
 */
class LayoutTest {
    private static final String MAKE = """
            import sys, numpy as np
            from safetensors.numpy import save_file
            out = sys.argv[1]
            r = np.random.default_rng(5)
            normal = lambda *shape: r.normal(0, .05, shape).astype('f4')
            convs = {f'l{i}.weight': normal(32, 24, 3, 3) for i in range(4)}
            convs |= {f's{i}.weight': normal(32, 32, 3, 3) for i in range(4)}
            points = {f'p{i}.weight': normal(48, 32, 1, 1) for i in range(6)}
            depth = {f'd{i}.weight': normal(96, 1, 3, 3) for i in range(6)}
            solid = {f'v{i}.weight': normal(16, 8, 3, 3, 3) for i in range(6)}
            turn = lambda axes, of: {k: np.ascontiguousarray(v.transpose(axes)) for k, v in of.items()}
            def save(name, *parts):
                save_file({k: v for part in parts for k, v in part.items()}, f'{out}/{name}.safetensors')
            save('conv-oihw', convs, points)
            save('conv-hwio', turn((2, 3, 1, 0), convs), turn((2, 3, 1, 0), points))
            save('conv-ohwi', turn((0, 2, 3, 1), convs), turn((0, 2, 3, 1), points))
            tuned = {k: v + normal(*v.shape) * np.float32(.02) for k, v in turn((2, 3, 1, 0), convs).items()}
            save('conv-tuned', tuned, turn((2, 3, 1, 0), points))
            save('depth-oihw', depth)
            save('depth-hwim', turn((2, 3, 0, 1), depth))
            save('depth-1hwc', turn((1, 2, 3, 0), depth))
            save('solid-oidhw', solid)
            save('solid-dhwio', turn((2, 3, 4, 1, 0), solid))
            H, I = 32, 24
            order = lambda w, blocks: np.concatenate([np.split(w, len(blocks))[b] for b in blocks])
            for kind, gates, onnx, keras in (('lstm', 4, (0, 3, 1, 2), (0, 1, 2, 3)), ('gru', 3, (1, 0, 2), (1, 0, 2))):
                torch = {f'{kind}.weight_{p}h_l{l}': normal(gates * H, I if p == 'i' and l == 0 else H)
                         for l in range(3) for p in 'ih'}
                save(f'{kind}-torch', torch)
                save(f'{kind}-onnx', {k: order(v, onnx)[None] for k, v in torch.items()})
                save(f'{kind}-keras', {k: np.ascontiguousarray(order(v, keras).T) for k, v in torch.items()})
            dense = {f'fc{i}.weight': normal(120, 80) for i in range(3)}
            lines = {f'c{i}.weight': normal(32, 24, 5) for i in range(3)}
            gru = {'rnn.gru.weight_ih_l0': normal(3 * H, I), 'rnn.gru.weight_hh_l0': normal(3 * H, H)}
            renamed = lambda suffix, of: {k.split('.')[0] + suffix: v for k, v in of.items()}
            save('named-torch', convs, dense, lines, solid, gru)
            save('named-keras', renamed('_conv/kernel', turn((2, 3, 1, 0), convs)), renamed('_dense/kernel', turn((1, 0), dense)),
                 renamed('_line/kernel', turn((2, 1, 0), lines)), renamed('_solid/kernel', turn((2, 3, 4, 1, 0), solid)),
                 {'gru/' + n: np.ascontiguousarray(order(v, (1, 0, 2)).T)
                  for n, v in zip(('kernel', 'recurrent_kernel'), gru.values())})
            """;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void make() {
        Optional<PythonEnv> python = PythonEnv.withPackages("numpy", "safetensors");
        Assumptions.assumeTrue(python.isPresent(), "no Python with safetensors");
        python.orElseThrow().run(MAKE, folder);
    }

    private static Path file(String name) {
        return folder.resolve(name + ".safetensors");
    }

    private static Diff diff(String a, String b) throws IOException {
        DiffSide left = new DiffSide.OnDisk("a", file(a));
        DiffSide right = new DiffSide.OnDisk("b", file(b));
        return new Diffs(Optional.empty(), CopyProgress.none(), 2)
                .diff(new DiffRequest(left, right, Optional.empty(), Optional.empty(), DiffRequest.Depth.NUMBERS));
    }

    private static Subject subject(String name) throws IOException {
        try (CheckpointTensors weights = CheckpointTensors.of(file(name))) {
            return new Subject("someone", Optional.empty(), Sketcher.of(weights, MetadataClaims.NONE), false);
        }
    }

    private static Optional<Detected> origin(String a, String b) throws IOException {
        return OriginSearch.of(List.of(subject(a), subject(b)), new Nothing()).stream()
                .flatMap(Optional::stream)
                .findFirst();
    }

    private static final class Nothing implements OriginSearch.Library {
        @Override
        public List<VersionId> near(ModelSketch sketch, int limit) {
            return List.of();
        }

        @Override
        public Optional<ModelSketch> sketch(VersionId version) {
            return Optional.empty();
        }

        @Override
        public String name(VersionId version) {
            return "";
        }

        @Override
        public List<VersionId> parents(VersionId version) {
            return List.of();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "conv-oihw, conv-hwio",
        "conv-hwio, conv-oihw",
        "conv-oihw, conv-ohwi",
        "conv-hwio, conv-ohwi",
        "depth-oihw, depth-hwim",
        "depth-oihw, depth-1hwc",
        "solid-oidhw, solid-dhwio",
        "lstm-torch, lstm-onnx",
        "lstm-onnx, lstm-torch",
        "lstm-torch, lstm-keras",
        "lstm-onnx, lstm-keras",
        "lstm-keras, lstm-onnx",
        "gru-torch, gru-onnx",
        "gru-torch, gru-keras",
        "gru-keras, gru-torch",
        "gru-onnx, gru-keras"
    })
    void areOneWeightInAnyLayout(String a, String b) throws IOException {
        Detected found = origin(a, b).orElseThrow();
        assertThat(found.kind()).isEqualTo(EdgeKind.CONVERT);
        assertThat(found.confidence()).isGreaterThan(0.7);
        assertThat(found.evidence()).contains("distance 0.0 of the weights' deviation");
        Diff diff = diff(a, b);
        assertThat(diff.tensors())
                .allSatisfy(tensor -> assertThat(tensor.statistics()
                                .map(TensorStatistics::changed)
                                .orElse(0L))
                        .as(tensor.name())
                        .isZero());
        assertThat(diff.reading()).startsWith("the same weights");
    }

    @Test
    void namesMayBeOthersToo() throws IOException {
        Diff diff = diff("named-torch", "named-keras");
        assertThat(diff.reading()).startsWith("the same weights");
        assertThat(diff.tensors()).hasSize(22).allMatch(tensor -> tensor.nameA().isPresent());
        assertThat(diff.layers())
                .filteredOn(layer -> layer.kind() == LayerChange.Kind.INSERTED)
                .isEmpty();
        Detected found = origin("named-torch", "named-keras").orElseThrow();
        assertThat(found.kind()).as("%s", found.evidence()).isEqualTo(EdgeKind.CONVERT);
    }

    @Test
    void trainingIsMeasuredThroughTheLayout() throws IOException {
        Detected found = origin("conv-oihw", "conv-tuned").orElseThrow();
        assertThat(found.kind()).isEqualTo(EdgeKind.FINETUNE);
        Diff diff = diff("conv-oihw", "conv-tuned");
        assertThat(diff.reading()).contains("14 tensors in another layout");
        assertThat(diff.reading()).contains("fine-tuned");
        assertThat(diff.tensors())
                .filteredOn(tensor -> tensor.name().startsWith("l"))
                .allMatch(tensor -> tensor.statistics().orElseThrow().cosine() > 0.99);
    }

    @Test
    void gatesInAnotherOrderAreSaidToBe() throws IOException {
        assertThat(diff("lstm-torch", "lstm-onnx").reading())
                .isEqualTo("the same weights; 6 tensors with gates in another order");
        assertThat(diff("conv-oihw", "conv-ohwi").reading()).startsWith("the same weights; ");
    }
}
