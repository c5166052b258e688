package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On models that LiteRT's schema packed and its interpreter runs, and on bytes that it would refuse. */
class TfliteTest {
    /** {@code behind.tflite} keeps its buffers behind the FlatBuffer, as models above 2 GB do. */
    @ParameterizedTest
    @ValueSource(strings = {"graph.tflite", "behind.tflite"})
    void readsConstants(String file) {
        byte[] bytes = Hostile.real(file);

        Layout layout = Hostile.layout(file, bytes);

        assertThat(layout.format()).isEqualTo("tflite");
        Hostile.covers(layout, bytes.length);
        assertThat(layout.tensors().stream()
                        .filter(tensor -> tensor.unreadable().isEmpty()))
                .extracting(LogicalTensor::spec)
                .containsExactlyInAnyOrder(
                        new TensorSpec("weight", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("tied", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("half", Dtype.F16, List.of(2L, 3L)),
                        new TensorSpec("bytes", Dtype.I8, List.of(2L, 2L, 2L)),
                        new TensorSpec("axes", Dtype.I64, List.of(2L)),
                        new TensorSpec("tensor.0.6", Dtype.BOOL, List.of(2L)),
                        new TensorSpec("int4", Dtype.I4, List.of(3L)));
        ByteBuffer weight = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 12; i++) {
            assertThat(weight.getFloat((int) Hostile.range(layout, "weight").offset() + 4 * i))
                    .isEqualTo(i);
        }
    }

    @Test
    void tensorsOfOneBufferAreTied() {
        Layout layout = Hostile.layout("graph.tflite", Hostile.real("graph.tflite"));

        assertThat(seen(layout, "tied").place())
                .isEqualTo(seen(layout, "weight").place());
    }

    @Test
    void textsAreListedAsWhatNobodyCanLayOut() {
        Layout layout = Hostile.layout("graph.tflite", Hostile.real("graph.tflite"));

        assertThat(seen(layout, "text").unreadable()).contains("its elements are not numbers");
    }

    @Test
    void theNameAlonePromisesNothing() {
        byte[] encrypted = "no identifier here".getBytes(StandardCharsets.US_ASCII);

        assertThat(Hostile.layout("model.tflite", encrypted).format()).isEqualTo(Formats.OPAQUE);
    }

    @Test
    void aModelByAnotherNameIsFoundByItsIdentifier() {
        assertThat(Hostile.layout("model.bytes", Hostile.real("graph.tflite")).format())
                .isEqualTo("tflite");
    }

    @Test
    void offsetsThatLeadOutOfTheFileAreDamage() {
        byte[] bytes = Hostile.real("graph.tflite");
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 1 << 30);

        assertThatThrownBy(() -> Hostile.layout("model.tflite", bytes))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("model.tflite: byte 1073741824 is referenced, but only");
        assertThat(Hostile.layout("other.bin", bytes).format()).isEqualTo(Formats.OPAQUE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"graph.tflite", "behind.tflite"})
    void aModelThatIsCutOffLosesNoTensorInSilence(String file) {
        byte[] bytes = Hostile.real(file);
        int whole = Hostile.layout(file, bytes).tensors().size();

        for (int length : Hostile.acceptedWhenCut(file, bytes)) {
            Layout layout = Hostile.layout(file, Arrays.copyOf(bytes, length));
            assertThat(layout.format().equals(Formats.OPAQUE)
                            || layout.tensors().size() == whole)
                    .as("cut at %d", length)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"graph.tflite", "behind.tflite"})
    void withstandsEveryFlippedBit(String file) {
        Hostile.flipEveryBit(file, Hostile.real(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"graph.tflite", "behind.tflite"})
    void withstandsMutationsOfSeed5(String file) {
        Hostile.mutate(file, Hostile.real(file), 5, 5_000);
    }

    private static LogicalTensor seen(Layout layout, String name) {
        return layout.tensors().stream()
                .filter(tensor -> tensor.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
