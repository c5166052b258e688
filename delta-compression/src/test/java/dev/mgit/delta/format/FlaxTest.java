package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On state that Flax serialized, whole and in chunks. */
class FlaxTest {
    @Test
    void readsArrays() throws IOException {
        byte[] bytes = Hostile.real("state.msgpack");

        Layout layout = Hostile.layout("state.msgpack", bytes);

        assertThat(layout.format()).isEqualTo("flax");
        Hostile.covers(layout, bytes.length);
        assertThat(layout.tensors())
                .extracting(LogicalTensor::spec)
                .containsExactlyInAnyOrder(
                        new TensorSpec("params.dense.kernel", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("params.dense.bias", Dtype.BF16, List.of(4L)),
                        new TensorSpec("params.norm.scale", Dtype.F16, List.of(2L)),
                        new TensorSpec("layers.0", Dtype.F32, List.of(300L)),
                        new TensorSpec("step", Dtype.I32, List.of()));
        ramp(bytes, layout, "params.dense.kernel");
        ramp(bytes, layout, "layers.0");
    }

    /** Arrays of more than 1 GiB, with a lower limit. */
    @Test
    void everyChunkIsARange() {
        byte[] bytes = Hostile.real("chunked.msgpack");

        Layout layout = Hostile.layout("chunked.msgpack", bytes);

        Hostile.covers(layout, bytes.length);
        assertThat(Hostile.tensors(layout))
                .containsExactly(
                        new TensorSpec("kernel.chunks.0", Dtype.F32, List.of(8L)),
                        new TensorSpec("kernel.chunks.1", Dtype.F32, List.of(8L)));
        assertThat(layout.tensors()).singleElement().satisfies(tensor -> {
            assertThat(tensor.name()).isEqualTo("kernel");
            assertThat(tensor.spec().shape()).containsExactly(4L, 4L);
            assertThat(tensor.unreadable()).contains("it lies in several chunks");
        });
    }

    @Test
    void otherMessagePackIsOpaque() {
        byte[] settings = {(byte) 0x81, (byte) 0xa1, 'a', 1};
        assertThat(Hostile.layout("x.msgpack", settings).format()).isEqualTo(Formats.OPAQUE);
        byte[] stream = Hostile.concat(Hostile.real("chunked.msgpack"), settings);
        assertThat(Hostile.layout("x.msgpack", stream).format()).isEqualTo(Formats.OPAQUE);
    }

    @Test
    void bytesThatDoNotFillTheShapeAreDamage() {
        byte[] bytes = Hostile.real("chunked.msgpack");
        for (int i = 0; i < bytes.length; i++) {
            if ((bytes[i] & 0xff) == 0x91 && bytes[i + 1] == 8) {
                bytes[i + 1] = 9;
            }
        }
        assertThatThrownBy(() -> Hostile.layout("chunked.msgpack", bytes))
                .isInstanceOf(FormatException.class)
                .hasMessage("chunked.msgpack: array kernel.chunks.0 of dtype F32 and shape [9] takes 36 bytes, "
                        + "but has 32");
    }

    @Test
    void isNeverTakenWhenCutOff() {
        byte[] bytes = Hostile.real("state.msgpack");
        assertThat(Hostile.acceptedWhenCut("state.msgpack", bytes))
                .allSatisfy(length -> assertThat(Hostile.layout("state.msgpack", Arrays.copyOf(bytes, length))
                                .format())
                        .isEqualTo(Formats.OPAQUE));
        assertThat(Hostile.survives("state.msgpack", Arrays.copyOf(bytes, bytes.length - 1)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"state.msgpack", "chunked.msgpack"})
    void withstandsEveryFlippedBit(String file) {
        Hostile.flipEveryBit(file, Hostile.real(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"state.msgpack", "chunked.msgpack"})
    void withstandsMutationsOfSeed9(String file) {
        Hostile.mutate(file, Hostile.real(file), 9, 5_000);
    }

    private static void ramp(byte[] file, Layout layout, String name) throws IOException {
        LogicalTensor tensor = layout.tensors().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        byte[] data = new byte[(int) tensor.spec().byteLength()];
        tensor.open(new MemoryByteSource(file)).read(0, data, 0, data.length);
        ByteBuffer values = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tensor.spec().elements(); i++) {
            assertThat(values.getFloat(4 * i)).as(name).isEqualTo(i);
        }
    }
}
