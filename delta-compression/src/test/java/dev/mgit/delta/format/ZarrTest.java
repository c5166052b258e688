package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.format.Formats.FileLayout;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays as TensorStore writes them for Orbax. */
class ZarrTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "C, 0.0, 'params.kernel[0:2,0:2]', 0 1 2 3, 2 2",
        "C, 1.0, 'params.kernel[2:3,0:2]', 0 1, 1 2",
        "C, 1.1, 'params.kernel[2:3,2:3]', 0, 1 1",
        "F, 0.1, 'params.kernel[0:2,2:3]', 0 1, 2 1",
        "F, 0.0, 'params.kernel[0:2,0:2]', 0 2 1 3, 2 2",
    })
    void readsWhatOfAChunkBelongsToTheArray(String order, String key, String name, String values, String shape)
            throws IOException {
        Path file =
                array("params.kernel", "[3,3]", "[2,2]", "<f4", order, "null").resolve(key);
        byte[] chunk = ramp(4);
        FileLayout read = Formats.read(file, new MemoryByteSource(chunk));
        Hostile.covers(read.layout(), chunk.length);
        assertThat(read.layout().format()).isEqualTo("zarr");
        LogicalTensor tensor = read.layout().tensors().get(0);
        assertThat(tensor.spec())
                .isEqualTo(new TensorSpec(
                        name,
                        Dtype.F32,
                        List.of(shape.split(" ")).stream().map(Long::valueOf).toList()));
        ByteSource data = tensor.open(new MemoryByteSource(chunk));
        byte[] bytes = new byte[(int) data.size()];
        data.read(0, bytes, 0, bytes.length);
        var floats = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        for (String value : values.split(" ")) {
            assertThat(floats.get()).isEqualTo(Float.parseFloat(value));
        }
        assertThat(floats.hasRemaining()).isFalse();
    }

    @Test
    void anArrayOfOneChunkHasItsFoldersName() throws IOException {
        Path file = array("bias", "[8]", "[8]", "bfloat16", "C", "null").resolve("0");
        assertThat(Hostile.tensors(
                        Formats.read(file, new MemoryByteSource(new byte[16])).layout()))
                .containsExactly(new TensorSpec("bias", Dtype.BF16, List.of(8L)));
        Path scalar = array("step", "[]", "[]", "<i4", "C", "null").resolve("0");
        assertThat(Hostile.tensors(
                        Formats.read(scalar, new MemoryByteSource(new byte[4])).layout()))
                .containsExactly(new TensorSpec("step", Dtype.I32, List.of()));
        Path nested = array("deep", "[2,2]", "[1,2]", "<f4", "C", "null").resolve("1/0");
        assertThat(Hostile.tensors(
                        Formats.read(nested, new MemoryByteSource(new byte[8])).layout()))
                .containsExactly(new TensorSpec("deep[1:2]", Dtype.F32, List.of(1L, 2L)));
    }

    @Test
    void whatIsCompressedIsOpaqueAndSaid() throws IOException {
        Path file = array("w", "[8]", "[8]", "<f4", "C", "{\"id\":\"zstd\",\"level\":1}")
                .resolve("0");
        FileLayout read = Formats.read(file, new MemoryByteSource(new byte[20]));
        assertThat(read.isOpaque()).isTrue();
        assertThat(read.limit()).contains("a compressed chunk of a Zarr array");
        Path newer = Files.createDirectories(folder.resolve("v3/c/0"));
        Files.writeString(folder.resolve("v3/zarr.json"), "{}");
        assertThat(Formats.read(newer.resolve("1"), new MemoryByteSource(new byte[20]))
                        .limit())
                .contains("a chunk of a Zarr array of version 3");
        Path database = Files.createDirectories(folder.resolve("default/d"));
        Files.write(database.resolveSibling("manifest.ocdbt"), new byte[4]);
        for (Path part : List.of(database.resolve("84cb77435606af5b"), database.resolveSibling("manifest.ocdbt"))) {
            assertThat(Formats.read(part, new MemoryByteSource(new byte[4])).limit())
                    .contains("part of an OCDBT database, as Orbax writes it");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.0", "0", "0.0.0", "0.2", "999999999.0"})
    void aChunkThatTheArrayDoesNotHaveIsOpaque(String key) throws IOException {
        Path file = array("w", "[3,3]", "[2,2]", "<f4", "C", "null").resolve(key);
        assertThat(Formats.read(file, new MemoryByteSource(ramp(4))).limit())
                .contains("no chunk of the Zarr array it is in");
    }

    @Test
    void aChunkThatIsCutOffIsDamagedAndADescriptionOfNoSenseDescribesNothing() throws IOException {
        Path file = array("w", "[4]", "[4]", "<f4", "C", "null").resolve("0");
        assertThatThrownBy(() -> Formats.read(file, new MemoryByteSource(new byte[15])))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("0: array w");
        for (String text : List.of("", "[", "{}", "{\"shape\":[4],\"chunks\":[0],\"dtype\":\"<f4\",\"order\":\"C\"}")) {
            Files.writeString(file.resolveSibling(".zarray"), text);
            assertThat(Formats.read(file, new MemoryByteSource(new byte[16])).limit())
                    .isPresent();
        }
    }

    private Path array(String name, String shape, String chunks, String dtype, String order, String compressor)
            throws IOException {
        Path array = Files.createDirectories(folder.resolve(name));
        Files.writeString(array.resolve(".zarray"), """
                {"chunks":%s,"compressor":%s,"dtype":"%s","fill_value":null,"filters":null,"order":"%s","shape":%s,"zarr_format":2}
                """.formatted(chunks, compressor, dtype, order, shape));
        return array;
    }

    private static byte[] ramp(int count) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(i);
        }
        return bytes.array();
    }
}
