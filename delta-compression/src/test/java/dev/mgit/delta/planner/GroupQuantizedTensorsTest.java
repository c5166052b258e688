package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.numeric.Floats;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Four-bit tensors and masks: is each found to follow from its floats? Real: four rows of a query matrix of
 * all-MiniLM-L6-v2, quantized by bitsandbytes 0.50.2 and onnxruntime 1.32.0; the rest is made.
 */
class GroupQuantizedTensorsTest {
    private static final int ROWS = 4;
    private static final int COLUMNS = 384;
    private static final int COUNT = ROWS * COLUMNS;
    /** How often the rows are repeated where a tensor of their scales would be too small to be predicted. */
    private static final int TILES = 4;

    private static final String NAME = "encoder.query.weight";

    private final InMemoryTensors shelf = new InMemoryTensors();
    private final Candidates candidates = new Candidates();
    private final Planner planner = new Planner(new EntropyCost());

    @ParameterizedTest
    @CsvSource({"nf4", "fp4"})
    void thoseOfBitsandbytes(String type) throws IOException {
        storeRows(TILES, false);
        long count = TILES * COUNT;
        InMemoryTensors.Child codes = child(NAME, Dtype.U8, List.of(count / 2, 1L), tiled(resource(type)));
        InMemoryTensors.Child absmax =
                child(NAME + ".absmax", Dtype.F32, List.of(count / 64), tiled(resource("absmax")));
        InMemoryTensors.Child table = child(NAME + ".quant_map", Dtype.F32, List.of(16L), resource(type + "-codes"));

        assertThat(right(codes.beside(absmax).beside(table))).isEqualTo(codes.bytes().length);
        assertThat(right(absmax.beside(codes).beside(table))).isEqualTo(absmax.bytes().length);
    }

    /** Scales may be quantized themselves: then the floats alone tell them. */
    @Test
    void nestedOnesOfBitsandbytes() throws IOException {
        storeRows(1, false);
        InMemoryTensors.Child codes = child(NAME, Dtype.U8, List.of(COUNT / 2L, 1L), resource("nf4"))
                .beside(child(NAME + ".absmax", Dtype.U8, List.of(COUNT / 64L), new byte[COUNT / 64]))
                .beside(child(NAME + ".quant_map", Dtype.F32, List.of(16L), resource("nf4-codes")));

        assertThat(right(codes)).isEqualTo(COUNT / 2);
    }

    /** MatMulNBits has the matrix turned; DequantizeLinear as it is multiplied, with groups along columns. */
    @ParameterizedTest
    @CsvSource({"sym, U8, 4 12 16, 4 12, _Q4", "asym, U8, 4 12 16, 4 12, _Q4", "qdq, I4, 384 4, 12 4, _DQ_Q4"})
    void thoseOfOnnxruntime(String kind, Dtype dtype, String shape, String scaleShape, String end) throws IOException {
        storeRows(1, true);
        InMemoryTensors.Child codes = child(NAME + end, dtype, shape(shape), resource("ort-" + kind));
        String scaleName = NAME + end.replace("Q4", "scales");
        InMemoryTensors.Child scales =
                child(scaleName, Dtype.F32, shape(scaleShape), resource("ort-" + kind + "-scales"));

        // all but a few of those that lie between two codes: the scale that is stored is not the one divided by
        assertThat(right(codes.beside(scales))).isGreaterThanOrEqualTo(COUNT / 2 - 2);
        assertThat(right(scales.beside(codes))).isGreaterThanOrEqualTo(4 * COUNT / 32 - 4);
    }

    /** As torchao and compressed-tensors do, in a container of any width. */
    @ParameterizedTest
    @CsvSource({
        "I8, F32, 7.5, .qdata, .scale, false",
        "I8, BF16, 7.5, _qdata, _scale, false",
        "I32, BF16, 7.5, _packed, _scale, true",
        "I32, F64, 7.5, _packed, _scale, true",
        "I4, F32, 7, '', _scale, true",
        "U8, F16, 7, .qdata, .scale, true",
    })
    void thoseOfGroupsOfRows(
            Dtype container, Dtype scaleDtype, float divisor, String end, String scaleEnd, boolean packed)
            throws IOException {
        float[] floats = storeRows(TILES, false);
        int count = floats.length;
        boolean signed = container == Dtype.I8 || container == Dtype.I4;
        byte[] bytes = new byte[packed ? count / 2 : count];
        byte[] scales = new byte[count / 32 * scaleDtype.bytes()];
        for (int group = 0; group < count / 32; group++) {
            float largest = 0;
            for (int i = 0; i < 32; i++) {
                largest = Math.max(largest, Math.abs(floats[32 * group + i]));
            }
            float scale = largest / divisor;
            Floats.write(scaleDtype, new float[] {scale}, scales, group, 1);
            scale = (float) SampledValues.decode(scaleDtype, scales, group + 1)[group];
            for (int i = 32 * group; i < 32 * group + 32; i++) {
                int code = Math.max(-8, Math.min(7, (int) Math.rint(floats[i] / scale))) + (signed ? 0 : 8);
                if (packed) {
                    bytes[i / 2] |= (byte) ((code & 15) << (i % 2 * 4));
                } else {
                    bytes[i] = (byte) code;
                }
            }
        }
        long elements = container == Dtype.I4 ? count : bytes.length / container.bytes();
        InMemoryTensors.Child codes =
                child(NAME + end, container, List.of((long) TILES * ROWS, elements / TILES / ROWS), bytes);
        InMemoryTensors.Child scale =
                child(NAME + scaleEnd, scaleDtype, List.of((long) TILES * ROWS, count / 32L / TILES / ROWS), scales);

        assertThat(right(codes.beside(scale))).isEqualTo(bytes.length);
        assertThat(right(scale.beside(codes))).isEqualTo(scales.length);
    }

    /** Of what is kept: beside a dense parent, whose smallest weights went, and of the pruned tensor itself. */
    @ParameterizedTest
    @CsvSource({
        "BOOL, _mask, true, false",
        "F32, _mask, true, false",
        "BOOL, _mask, false, false",
        "U8, .mask, true, false",
        "BOOL, _mask, true, true"
    })
    void masksFollowFromTheirFloats(Dtype dtype, String end, boolean dense, boolean inverted) {
        Random random = new Random(3);
        float[] floats = new float[COUNT];
        float[] mask = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            floats[i] = (float) random.nextGaussian();
            boolean kept = Math.abs(floats[i]) > 0.7f;
            floats[i] = kept || dense ? floats[i] : 0;
            mask[i] = kept == inverted ? 0 : 1;
        }
        store("w", floats, shape("4 384"));
        byte[] bytes = new byte[COUNT * dtype.bytes()];
        for (int i = 0; i < COUNT; i++) {
            if (dtype.isFloat()) {
                Floats.write(dtype, new float[] {mask[i]}, bytes, i, 1);
            } else {
                bytes[i] = (byte) mask[i];
            }
        }
        InMemoryTensors.Child child = child("w" + end, dtype, shape("4 384"), bytes);

        assertThat(planner.plan(child, candidates).orElseThrow().name()).isEqualTo("mask");
        assertThat(right(child)).isEqualTo(bytes.length);
    }

    /** Bytes that are predicted right, in blocks that begin at whole words anywhere. */
    private int right(InMemoryTensors.Child child) {
        TensorPlan plan = planner.plan(child, candidates).orElseThrow();
        int width = child.spec().dtype().bytes();
        int block = 100 * width;
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

    private float[] storeRows(int tiles, boolean turned) throws IOException {
        byte[] rows = resource("f32");
        float[] floats = new float[tiles * COUNT];
        for (int tile = 0; tile < tiles; tile++) {
            float[] one = new float[COUNT];
            Floats.read(Dtype.F32, rows, 0, one, COUNT);
            System.arraycopy(one, 0, floats, tile * COUNT, COUNT);
        }
        if (turned) {
            store(NAME, turned(floats), List.of((long) COLUMNS, (long) ROWS));
        } else {
            store(NAME, floats, List.of((long) tiles * ROWS, (long) COLUMNS));
        }
        return floats;
    }

    private static float[] turned(float[] rows) {
        float[] columns = new float[COUNT];
        for (int i = 0; i < COUNT; i++) {
            columns[i % COLUMNS * ROWS + i / COLUMNS] = rows[i];
        }
        return columns;
    }

    private static byte[] tiled(byte[] bytes) {
        byte[] all = new byte[TILES * bytes.length];
        for (int tile = 0; tile < TILES; tile++) {
            System.arraycopy(bytes, 0, all, tile * bytes.length, bytes.length);
        }
        return all;
    }

    private void store(String name, float[] floats, List<Long> shape) {
        byte[] bytes = new byte[4 * floats.length];
        Floats.write(Dtype.F32, floats, bytes, 0, floats.length);
        candidates.add(shelf.put(name, Dtype.F32, shape, bytes, 0, "float"));
    }

    private static InMemoryTensors.Child child(String name, Dtype dtype, List<Long> shape, byte[] bytes) {
        return InMemoryTensors.Child.of(name, dtype, shape, bytes);
    }

    private static List<Long> shape(String dimensions) {
        return List.of(dimensions.split(" ")).stream().map(Long::valueOf).toList();
    }

    private static byte[] resource(String end) throws IOException {
        String name = "/dev/mgit/delta/predictor/minilm-query-rows." + end;
        try (InputStream in = GroupQuantizedTensorsTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            return in.readAllBytes();
        }
    }
}
