package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.onnx.OnnxNode;
import dev.mgit.delta.format.onnx.OnnxReader;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On real files written by the Python library, and on messages made field by field. */
class OnnxTest {
    private static final byte[] REAL = Hostile.real("graph.onnx");
    private static final byte[] EXTERNAL = Hostile.real("external.onnx");

    @Test
    void findsInitialisersConstantsAndNestedGraphs() {
        Layout layout = Hostile.layout("graph.onnx", REAL);

        assertThat(layout.format()).isEqualTo("onnx");
        Hostile.covers(layout, REAL.length);
        assertThat(Hostile.tensors(layout))
                .containsExactlyInAnyOrder(
                        new TensorSpec("onnx::MatMul_7", Dtype.F32, List.of(4L, 8L)),
                        new TensorSpec("floats", Dtype.F32, List.of(3L)),
                        new TensorSpec("scalar", Dtype.F64, List.of()),
                        new TensorSpec("quantised", Dtype.I8, List.of(3L, 3L)),
                        new TensorSpec("branch.weight", Dtype.F32, List.of(8L, 8L)),
                        new TensorSpec("big_constant", Dtype.F32, List.of(16L, 16L)));
        assertRamp(REAL, Hostile.range(layout, "branch.weight"), 0);
        assertRamp(REAL, Hostile.range(layout, "big_constant"), 0);
        assertRamp(REAL, Hostile.range(layout, "floats"), 1);
    }

    @Test
    void laysOutExternalDataThroughTheModel() throws IOException {
        byte[] data = Hostile.real("external.onnx_data");

        var files = OnnxReader.externalTensors(new MemoryByteSource(EXTERNAL));
        assertThat(files).containsOnlyKeys("external.onnx_data");
        Layout layout = OnnxReader.externalLayout(
                files.getOrDefault("external.onnx_data", List.of()), new MemoryByteSource(data));

        Hostile.covers(layout, data.length);
        assertThat(Hostile.tensors(layout)).contains(new TensorSpec("onnx::MatMul_7", Dtype.F32, List.of(4L, 8L)));
        assertRamp(data, Hostile.range(layout, "onnx::MatMul_7"), 0);
        assertThat(Hostile.tensors(Hostile.layout("external.onnx", EXTERNAL)))
                .extracting(TensorSpec::name)
                .doesNotContain("onnx::MatMul_7")
                .contains("quantised");
    }

    @Test
    void namesTheTensorThatExternalDataCutOffLack() throws IOException {
        byte[] data = Hostile.real("external.onnx_data");
        var tensors = OnnxReader.externalTensors(new MemoryByteSource(EXTERNAL))
                .getOrDefault("external.onnx_data", List.of());
        byte[] cut = Arrays.copyOf(data, data.length - 1);

        assertThatThrownBy(() -> OnnxReader.externalLayout(tensors, new MemoryByteSource(cut)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("the file ends at byte " + cut.length);
    }

    @Test
    void listsNodesWithTheirWeights() throws IOException {
        List<OnnxNode> nodes = OnnxReader.nodes(new MemoryByteSource(REAL));

        assertThat(nodes)
                .contains(new OnnxNode(
                        "/encoder/layer.0/query/MatMul", "MatMul", List.of("x", "onnx::MatMul_7"), List.of("h")))
                .contains(new OnnxNode("/branch/MatMul", "MatMul", List.of("x", "branch.weight"), List.of("then_out")))
                .hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../weights", "/etc/passwd", "a/../../b", "a\\b", "c:x", "", "a//b", "a/.", "a\nb"})
    void refusesExternalDataOutsideTheModelsFolder(String location) {
        byte[] model = model(message(
                5, concat(varint(1, 1), varint(2, 1), text(8, "w"), varint(14, 1), message(13, entry(location)))));

        assertThatThrownBy(() -> OnnxReader.externalTensors(new MemoryByteSource(model)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("external data of tensor w")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void refusesShapesThatContradictTheData() {
        for (long dim : new long[] {2, -1, Long.MAX_VALUE, 0}) {
            byte[] model =
                    model(message(5, concat(varint(1, dim), varint(2, 1), text(8, "w"), message(9, new byte[4]))));
            assertThatThrownBy(() -> Hostile.layout("x.onnx", model))
                    .isInstanceOf(FormatException.class)
                    .hasMessageContaining("tensor w");
        }
    }

    @Test
    void leavesSegmentsPiecesAndVarintsOpaque() {
        byte[] head = concat(varint(1, 1), varint(2, 1), text(8, "w"));
        byte[] segment = message(5, concat(head, message(3, new byte[0]), message(9, new byte[4])));
        byte[] pieces = message(5, concat(head, message(9, new byte[4]), message(9, new byte[4])));
        byte[] unpacked = message(5, concat(head, key(4, 5), new byte[4]));

        Layout layout = Hostile.layout("x.onnx", model(concat(segment, pieces, unpacked)));

        assertThat(layout.format()).isEqualTo("onnx");
        assertThat(Hostile.tensors(layout)).isEmpty();
    }

    @Test
    void listsSparseTensorsAndThoseOfTrainingGraphs() {
        byte[] sparse = concat(
                message(1, concat(varint(1, 2), varint(2, 1), text(8, "mostly zero"), message(9, new byte[8]))),
                message(2, concat(varint(1, 2), varint(2, 7), message(9, new byte[16]))),
                varint(3, 100),
                varint(3, 10));
        byte[] start = concat(varint(1, 2), varint(2, 1), text(8, "start"), message(9, new byte[8]));
        byte[] file = concat(model(message(15, sparse)), message(20, message(1, message(5, start))));

        Layout layout = Hostile.layout("x.onnx", file);

        assertThat(layout.tensors())
                .extracting(LogicalTensor::name, tensor -> tensor.spec().shape(), LogicalTensor::unreadable)
                .containsExactlyInAnyOrder(
                        tuple("mostly zero", List.of(100L, 10L), Optional.of("it is sparse")),
                        tuple("start", List.of(2L), Optional.empty()));
    }

    @Test
    void tellsTensorsOfOneNameApart() {
        byte[] tensor =
                message(5, concat(varint(1, 1), varint(2, 1), text(8, "w"), message(9, new byte[] {1, 2, 3, 4})));

        Layout layout = Hostile.layout("x.onnx", model(concat(tensor, tensor, tensor)));

        assertThat(Hostile.tensors(layout)).extracting(TensorSpec::name).containsExactly("w", "w#2", "w#3");
    }

    @Test
    void refusesNestingWithoutEnd() {
        byte[] graph = new byte[0];
        for (int depth = 0; depth < 100; depth++) {
            graph = message(1, message(5, message(6, graph)));
        }
        byte[] model = model(graph);
        assertThatThrownBy(() -> Hostile.layout("x.onnx", model)).hasMessageContaining("deep");
    }

    @Test
    void refusesLengthsBeyondTheEnd() {
        byte[] model = concat(varint(1, 8), key(7, 2), rawVarint(Long.MAX_VALUE));
        assertThatThrownBy(() -> Hostile.layout("x.onnx", model)).hasMessageContaining("more bytes are expected");
        byte[] negative = concat(varint(1, 8), key(7, 2), rawVarint(-1));
        assertThatThrownBy(() -> Hostile.layout("x.onnx", negative)).hasMessageContaining("more bytes are expected");
    }

    @Test
    void knowsAModelUnderAnotherNameButNothingLess() {
        assertThat(Hostile.layout("blob", REAL).format()).isEqualTo("onnx");
        assertThat(Hostile.layout("blob", Arrays.copyOf(REAL, REAL.length - 1)).format())
                .isEqualTo("opaque");
        assertThat(Hostile.layout("notes.txt", "plain text, long enough to be read".getBytes(StandardCharsets.UTF_8))
                        .format())
                .isEqualTo("opaque");
    }

    @Test
    void isNeverTakenWhenCutOff() {
        assertThat(Hostile.acceptedWhenCut("x.onnx", REAL)).isEmpty();
    }

    @Test
    void withstandsEveryFlippedBit() {
        Hostile.flipEveryBit("x.onnx", REAL);
    }

    @Test
    void withstandsMutationsOfSeed2() {
        Hostile.mutate("x.onnx", REAL, 2, 5_000);
    }

    @Test
    void nodesAndExternalTensorsWithstandMutationsOfSeed3() throws IOException {
        var random = new Random(3);
        for (int round = 0; round < 5_000; round++) {
            byte[] mutant = EXTERNAL.clone();
            mutant[random.nextInt(mutant.length)] = (byte) random.nextInt();
            try {
                assertThat(OnnxReader.nodes(new MemoryByteSource(mutant))).hasSizeLessThan(mutant.length);
                assertThat(OnnxReader.externalTensors(new MemoryByteSource(mutant)))
                        .hasSizeLessThan(mutant.length);
            } catch (FormatException e) {
                assertThat(e).message().isNotBlank();
            }
        }
    }

    private static void assertRamp(byte[] file, Layout.Range range, int first) {
        var data = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < range.length() / 4; i++) {
            assertThat(data.getFloat((int) range.offset() + 4 * i)).isEqualTo(first + i);
        }
    }

    /** A model with one graph, its version and an operator set. */
    private static byte[] model(byte[] graph) {
        return concat(varint(1, 8), message(7, graph), message(8, varint(2, 17)));
    }

    private static byte[] entry(String location) {
        return concat(text(1, "location"), text(2, location));
    }

    private static byte[] text(int field, String text) {
        return message(field, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] message(int field, byte[] body) {
        return concat(key(field, 2), rawVarint(body.length), body);
    }

    private static byte[] varint(int field, long value) {
        return concat(key(field, 0), rawVarint(value));
    }

    private static byte[] key(int field, int wire) {
        return rawVarint(((long) field << 3) | wire);
    }

    private static byte[] rawVarint(long value) {
        var out = new ByteArrayOutputStream();
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) ((rest & 0x7f) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return out.toByteArray();
    }

    private static byte[] concat(byte[]... parts) {
        return Hostile.concat(parts);
    }
}
