package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On a real file written by the Python library, and on headers made byte by byte. */
class SafetensorsTest {
    private static final byte[] REAL = Hostile.real("numpy.safetensors");

    @Test
    void readsWhatThePythonLibraryWrote() throws IOException {
        SafetensorsHeader header = SafetensorsHeader.parse(new MemoryByteSource(REAL));

        assertThat(header.metadata()).isEqualTo(Map.of("format", "np"));
        assertThat(header.tensors().stream().map(SafetensorsHeader.Entry::spec))
                .containsExactlyInAnyOrder(
                        new TensorSpec("encoder.layer.0.weight", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("encoder.layer.0.bias", Dtype.F16, List.of(3L)),
                        new TensorSpec("embeddings.weight", Dtype.BF16, List.of(5L, 2L)),
                        new TensorSpec("position_ids", Dtype.I64, List.of(1L, 7L)),
                        new TensorSpec("mask", Dtype.BOOL, List.of(3L)),
                        new TensorSpec("scalar", Dtype.F64, List.of()),
                        new TensorSpec("empty", Dtype.F32, List.of(0L, 4L)),
                        new TensorSpec("name with \"quotes\" and ü", Dtype.U8, List.of(2L)));
        Layout layout = Hostile.layout("x.safetensors", REAL);
        assertThat(layout.format()).isEqualTo("safetensors");
        Hostile.covers(layout, REAL.length);
        Layout.Range ids = Hostile.range(layout, "position_ids");
        var data = ByteBuffer.wrap(REAL).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 7; i++) {
            assertThat(data.getLong((int) ids.offset() + 8 * i)).isEqualTo(i);
        }
    }

    @Test
    void writesTheHeaderThePythonLibraryWrites() throws IOException {
        SafetensorsHeader read = SafetensorsHeader.parse(new MemoryByteSource(REAL));
        List<TensorSpec> shuffled = read.tensors().stream()
                .map(SafetensorsHeader.Entry::spec)
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .toList();

        var written = SafetensorsHeader.of(SafetensorsHeader.inReferenceOrder(shuffled), read.metadata());

        assertThat(REAL).startsWith(written.bytes());
        assertThat(written).isEqualTo(read);
        assertThat(written.fileSize()).isEqualTo(REAL.length);
    }

    @Test
    void aFileWithoutTensorsIsWhole() {
        byte[] file = SafetensorsHeader.of(List.of(), Map.of()).bytes();

        Layout layout = Hostile.layout("x.safetensors", file);

        assertThat(layout.format()).isEqualTo("safetensors");
        assertThat(Hostile.tensors(layout)).isEmpty();
    }

    @Test
    void refusesToWriteWhatTheFormatCannotHold() {
        var spec = new TensorSpec("a", Dtype.F32, List.of(1L));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> SafetensorsHeader.of(List.of(new TensorSpec("a", Dtype.Q4_0, List.of(32L))), Map.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SafetensorsHeader.of(List.of(new TensorSpec("__metadata__", Dtype.F32, List.of())), Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> SafetensorsHeader.of(List.of(spec, spec), Map.of()));
    }

    @Test
    void keepsTensorsOfUnknownDtypeByName() {
        byte[] file = file(
                "{'a':{'dtype':'F4','shape':[4],'data_offsets':[0,2]},"
                        + "'b':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}}",
                6);

        assertThat(Hostile.tensors(Hostile.layout("x.safetensors", file)))
                .containsExactly(
                        new TensorSpec("a", Dtype.OPAQUE, List.of(2L)), new TensorSpec("b", Dtype.F32, List.of(1L)));
    }

    @Test
    void doesNotCareForUnknownFieldsOrTheNameOfTheFile() {
        byte[] file = file("{'a':{'note':{'x':[1]},'dtype':'U8','shape':[1],'data_offsets':[0,1]}}", 1);

        assertThat(Hostile.layout("weights", file).format()).isEqualTo("safetensors");
    }

    /** Each line: header, bytes of data behind it, part of the message. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 7 | tensor a ends at byte 8 of the data",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | 9 | the file goes on to byte",
                "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | 4 | takes 8 bytes, but its data_offsets leave 4",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | 8 | leaving a hole after byte 0",
                "{'a':{'dtype':'U8','shape':[4],'data_offsets':[0,4]},'b':{'dtype':'U8','shape':[4],'data_offsets':[2,6]}} | 6 | tensor b begins at byte 2 of the data, overlapping",
                "{'a':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},'a':{'dtype':'U8','shape':[1],'data_offsets':[1,2]}} | 2 | Duplicate field 'a'",
                "{'a':{'dtype':'U8','dtype':'U8','shape':[1],'data_offsets':[0,1]}} | 1 | Duplicate field 'dtype'",
                "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}} | 4 | tensor a shape holds something other",
                "{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}} | 4 | tensor a shape holds something other",
                "{'a':{'dtype':'F32','shape':[9223372036854775808],'data_offsets':[0,4]}} | 4 | tensor a shape holds something other",
                "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,4]}} | 4 | more than any file can hold",
                "{'a':{'dtype':'F32','shape':[2305843009213693952],'data_offsets':[0,0]}} | 0 | more than any file can hold",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | 4 | ends at 0, before it begins at 4",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4,8]}} | 4 | has more than 2 numbers",
                "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}} | 4 | lacks the data_offsets",
                "{'a':{'shape':[1],'data_offsets':[0,4]}} | 4 | lacks the dtype",
                "{'a':{'dtype':'F32','data_offsets':[0,4]}} | 4 | lacks the shape",
                "{'a':{'dtype':4,'shape':[1],'data_offsets':[0,4]}} | 4 | tensor a dtype should be a text",
                "{'a':[]} | 0 | tensor a should be an object",
                "{'__metadata__':{'a':1}} | 0 | __metadata__ entry a should be a text",
                "{'__metadata__':[]} | 0 | __metadata__ should be an object",
                "{'__metadata__':{},'__metadata__':{}} | 0 | Duplicate field '__metadata__'",
                "{'a\\ud800':{'dtype':'U8','shape':[1],'data_offsets':[0,1]}} | 1 | surrogate",
                "{'__metadata__':{'a':'\\udc00'}} | 0 | not valid Unicode",
                "{'a':{'x':[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}} | 0 | depth",
                "{} {} | 0 | followed by something else",
                "{} x | 0 | broken",
                "{'a' | 0 | broken",
                "[] | 0 | does not begin with {",
            })
    void namesWhatIsWrong(String header, int dataBytes, String message) {
        assertThatThrownBy(() -> Hostile.layout("x.safetensors", file(header, dataBytes)))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith("x.safetensors: ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({"-1", "100000001", "9223372036854775807", "17", "1", "0"})
    void refusesHeaderLengthsThatCannotBe(long length) {
        byte[] file = file("{}", 8);
        ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
        assertThatThrownBy(() -> Hostile.layout("x.safetensors", file)).isInstanceOf(FormatException.class);
    }

    /** Each would fill the memory if it were kept; none contradicts itself. */
    @Test
    void takesHeadersOfTooManySmallPartsForOpaqueBytes() {
        String metadata = numbered(300_000, "'%d':''");
        goesBeyond("{'__metadata__':{" + metadata + "}}", "__metadata__ has more than 262144 entries");
        String unknown = numbered(100, "'%d':0");
        goesBeyond("{'a':{" + unknown + "}}", "tensor a has more than 64 unknown fields");
        String nested = numbered(100_000, "'%d':0");
        goesBeyond("{'a':{'b':{" + nested + "}}}", "more than 65536 parts");
        String dimensions = "1,".repeat(100) + "1";
        goesBeyond("{'a':{'dtype':'U8','shape':[" + dimensions + "],'data_offsets':[0,0]}}", "more than 64 numbers");
        String name = "n".repeat(1_100_000);
        goesBeyond("{'" + name + "':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}}", "too large");
    }

    private static void goesBeyond(String header, String limit) {
        Formats.FileLayout reading = Hostile.reading("x.safetensors", file(header, 0));

        assertThat(reading.isOpaque()).isTrue();
        assertThat(reading.limit()).hasValueSatisfying(why -> assertThat(why).contains(limit));
    }

    /** Far beyond any public file, and within the format's own limit on its header. */
    @Test
    void readsLargeHeaders() {
        String tensors = numbered(300_000, "'%d':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}");
        assertThat(Hostile.tensors(Hostile.layout("x.safetensors", file("{" + tensors + "}", 0))))
                .hasSize(300_000);
        String thumbnail = "{'__metadata__':{'thumbnail':'" + "A".repeat(20_000_000) + "'}}";
        assertThat(Hostile.layout("x.safetensors", file(thumbnail, 0)).format()).isEqualTo("safetensors");
        String name = "n".repeat(70_000);
        assertThat(Hostile.tensors(Hostile.layout(
                        "x.safetensors", file("{'" + name + "':{'dtype':'U8','shape':[0],'data_offsets':[0,0]}}", 0))))
                .extracting(TensorSpec::name)
                .containsExactly(name);
    }

    /** The reference implementation reads it as none. */
    @Test
    void takesNullForNoMetadata() throws IOException {
        byte[] file = file("{'__metadata__':null,'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}", 8);

        assertThat(Hostile.tensors(Hostile.layout("x.safetensors", file))).hasSize(1);
        assertThat(SafetensorsHeader.parse(new MemoryByteSource(file)).metadata())
                .isEmpty();
    }

    private static String numbered(int count, String part) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(i == 0 ? "" : ",").append(part.replace("%d", Integer.toString(i)));
        }
        return text.toString();
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        byte[] file = file("{'__metadata__':{'a':'??'}}", 0);
        file[8 + 22] = (byte) 0xc3;
        assertThatThrownBy(() -> Hostile.layout("x.safetensors", file)).hasMessageContaining("not valid UTF-8");
    }

    @Test
    void isNeverTakenWhenCutOff() {
        assertThat(Hostile.acceptedWhenCut("x.safetensors", REAL)).isEmpty();
    }

    @Test
    void withstandsEveryFlippedBit() {
        Hostile.flipEveryBit("x.safetensors", REAL);
    }

    @Test
    void withstandsMutationsOfSeed1() {
        Hostile.mutate("x.safetensors", REAL, 1, 5_000);
    }

    /** A file with this header, quotes written as apostrophes, and zeros as data. */
    private static byte[] file(String header, int dataBytes) {
        byte[] json = header.strip().replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }
}
