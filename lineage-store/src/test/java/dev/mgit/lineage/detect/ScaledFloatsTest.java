package dev.mgit.lineage.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.numeric.Floats;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.diff.Diff;
import dev.mgit.lineage.diff.DiffRequest;
import dev.mgit.lineage.diff.DiffSide;
import dev.mgit.lineage.diff.Diffs;
import dev.mgit.lineage.tensors.CheckpointTensors;
import dev.mgit.lineage.version.EdgeKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * 8-bit floats with scales beside them, of the tensor, of rows or of tiles, by the names that compressed-tensors, DeepSeek and
 * ComfyUI give these. All made; an embedding, most of the model, stays as it is.
 */
class ScaledFloatsTest {
    private static final int LAYERS = 6;
    private static final int ROWS = 96;
    private static final int COLUMNS = 160;

    @TempDir
    private Path folder;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Tensor(TensorSpec spec, byte[] bytes) {}

    @ParameterizedTest
    @CsvSource({
        "_scale, 96, 160, 1",
        "_scale, 1, 160, '96 1'",
        "_scale_inv, 64, 64, '2 3'",
        "_scale_inv, 32, 32, '3 5'",
        ".scale_weight, 96, 160, 1"
    })
    void areFoundAndReadAsWhatTheyStandFor(String end, int height, int width, String scaleShape) throws IOException {
        Map<String, Tensor> floats = new LinkedHashMap<>();
        Map<String, Tensor> narrow = new LinkedHashMap<>();
        Tensor embedding = made("embed.weight", 2000, COLUMNS, 0);
        for (Map<String, Tensor> model : List.of(floats, narrow)) {
            model.put("embed.weight", embedding);
        }
        for (int layer = 1; layer <= LAYERS; layer++) {
            String name = "layers." + layer + ".weight";
            Tensor weight = made(name, ROWS, COLUMNS, layer);
            floats.put(name, weight);
            quantize(weight, end, height, width, shape(scaleShape), narrow);
        }
        write("floats.safetensors", floats);
        write("narrow.safetensors", narrow);

        List<Subject> both = List.of(subject("floats.safetensors"), subject("narrow.safetensors"));
        Origin found =
                LineageInference.of(both, Map.of(), i -> List.of(0, 1)).get(1).orElseThrow();
        assertThat(found.kind()).isEqualTo(EdgeKind.QUANTIZE);
        assertThat(found.parents()).containsExactly(0);
        assertThat(diff("floats.safetensors", "narrow.safetensors").reading())
                .matches("quantized to f8_e4m3 \\(relative error 2\\.\\d+%\\)");
        assertThat(diff("narrow.safetensors", "floats.safetensors").reading()).isEqualTo("dequantized to bf16");
    }

    private static Tensor made(String name, int rows, int columns, int seed) {
        var random = new Random(seed);
        byte[] bytes = new byte[2 * rows * columns];
        for (int i = 0; i < rows * columns; i++) {
            Floats.write(Dtype.BF16, new float[] {(float) random.nextGaussian() * 0.02f}, bytes, i, 1);
        }
        return new Tensor(new TensorSpec(name, Dtype.BF16, List.of((long) rows, (long) columns)), bytes);
    }

    /** Each tile's largest number becomes 448; scales differ by much from tile to tile. */
    private static void quantize(
            Tensor weight, String end, int height, int width, List<Long> scaleShape, Map<String, Tensor> model) {
        int across = (COLUMNS + width - 1) / width;
        float[] scales = new float[(ROWS + height - 1) / height * across];
        float[] values = new float[ROWS * COLUMNS];
        Floats.read(Dtype.BF16, weight.bytes(), 0, values, values.length);
        for (int i = 0; i < values.length; i++) {
            int tile = i / COLUMNS / height * across + i % COLUMNS / width;
            scales[tile] = Math.max(scales[tile], Math.abs(values[i]) / (448 >> tile % 5));
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= scales[i / COLUMNS / height * across + i % COLUMNS / width];
        }
        byte[] codes = new byte[values.length];
        Floats.write(Dtype.F8_E4M3, values, codes, 0, values.length);
        byte[] scale = new byte[4 * scales.length];
        Floats.write(Dtype.F32, scales, scale, 0, scales.length);
        String name = weight.spec().name();
        String scaleName = (end.startsWith(".") ? name.replace(".weight", "") : name) + end;
        model.put(scaleName, new Tensor(new TensorSpec(scaleName, Dtype.F32, scaleShape), scale));
        model.put(
                name,
                new Tensor(new TensorSpec(name, Dtype.F8_E4M3, weight.spec().shape()), codes));
    }

    private void write(String name, Map<String, Tensor> tensors) throws IOException {
        List<TensorSpec> specs = SafetensorsHeader.inReferenceOrder(
                tensors.values().stream().map(Tensor::spec).toList());
        var file = new ByteArrayOutputStream();
        file.write(SafetensorsHeader.of(specs, Map.of()).bytes());
        for (TensorSpec spec : specs) {
            file.write(tensors.get(spec.name()).bytes());
        }
        Files.write(folder.resolve(name), file.toByteArray());
    }

    private Subject subject(String name) throws IOException {
        try (CheckpointTensors weights = CheckpointTensors.of(folder.resolve(name))) {
            return new Subject(name, Optional.empty(), Sketcher.of(weights, MetadataClaims.NONE), false);
        }
    }

    private Diff diff(String a, String b) throws IOException {
        return new Diffs(Optional.empty(), CopyProgress.none(), 2)
                .diff(new DiffRequest(
                        new DiffSide.OnDisk("a", folder.resolve(a)),
                        new DiffSide.OnDisk("b", folder.resolve(b)),
                        Optional.empty(),
                        Optional.empty(),
                        DiffRequest.Depth.NUMBERS));
    }

    private static List<Long> shape(String dimensions) {
        return List.of(dimensions.split(" ")).stream().map(Long::valueOf).toList();
    }
}
