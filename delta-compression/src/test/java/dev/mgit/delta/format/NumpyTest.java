package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On real files written by NumPy, and on headers made by hand. */
class NumpyTest {
    @ParameterizedTest
    @CsvSource({
        "c_order.npy, F32, '3,4'",
        "fortran.npy, F32, '4,3'",
        "big_endian.npy, OPAQUE, '48'",
        "structured.npy, OPAQUE, '18'"
    })
    void readsArrays(String file, Dtype dtype, String shape) {
        byte[] bytes = Hostile.real(file);

        Layout layout = Hostile.layout(file, bytes);

        assertThat(layout.format()).isEqualTo("npy");
        Hostile.covers(layout, bytes.length);
        assertThat(Hostile.tensors(layout))
                .containsExactly(new TensorSpec(
                        file.replace(".npy", ""),
                        dtype,
                        List.of(shape.split(",")).stream().map(Long::valueOf).toList()));
    }

    @Test
    void readsStoredArchivesAndCompressedOnesAlike() {
        byte[] stored = Hostile.real("stored.npz");
        byte[] compressed = Hostile.real("compressed.npz");

        Layout layout = Hostile.layout("stored.npz", stored);

        assertThat(layout.format()).isEqualTo("npz");
        Hostile.covers(layout, stored.length);
        assertThat(Hostile.tensors(layout))
                .containsExactly(
                        new TensorSpec("layer.weight", Dtype.F32, List.of(4L, 2L)),
                        new TensorSpec("layer.bias", Dtype.F16, List.of(2L)));
        assertThat(stored[(int) Hostile.range(layout, "layer.weight").offset() + 7])
                .isEqualTo((byte) 0x3f);
        Layout unpacked = Hostile.layout("compressed.npz", compressed);
        Hostile.covers(unpacked, compressed.length);
        assertThat(Hostile.tensors(unpacked)).containsExactly(new TensorSpec("weight", Dtype.F32, List.of(4L, 2L)));
    }

    /** Each line: a header, part of the message. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'descr': '<f4', 'fortran_order': False, 'shape': (5,), } | takes 20 bytes, but 16 follow",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), } | more than any file",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), } | lacks descr, fortran_order or shape",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (9999999999999999999,), } | shape is invalid",
                "{'descr': '<f4', 'fortran_order': False} | lacks descr, fortran_order or shape",
                "{'descr': '<f4', 'shape': (4,)} | lacks descr, fortran_order or shape",
                "{'fortran_order': False, 'shape': (4,)} | lacks descr, fortran_order or shape",
                "__import__('os') | is not a dictionary",
            })
    void namesWhatIsWrong(String header, String message) {
        assertThatThrownBy(() -> Hostile.layout("x.npy", array(header)))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void takesWhatFollowsAnArrayAsOpaque() {
        byte[] file = array("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }");
        Layout layout = Hostile.layout("x.npy", file);
        Hostile.covers(layout, file.length);
        assertThat(Hostile.range(layout, "x").length()).isEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"c_order.npy", "stored.npz"})
    void isNeverTakenWhenCutOff(String file) {
        assertThat(Hostile.acceptedWhenCut(file, Hostile.real(file))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"c_order.npy", "fortran.npy", "stored.npz", "compressed.npz"})
    void withstandsEveryFlippedBit(String file) {
        Hostile.flipEveryBit(file, Hostile.real(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"c_order.npy", "stored.npz"})
    void withstandsMutationsOfSeed4(String file) {
        Hostile.mutate(file, Hostile.real(file), 4, 5_000);
    }

    /** Version 1, this header, 16 bytes of data. */
    private static byte[] array(String header) {
        byte[] text = (header + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] start = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)};
        return Hostile.concat(start, text, new byte[16]);
    }
}
