package dev.mgit.lineage.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.PythonEnv;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.diff.Diff;
import dev.mgit.lineage.diff.DiffRequest;
import dev.mgit.lineage.diff.DiffSide;
import dev.mgit.lineage.diff.Diffs;
import dev.mgit.lineage.tensors.CheckpointTensors;
import dev.mgit.lineage.version.EdgeKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Quantized ONNX models, written by onnx itself with the names onnxruntime gives: scales, zero points and weights as raw
 * data or in the typed fields, one of them for a tensor or one a channel.
 */
class QuantizedOnnxTest {
    private static final String MAKE = """
            import sys, numpy as np, onnx
            from onnx import helper as h, numpy_helper as nh, TensorProto as T
            out = sys.argv[1]
            r = np.random.default_rng(1)
            W = {f'onnx::MatMul_{100 + i}': (r.standard_t(4, (96, 64)) * .02 + .01).astype('f4') for i in range(8)}
            TYPES = {'u1': T.UINT8, 'i1': T.INT8, 'f4': T.FLOAT}
            def tensor(name, values, typed):
                a = np.asarray(values)
                if not typed:
                    return nh.from_array(a, name)
                kind = TYPES[a.dtype.kind + str(a.dtype.itemsize)]
                return h.make_tensor(name, kind, a.shape, a.flatten().tolist())
            def save(inits, names, path):
                nodes, previous = [], 'x'
                for i, name in enumerate(names):
                    nodes.append(h.make_node('MatMul', [previous, name], [f'y{i}']))
                    previous = f'y{i}'
                graph = h.make_graph(nodes, 'g', [h.make_tensor_value_info('x', 1, None)],
                                     [h.make_tensor_value_info(previous, 1, None)], inits)
                onnx.save(h.make_model(graph), path)
            save([nh.from_array(v, k) for k, v in W.items()], W, f'{out}/float.onnx')
            for dtype in ('uint8', 'int8'):
                for channels in (False, True):
                    for typed in (False, True):
                        inits = []
                        for name, v in W.items():
                            axis = 0 if channels else None
                            lo, hi = np.minimum(v.min(axis), 0), np.maximum(v.max(axis), 0)
                            if dtype == 'uint8':
                                s = (hi - lo) / 255
                                z = np.round(-lo / s)
                                q = np.clip(np.round(v / s) + z, 0, 255).astype('u1')
                            else:
                                s = np.maximum(hi, -lo) / 127
                                z = np.zeros_like(s)
                                q = np.clip(np.round(v / s), -127, 127).astype('i1')
                            inits += [tensor(name + '_quantized', q, typed),
                                      tensor(name + '_scale', np.asarray(s).astype('f4'), typed),
                                      tensor(name + '_zero_point', np.asarray(z).astype(q.dtype), typed)]
                        way = 'channels' if channels else 'tensor'
                        save(inits, [k + '_quantized' for k in W],
                             f"{out}/{dtype}-{way}-{'typed' if typed else 'raw'}.onnx")
            """;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void make() {
        Optional<PythonEnv> python = PythonEnv.withPackages("numpy", "onnx");
        Assumptions.assumeTrue(python.isPresent(), "no Python with onnx");
        python.orElseThrow().run(MAKE, folder);
    }

    private static Subject subject(String name) throws IOException {
        try (CheckpointTensors weights = CheckpointTensors.of(folder.resolve(name))) {
            return new Subject(name, Optional.empty(), Sketcher.of(weights, MetadataClaims.NONE), false);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "uint8-tensor-raw.onnx, uint8",
        "uint8-tensor-typed.onnx, uint8",
        "uint8-channels-raw.onnx, uint8",
        "uint8-channels-typed.onnx, uint8",
        "int8-tensor-typed.onnx, int8",
        "int8-channels-raw.onnx, int8",
        "int8-channels-typed.onnx, int8"
    })
    void areFoundAndCalledByTheirType(String name, String type) throws IOException {
        List<Subject> both = List.of(subject("float.onnx"), subject(name));
        Origin found =
                LineageInference.of(both, Map.of(), i -> List.of(0, 1)).get(1).orElseThrow();
        assertThat(found.kind()).isEqualTo(EdgeKind.QUANTIZE);
        assertThat(found.parents()).containsExactly(0);
        Diff diff = new Diffs(Optional.empty(), CopyProgress.none(), 2)
                .diff(new DiffRequest(
                        new DiffSide.OnDisk("a", folder.resolve("float.onnx")),
                        new DiffSide.OnDisk("b", folder.resolve(name)),
                        Optional.empty(),
                        Optional.empty(),
                        DiffRequest.Depth.NUMBERS));
        assertThat(diff.reading()).matches("quantized to " + type + " \\(relative error [0-3]\\.\\d+%\\)");
    }
}
