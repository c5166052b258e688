package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.pickle.PickleParser;
import dev.mgit.delta.format.torch.TorchStorage;
import dev.mgit.delta.format.torch.TorchTensor;
import dev.mgit.delta.format.torch.TorchTypes;
import dev.mgit.delta.format.torch.TorchView;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.LogicalTensor.Sign;
import dev.mgit.delta.layout.MemoryByteSource;
import dev.mgit.delta.numeric.Floats;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On real files written by torch.save, and on pickles made opcode by opcode. */
class TorchTest {
    @Test
    void readsTorchScriptWithItsConstants() {
        byte[] traced = Hostile.real("script.pt");
        byte[] frozen = Hostile.real("frozen.pt");

        Layout layout = Hostile.layout("script.pt", traced);

        Hostile.covers(layout, traced.length);
        assertThat(Hostile.tensors(layout))
                .containsExactlyInAnyOrder(
                        spec("fc.weight", Dtype.F32, 3, 4),
                        spec("fc.bias", Dtype.F32, 3),
                        spec("steps", Dtype.I64, 2),
                        spec("constants.0", Dtype.F32, 3));
        assertThat(layout.tensors()).extracting(LogicalTensor::name).contains("fc.weight", "constants.0");
        assertThat(Hostile.tensors(Hostile.layout("frozen.pt", frozen)))
                .contains(spec("constants.0", Dtype.F32, 3, 4), spec("constants.1", Dtype.F32, 3));
        Hostile.mutate("script.pt", traced, 11, 2_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pt", "legacy.pt"})
    void readsCheckpoints(String file) {
        byte[] bytes = Hostile.real(file);

        Layout layout = Hostile.layout(file, bytes);

        assertThat(layout.format()).isEqualTo("pytorch");
        Hostile.covers(layout, bytes.length);
        assertThat(Hostile.tensors(layout))
                .filteredOn(spec -> spec.elements() > 0)
                .containsExactlyInAnyOrder(
                        spec("state_dict.encoder.weight", Dtype.F32, 4, 6),
                        spec("state_dict.transposed", Dtype.F32, 2, 3),
                        spec("state_dict.view.head", Dtype.I64, 4),
                        spec("state_dict.view.tail", Dtype.I64, 4),
                        spec("state_dict.gaps", Dtype.F32, 8),
                        spec("state_dict.half", Dtype.F16, 3),
                        spec("state_dict.brain", Dtype.BF16, 3),
                        spec("state_dict.flag", Dtype.BOOL),
                        spec("state_dict.parameter", Dtype.F64, 2),
                        spec("optimizer.state.0.exp_avg", Dtype.F32, 4));
    }

    /** Every view lies in memory as 0, 1, 2, ..., a slice from where it begins; of gaps the whole storage is read. */
    @ParameterizedTest
    @ValueSource(strings = {"zip.pt", "legacy.pt", "zip-2.pt", "legacy-2.pt"})
    void findsEveryElement(String file) {
        byte[] bytes = Hostile.real(file);
        Layout layout = Hostile.layout(file, bytes);
        List<TensorSpec> tensors = Hostile.tensors(layout);

        assertThat(tensors).extracting(TensorSpec::dtype).contains(Dtype.F16, Dtype.BF16, Dtype.F64);
        for (TensorSpec tensor : tensors) {
            int first = tensor.name().endsWith("view.tail") ? 6 : tensor.dtype() == Dtype.BOOL ? 1 : 0;
            Layout.Range range = Hostile.range(layout, tensor.name());
            byte[] raw = Arrays.copyOfRange(bytes, (int) range.offset(), (int) range.end());
            double[] expected = new double[(int) tensor.elements()];
            Arrays.setAll(expected, i -> first + i);
            assertThat(values(tensor.dtype(), raw, expected.length))
                    .as(tensor.name())
                    .containsExactly(expected);
        }
        assertThat(tensors.stream().anyMatch(tensor -> tensor.equals(spec("state_dict.float8", Dtype.F8_E4M3, 4))))
                .isEqualTo(file.contains("-2"));
    }

    private static double[] values(Dtype dtype, byte[] raw, int count) {
        double[] values = new double[count];
        var data = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
        switch (dtype) {
            case I64 -> Arrays.setAll(values, i -> data.getLong(8 * i));
            case BOOL -> Arrays.setAll(values, i -> raw[i]);
            default -> Floats.read(dtype, raw, 0, values, count);
        }
        return values;
    }

    @Test
    void namesThePartsOfAPickledModuleAsItsStateDictWould() {
        assertThat(Hostile.tensors(Hostile.layout("module.pt", Hostile.real("module.pt"))))
                .extracting(TensorSpec::name)
                .containsExactlyInAnyOrder(
                        "0.weight",
                        "0.bias",
                        "1.weight",
                        "1.bias",
                        "1.running_mean",
                        "1.running_var",
                        "1.num_batches_tracked");
    }

    @Test
    void readsALoneTensorAndNewerPickles() {
        assertThat(Hostile.tensors(Hostile.layout("tensor.pt", Hostile.real("tensor.pt"))))
                .containsExactly(spec("tensor", Dtype.I32, 5));
    }

    /** Torch itself loads each of these. */
    @ParameterizedTest
    @ValueSource(strings = {"bare-protocol-1.pt", "bare-protocol-4.pt", "bare-protocol-5.pt", "zip-protocol-1.pt"})
    void readsPicklesOfEveryProtocol(String file) {
        Layout layout = Hostile.layout(file, Hostile.real(file));

        assertThat(Hostile.tensors(layout))
                .containsExactlyInAnyOrder(spec("a", Dtype.F32, 4, 6), spec("b", Dtype.BF16, 3));
        Layout.Range a = Hostile.range(layout, "a");
        assertThat(values(Dtype.F32, Arrays.copyOfRange(Hostile.real(file), (int) a.offset(), (int) a.end()), 24))
                .startsWith(0, 1, 2)
                .endsWith(22, 23);
    }

    /** Of protocol 0 torch loads neither form: it names storages by the text of what should be a tuple. */
    @ParameterizedTest
    @ValueSource(strings = {"bare-protocol-0.pt", "zip-protocol-0.pt"})
    void keepsWhatItDoesNotUnderstandAsOpaqueBytesAndSaysWhy(String file) {
        Formats.FileLayout reading = Hostile.reading(file, Hostile.real(file));

        assertThat(reading.isOpaque()).isTrue();
        assertThat(reading.limit()).hasValueSatisfying(why -> assertThat(why).contains("storages named by text"));
    }

    /** Lines of protocols 0 and 1, and the text of Python 2: a dictionary of one tensor in each. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(dp0\nVw\\u0031\n@s.",
                "(dp0\nS'w1'\np1\n@s.",
                "}q\0(U\2w1@u.",
                "}q\0(T\2\0\0\0w1@u.",
                "(ccollections\nOrderedDict\noVw1\n@s.",
                "(icollections\nOrderedDict\nVw1\n@s.",
                "(lp0\nF1.5\n0(dg0\n0Vw1\n@s.",
            })
    void readsTheLinesOfOldProtocols(String pickle) {
        String tensor = new String(tensor(0, 4, 1), StandardCharsets.ISO_8859_1);
        String whole = pickle.replace("@", tensor.substring(2, tensor.length() - 1));

        assertThat(Hostile.tensors(Hostile.layout("x.pt", zip(whole.getBytes(StandardCharsets.ISO_8859_1)))))
                .containsExactly(spec("w1", Dtype.F32, 4));
    }

    @Test
    void keepsArchivesWhosePickleIsCompressedSomehow() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setLevel(0); // deflated all the same, in a way that is not made again
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
            zip.write(tensor(0, 4, 1));
            zip.closeEntry();
        }
        Formats.FileLayout reading = Hostile.reading("x.pt", bytes.toByteArray());

        assertThat(reading.isOpaque()).isTrue();
        assertThat(reading.limit()).hasValueSatisfying(why -> assertThat(why).contains("data.pkl is compressed"));
    }

    /** Torch 2.3 and later keep dtypes without a storage class this way; made after torch/_utils.py. */
    @Test
    void readsTensorsThatNameTheirDtype() {
        byte[] file = zip(pickle(
                "ctorch._utils\n_rebuild_tensor_v3\n",
                storage("UntypedStorage", 4),
                "K\0K\4\u0085K\1\u0085\u0089)ctorch\nfloat8_e4m3fn\nNtR."));

        assertThat(Hostile.tensors(Hostile.layout("x.pt", file))).containsExactly(spec("tensor", Dtype.F8_E4M3, 4));
    }

    @Test
    void namesKeysThatAreNoTextAsPythonPrintsThem() {
        String tensor = new String(tensor(0, 4, 1), StandardCharsets.ISO_8859_1);
        String body = tensor.substring(2, tensor.length() - 1);
        var items = new StringBuilder("\u0080\2}(");
        for (String key : List.of("N", "\u0088", "K\7", "G@\4\0\0\0\0\0\0", "K\1K\2\u0086")) {
            items.append(key).append(body);
        }
        byte[] file = zip(items.append("u.").toString().getBytes(StandardCharsets.ISO_8859_1));

        assertThat(Hostile.layout("x.pt", file).tensors())
                .extracting(LogicalTensor::name)
                .containsExactlyInAnyOrder("None", "True", "7", "2.5", "(1, 2)");
    }

    /** A tensor beside a call of os.system: the call is data, the tensor is found. */
    @Test
    void neverRunsWhatAPickleAsksFor() {
        String call = "cos\nsystem\nX\4\0\0\0evil\u0085R";
        byte[] file = zip(listed(call));

        Layout layout = Hostile.layout("x.pt", file);

        assertThat(Hostile.tensors(layout)).containsExactly(spec("1", Dtype.F32, 4));
        Hostile.covers(layout, file.length);
    }

    @Test
    void leavesPicklesWithoutTensorsOpaque() {
        byte[] file = zip("\u0080\2cargparse\nNamespace\n)\u0081}X\2\0\0\0lrG?\u00b0\0\0\0\0\0\0sb."
                .getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Hostile.layout("training_args.bin", file).format()).isEqualTo("opaque");
    }

    /** Each line: a pickle that torch.save never writes. The file is then any file. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0080\2ios\nsystem\n.", // INST
                "\u0080\2P1\n.", // PERSID
                "\u0080\2\u0082\1.", // EXT1
                ".", // nothing on the stack
                "(.", // a mark only
                "\u0080\2h\5.", // nothing remembered
                "\u0080\2)a.",
                "\u0080\2K\1K\1K\1s.",
                "\u0080\2}(K\1u.",
                "t.",
                "\u0080\2K\1K\1\u0093."
            })
    void leavesUnknownPicklesOpaque(String pickle) {
        byte[] file = zip(pickle.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(Hostile.layout("x.pt", file).format()).isEqualTo("opaque");
    }

    @Test
    void withstandsPicklesThatContainThemselves() {
        byte[] file = zip(listed("]q\0h\0a(h\0h\0eh\0h\0\u0086R"));
        assertThat(Hostile.tensors(Hostile.layout("x.pt", file))).containsExactly(spec("1", Dtype.F32, 4));
    }

    @Test
    void withstandsPicklesThatDoubleThemselves() {
        byte[] file = zip(listed(")" + "2\u0086".repeat(100_000)));
        assertThat(Hostile.tensors(Hostile.layout("x.pt", file))).containsExactly(spec("1", Dtype.F32, 4));
    }

    @Test
    void endsPicklesWithoutEnd() {
        byte[] pickle = new byte[PickleParser.MAX_STEPS + 2];
        Arrays.fill(pickle, (byte) 'N');
        assertThat(Hostile.layout("x.pt", zip(pickle)).format()).isEqualTo("opaque");
    }

    @ParameterizedTest
    @CsvSource({"5, 0", "1, 4", "1, 1000000", "1000000, 0"})
    void refusesViewsBeyondTheirStorage(int elements, int offset) {
        byte[] file = zip(tensor(offset, elements, 1));
        assertThatThrownBy(() -> Hostile.layout("x.pt", file))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("tensor tensor has " + elements + " elements of 4 bytes from element " + offset);
    }

    @Test
    void readsFilesOfEitherByteOrder() throws IOException {
        byte[] pickle = tensor(0, 4, 1);
        byte[] little = new byte[16];
        byte[] big = new byte[16];
        for (int i = 0; i < 16; i++) {
            little[i] = (byte) i;
            big[i / 4 * 4 + 3 - i % 4] = (byte) i;
        }
        byte[] file = archive("data.pkl", pickle, "byteorder", ascii("little"), "data/0", little);
        byte[] turned = archive("data.pkl", pickle, "byteorder", ascii("big"), "data/0", big);

        Layout layout = Hostile.layout("x.pt", turned);

        assertThat(Hostile.tensors(layout)).containsExactly(new TensorSpec("tensor", Dtype.OPAQUE, List.of(16L)));
        assertThat(values(layout, turned)).isEqualTo(little).isEqualTo(values(Hostile.layout("x.pt", file), file));
        byte[] other = archive("data.pkl", pickle, "byteorder", ascii("middle"), "data/0", big);
        assertThat(Hostile.layout("x.pt", other).format()).isEqualTo("opaque");
    }

    private static byte[] values(Layout layout, byte[] file) throws IOException {
        ByteSource data = layout.tensors().get(0).open(new MemoryByteSource(file));
        byte[] values = new byte[(int) data.size()];
        data.read(0, values, 0, values.length);
        return values;
    }

    @ParameterizedTest
    @CsvSource({"4611686018427387904, 0", "9223372036854775807, 9223372036854775807", "3, 9223372036854775807"})
    void listsViewsThatNoFileCanHold(long dimension, long stride) {
        var tensor = new TorchTensor(
                "w",
                new TorchStorage("0", TorchTypes.PAIRS, 16),
                TorchTypes.PAIRS,
                0,
                List.of(dimension, 4L),
                List.of(stride, 1L),
                Sign.AS_STORED);
        LogicalTensor seen = TorchView.of(tensor)
                .seen(key -> Optional.of(new TorchView.Place(0, 16)), LogicalTensor.Order.LITTLE_ENDIAN);
        assertThat(seen.unreadable()).isPresent();
        seen.check(16);
    }

    @Test
    void leavesOtherArchivesOpaque() {
        byte[] file = archive("hello.txt", ascii("hello"));
        assertThat(Hostile.layout("x.bin", file).format()).isEqualTo("opaque");
        assertThat(Hostile.layout("x.bin", ascii("any other bytes, without a known beginning"))
                        .format())
                .isEqualTo("opaque");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pt", "legacy.pt", "tensor.pt", "zip-2.pt", "legacy-2.pt"})
    void isNeverTakenWhenCutOff(String file) {
        assertThat(Hostile.acceptedWhenCut(file, Hostile.real(file)))
                .allSatisfy(length -> assertThat(length).isLessThan(16));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensor.pt", "legacy.pt"})
    void withstandsEveryFlippedBit(String file) {
        Hostile.flipEveryBit(file, Hostile.real(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"zip.pt", "legacy.pt", "tensor.pt", "zip-2.pt", "legacy-2.pt"})
    void withstandsMutationsOfSeed6(String file) {
        Hostile.mutate(file, Hostile.real(file), 6, 2_000);
    }

    private static TensorSpec spec(String name, Dtype dtype, long... shape) {
        return new TensorSpec(name, dtype, Arrays.stream(shape).boxed().toList());
    }

    /** A pickled list of something and an fp32 tensor. */
    private static byte[] listed(String first) {
        String tensor = new String(tensor(0, 4, 1), StandardCharsets.ISO_8859_1);
        String body = tensor.substring(2, tensor.length() - 1);
        return ("\u0080\2](" + first + body + "e.").getBytes(StandardCharsets.ISO_8859_1);
    }

    /** A pickled fp32 tensor on a storage of four elements. */
    private static byte[] tensor(int offset, int elements, int stride) {
        return pickle(
                "ctorch._utils\n_rebuild_tensor_v2\n",
                storage("FloatStorage", 4),
                "J" + int32(offset) + "J" + int32(elements) + "\u0085J" + int32(stride) + "\u0085\u0089)tR.");
    }

    private static byte[] pickle(String function, String storage, String arguments) {
        return ("\u0080\2" + function + "(" + storage + arguments).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String storage(String type, int elements) {
        return "(X\7\0\0\0storagectorch\n" + type + "\nX\1\0\0\0" + "0X\3\0\0\0cpuJ" + int32(elements) + "tQ";
    }

    private static String int32(int value) {
        byte[] bytes = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** torch's zip form around a pickle, with one storage of 16 bytes. */
    private static byte[] zip(byte[] pickle) {
        return archive("data.pkl", pickle, "data/0", new byte[16]);
    }

    private static byte[] archive(Object... namesAndContents) {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (int i = 0; i < namesAndContents.length; i += 2) {
                byte[] content = (byte[]) namesAndContents[i + 1];
                var crc = new CRC32();
                crc.update(content);
                var entry = new ZipEntry("archive/" + namesAndContents[i]);
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.length);
                entry.setCrc(crc.getValue());
                zip.putNextEntry(entry);
                zip.write(content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
