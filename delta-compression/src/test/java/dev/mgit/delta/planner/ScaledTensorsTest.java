package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.numeric.Floats;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Numbers of 8 and 4 bits with scales beside them: are they found to follow from the floats, and the floats made of them from these?
 * Real: sixteen rows and 256 columns of a query matrix of all-MiniLM-L6-v2 in bfloat16, quantized and dequantized by
 * compressed-tensors 0.20.1 with the presets they are called by, and by bitsandbytes 0.50.2. Blocks of 128 by 128 are made.
 */
class ScaledTensorsTest {
    private static final String NAME = "encoder.query.weight";
    private static final String FLOATS = "weight";

    private final InMemoryTensors shelf = new InMemoryTensors();
    private final Candidates candidates = new Candidates();
    private final Planner planner = new Planner(new EntropyCost());

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Tensor(TensorSpec spec, byte[] bytes) {}

    /** Bytes that may be wrong: four-bit codes are divided in float, where compressed-tensors divides in bfloat16. */
    @ParameterizedTest
    @CsvSource({
        "FP8, weight, scaled, 0",
        "FP8_DYNAMIC, weight, scaled, 0",
        "W8A8, weight, scaled, 0",
        "W8A16, weight_packed, scaled, 0",
        "W4A16, weight_packed, group-quantize, 80",
        "NVFP4A16, weight_packed, microscale, 0",
        "NVFP4A16, weight_scale, microscale, 0",
        "MXFP4A16, weight_packed, microscale, 0",
        "MXFP4A16, weight_scale, microscale, 0",
        "MXFP8A16, weight, microscale, 0",
        "MXFP8A16, weight_scale, microscale, 0",
        "nf4, weight, group-quantize, 0",
        "nf4-nested, weight, group-quantize, 0",
    })
    void whatIsQuantizedFollowsFromItsFloats(String preset, String tensor, String predictor, int wrong)
            throws IOException {
        Map<String, Tensor> all = read();
        if (tensor.equals("weight_scale")) {
            all.replaceAll((name, one) -> name.endsWith("global_scale") ? one : repeated(one));
        }
        store(NAME, all.get(FLOATS));
        Map<String, Tensor> file = of(preset, all);
        Tensor codes = file.get(tensor);
        InMemoryTensors.Child child = child(tensor, codes);
        file.forEach((name, other) -> child.beside(child(name, other)));

        assertThat(planner.plan(child, candidates).orElseThrow().name()).isEqualTo(predictor);
        assertThat(right(child)).isGreaterThanOrEqualTo(codes.bytes().length - wrong);
    }

    @ParameterizedTest
    @CsvSource({
        "FP8",
        "FP8_DYNAMIC",
        "W8A8",
        "W8A16",
        "W4A16",
        "W4A16_ASYM",
        "NVFP4A16",
        "MXFP4A16",
        "MXFP8A16",
        "nf4",
        "nf4-nested"
    })
    void floatsFollowFromWhatTheyWereQuantizedTo(String preset) throws IOException {
        Map<String, Tensor> all = read();
        of(preset, all).forEach((name, tensor) -> store(NAME.replace("weight", name), tensor));
        Tensor floats = all.get(preset + "/dequantized");
        InMemoryTensors.Child child = child("weight", floats);

        assertThat(planner.plan(child, candidates).orElseThrow().name()).isEqualTo("dequantize");
        assertThat(right(child)).isEqualTo(floats.bytes().length);
    }

    /** Scales of tiles, the last of which stand over the edge; and experts, each with a matrix of its own. */
    @ParameterizedTest
    @CsvSource({"'256 384', '2 3'", "'200 300', '2 3'", "'2 128 256', '2 1 2'", "'4 64 64', '4 1 1'", "'4 64 64', '4'"})
    void tilesShareScales(String shape, String scaleShape) {
        var spec = new TensorSpec(NAME, Dtype.BF16, shape(shape));
        int columns = (int) SampledValues.innermost(spec);
        int rows = spec.shape().get(spec.shape().size() - 2).intValue();
        int count = (int) spec.elements();
        var random = new Random(3);
        float[] scales = new float[(int) new TensorSpec("", Dtype.F32, shape(scaleShape)).elements()];
        for (int i = 0; i < scales.length; i++) {
            scales[i] = 0.001f + random.nextFloat() / 100;
        }
        int down = (rows + 127) / 128;
        int across = shape(scaleShape).size() < 2 ? 1 : (columns + 127) / 128;
        byte[] wide = new byte[2 * count];
        byte[] narrow = new byte[count];
        byte[] back = new byte[2 * count];
        for (int i = 0; i < count; i++) {
            int matrix = i / (rows * columns);
            int tile = matrix * down * across + i / columns % rows / 128 * across + i % columns / 128;
            Floats.write(Dtype.BF16, new float[] {(float) random.nextGaussian() * scales[tile] * 100}, wide, i, 1);
            float[] value = new float[1];
            Floats.read(Dtype.BF16, wide, i, value, 1);
            value[0] = Math.max(-448, Math.min(448, value[0] / scales[tile]));
            Floats.write(Dtype.F8_E4M3, value, narrow, i, 1);
            Floats.read(Dtype.F8_E4M3, narrow, i, value, 1);
            value[0] *= scales[tile];
            Floats.write(Dtype.BF16, value, back, i, 1);
        }
        byte[] scaleBytes = new byte[4 * scales.length];
        Floats.write(Dtype.F32, scales, scaleBytes, 0, scales.length);
        var codes = new Tensor(new TensorSpec(NAME, Dtype.F8_E4M3, spec.shape()), narrow);
        var scale = new Tensor(new TensorSpec("", Dtype.F32, shape(scaleShape)), scaleBytes);
        store(NAME, new Tensor(spec, wide));
        InMemoryTensors.Child child = child("weight", codes).beside(child("weight_scale_inv", scale));
        assertThat(right(child)).isEqualTo(narrow.length);

        var other = new Candidates();
        add(other, NAME, codes);
        add(other, NAME + "_scale_inv", scale);
        InMemoryTensors.Child floats = child("weight", new Tensor(spec, back));
        assertThat(right(floats, other)).isEqualTo(back.length);
    }

    /** A hostile file names groups without one code in them. */
    @Test
    void scalesBesideNoCodesAreNoGroups() {
        store(NAME, new Tensor(new TensorSpec(NAME, Dtype.F32, List.of(0L)), new byte[0]));
        var scale = new Tensor(new TensorSpec("", Dtype.U8, List.of(4096L)), new byte[4096]);
        var codes = new Tensor(new TensorSpec("", Dtype.U8, List.of(0L)), new byte[0]);
        InMemoryTensors.Child child = child("weight_scale", scale).beside(child("weight_packed", codes));

        assertThat(planner.plan(child, candidates)).isEmpty();
    }

    /** As many rows as it takes for the scales to be worth a prediction. */
    private static Tensor repeated(Tensor tensor) {
        int times = 16;
        TensorSpec spec = tensor.spec();
        byte[] bytes = new byte[times * tensor.bytes().length];
        for (int i = 0; i < times; i++) {
            System.arraycopy(tensor.bytes(), 0, bytes, i * tensor.bytes().length, tensor.bytes().length);
        }
        List<Long> shape = new ArrayList<>(spec.shape());
        shape.set(0, times * shape.get(0));
        return new Tensor(new TensorSpec(spec.name(), spec.dtype(), shape), bytes);
    }

    private int right(InMemoryTensors.Child child) {
        return right(child, candidates);
    }

    /** Bytes that are predicted right, in blocks that begin anywhere a block may. */
    private int right(InMemoryTensors.Child child, Candidates from) {
        TensorPlan plan = planner.plan(child, from).orElseThrow();
        int block = 104;
        int right = 0;
        for (int at = 0; at < child.bytes().length; at += block) {
            int length = Math.min(block, child.bytes().length - at);
            byte[] predicted = shelf.predicted(
                    plan.predictionFor(at, length).orElseThrow(), child.spec().dtype(), length);
            for (int i = 0; i < length; i++) {
                right += predicted[i] == child.bytes()[at + i] ? 1 : 0;
            }
        }
        return right;
    }

    private void store(String name, Tensor tensor) {
        add(candidates, name, tensor);
    }

    private void add(Candidates to, String name, Tensor tensor) {
        to.add(shelf.put(name, tensor.spec().dtype(), tensor.spec().shape(), tensor.bytes(), 0, "parent"));
    }

    private static InMemoryTensors.Child child(String name, Tensor tensor) {
        return InMemoryTensors.Child.of(
                NAME.replace("weight", name),
                tensor.spec().dtype(),
                tensor.spec().shape(),
                tensor.bytes());
    }

    /** What a preset made of the weight, by the names it has there. */
    private static Map<String, Tensor> of(String preset, Map<String, Tensor> all) {
        Map<String, Tensor> file = new TreeMap<>();
        all.forEach((name, tensor) -> {
            if (name.startsWith(preset + "/") && !name.endsWith("/dequantized")) {
                file.put(name.substring(preset.length() + 1), tensor);
            }
        });
        return file;
    }

    private static List<Long> shape(String dimensions) {
        return List.of(dimensions.split(" ")).stream().map(Long::valueOf).toList();
    }

    private static Map<String, Tensor> read() throws IOException {
        Map<String, Tensor> all = new TreeMap<>();
        RealTensors.read("minilm-query-quantized.safetensors")
                .forEach((name, one) -> all.put(name, new Tensor(one.spec(), one.bytes())));
        return all;
    }
}
