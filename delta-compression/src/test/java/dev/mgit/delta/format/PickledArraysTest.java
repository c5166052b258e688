package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.MemoryByteSource;
import dev.mgit.delta.layout.SourceInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On pickles that NumPy and joblib wrote. */
class PickledArraysTest {
    @ParameterizedTest
    @CsvSource({
        "arrays-protocol-2.pkl, escaped-pickle",
        "arrays-protocol-3.pkl, pickle",
        "arrays-protocol-4.pkl, pickle",
        "arrays-protocol-5.pkl, pickle",
        "arrays.joblib, pickle",
        "compressed.joblib, deflated",
        "gzip.joblib, deflated"
    })
    void readsArrays(String file, String format) throws IOException {
        byte[] bytes = Hostile.real(file);

        Layout layout = Hostile.layout(file, bytes);

        assertThat(layout.format()).isEqualTo(format);
        Hostile.covers(layout, bytes.length);
        assertThat(layout.tensors())
                .filteredOn(tensor -> tensor.unreadable().isEmpty())
                .extracting(LogicalTensor::spec)
                .containsExactlyInAnyOrder(
                        new TensorSpec("layers.0.weight", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("layers.0.bias", Dtype.F16, List.of(3L)),
                        new TensorSpec("fortran", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("tied", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("big", Dtype.F64, List.of(2L, 2L)),
                        new TensorSpec("objects.0", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("objects.1.bias", Dtype.F16, List.of(3L)),
                        new TensorSpec("model.coef_", Dtype.F64, List.of(2L, 3L)),
                        new TensorSpec("model.classes_", Dtype.I64, List.of(2L)),
                        new TensorSpec("empty", Dtype.F32, List.of(0L, 4L)),
                        new TensorSpec("0", Dtype.I32, List.of()));
        for (String ramp :
                List.of("layers.0.weight", "fortran", "tied", "objects.0", "model.coef_", "model.classes_")) {
            ramp(bytes, layout, ramp);
        }
    }

    @Test
    void textsAreListed() {
        for (String file : List.of("arrays-protocol-5.pkl", "arrays.joblib")) {
            assertThat(Hostile.layout(file, Hostile.real(file)).tensors())
                    .filteredOn(tensor -> tensor.unreadable().isPresent())
                    .singleElement()
                    .satisfies(tensor -> assertThat(tensor.name()).isEqualTo("words"));
        }
    }

    @ParameterizedTest
    @CsvSource({"objects.npy, npy, objects", "objects.npz, npz, layers"})
    void readsArraysOfObjects(String file, String format, String name) throws IOException {
        byte[] bytes = Hostile.real(file);

        Layout layout = Hostile.layout(file, bytes);

        assertThat(layout.format()).isEqualTo(format);
        Hostile.covers(layout, bytes.length);
        assertThat(Hostile.tensors(layout))
                .contains(
                        new TensorSpec(name + ".0", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec(name + ".1.bias", Dtype.F16, List.of(3L)));
        ramp(bytes, layout, name + ".0");
    }

    @ParameterizedTest
    @CsvSource({
        "bzip2.joblib, it is compressed with bzip2",
        "xz.joblib, it is compressed with xz",
        "lzma.joblib, it is compressed with LZMA"
    })
    void saysWhyOthersAreOpaque(String file, String reason) {
        Formats.FileLayout reading = Hostile.reading(file, Hostile.real(file));

        assertThat(reading.isOpaque()).isTrue();
        assertThat(reading.limit()).contains(reason);
    }

    /** Longer than a line that is kept. */
    @ParameterizedTest
    @ValueSource(strings = {"escaped-protocol-0.pkl", "escaped-protocol-1.pkl"})
    void bytesThatAreEscapedAsTextStandInTheContent(String file) throws IOException {
        byte[] bytes = Hostile.real(file);

        Layout layout = Hostile.layout(file, bytes);

        Hostile.covers(layout, bytes.length);
        assertThat(layout.packing().streams())
                .singleElement()
                .satisfies(text -> assertThat(text.length()).isEqualTo(4 * 1200));
        assertThat(Hostile.tensors(layout)).containsExactly(new TensorSpec("weight", Dtype.F32, List.of(1200L)));
        ramp(bytes, layout, "weight");
        comesBack(bytes, layout);
    }

    /** A text of another code than Latin-1 stands for no bytes; it is kept, and the reason told. */
    @Test
    void textThatStandsForNoBytes() throws IOException {
        byte[] bytes = Hostile.real("escaped-protocol-1.pkl");
        Layout whole = Hostile.layout("m.pkl", bytes);
        int text = (int) whole.packing().streams().get(0).offset();
        byte[] wide = bytes.clone();
        for (int i = text; i < text + 4096; i++) {
            if ((wide[i] & 0xff) == 0xc2) {
                wide[i] = (byte) 0xc4; // U+0100 and above
                break;
            }
        }

        Formats.FileLayout reading = Hostile.reading("m.pkl", wide);

        assertThat(reading.isOpaque()).isTrue();
        assertThat(reading.limit()).contains("its pickle has arrays whose bytes are escaped as text");
        comesBack(wide, reading.layout());
    }

    private static void comesBack(byte[] bytes, Layout layout) throws IOException {
        var content = layout.content(new MemoryByteSource(bytes));
        try (var file = layout.packing().pack(0, from -> new SourceInputStream(content, from, content.size() - from))) {
            assertThat(file.readAllBytes()).isEqualTo(bytes);
        }
    }

    /** Python 2 had one type for text and bytes: protocol 0 prints it, the others have it as it is. */
    @ParameterizedTest
    @ValueSource(strings = {"python2-protocol-0.pkl", "python2-protocol-1.pkl", "python2-protocol-2.pkl"})
    void readsArraysOfPython2(String file) throws IOException {
        byte[] bytes = Hostile.real(file);

        Layout layout = Hostile.layout(file, bytes);

        Hostile.covers(layout, bytes.length);
        assertThat(layout.tensors())
                .extracting(LogicalTensor::spec)
                .containsExactlyInAnyOrder(
                        new TensorSpec("weight", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("fortran", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("zero", Dtype.F32, List.of(1L)),
                        new TensorSpec("long", Dtype.F32, List.of(1200L)));
        for (String ramp : List.of("weight", "fortran", "zero", "long")) {
            ramp(bytes, layout, ramp);
        }
        comesBack(bytes, layout);
    }

    /** The pickle of an object array ends in the middle: the array stays one run of bytes. */
    @Test
    void objectsThatAreCutOffAreKeptAsBytes() {
        byte[] whole = Hostile.real("objects.npy");
        byte[] cut = Arrays.copyOf(whole, whole.length - 20);

        Layout layout = Hostile.layout("objects.npy", cut);

        assertThat(layout.tensors())
                .singleElement()
                .satisfies(tensor -> assertThat(tensor.unreadable()).contains("its dtype is '|O'"));
        Hostile.covers(layout, cut.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "arrays-protocol-3.pkl",
                "arrays-protocol-5.pkl",
                "arrays-protocol-2.pkl",
                "arrays.joblib",
                "objects.npy",
                "compressed.joblib"
            })
    void isNeverTakenForLessWhenCutOff(String file) {
        byte[] bytes = Hostile.real(file);
        for (int length : Hostile.acceptedWhenCut(file, bytes)) {
            Layout layout = Hostile.layout(file, Arrays.copyOf(bytes, length));
            assertThat(layout.tensors())
                    .as("cut at %d", length)
                    .allMatch(tensor -> tensor.unreadable().isPresent());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrays-protocol-3.pkl", "arrays-protocol-5.pkl", "arrays.joblib", "objects.npy"})
    void withstandsEveryFlippedBit(String file) {
        Hostile.flipEveryBit(file, Hostile.real(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"arrays-protocol-2.pkl", "arrays-protocol-4.pkl", "arrays.joblib", "objects.npz"})
    void withstandsMutationsOfSeed8(String file) {
        Hostile.mutate(file, Hostile.real(file), 8, 5_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip.joblib",
                "compressed.joblib",
                "python2-protocol-0.pkl",
                "python2-protocol-1.pkl",
                "escaped-protocol-0.pkl"
            })
    void withstandsMutationsOfSeed9(String file) {
        Hostile.mutate(file, Hostile.real(file), 9, 500);
    }

    private static void ramp(byte[] file, Layout layout, String name) throws IOException {
        LogicalTensor tensor = layout.tensors().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        var source = tensor.open(layout.content(new MemoryByteSource(file)));
        byte[] data = new byte[(int) source.size()];
        source.read(0, data, 0, data.length);
        ByteBuffer values = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < tensor.spec().elements(); i++) {
            double value = switch (tensor.spec().dtype()) {
                case F64 -> values.getDouble(8 * i);
                case I64 -> values.getLong(8 * i);
                default -> values.getFloat(4 * i);
            };
            assertThat(value).as(name).isEqualTo(i);
        }
    }
}
