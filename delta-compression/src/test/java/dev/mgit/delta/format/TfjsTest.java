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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On shards in the layout that TensorFlow.js documents, made here. */
class TfjsTest {
    private static final String MANIFEST = """
            {"format": "layers-model", "modelTopology": {"layers": [{"name": "a"}]}, "weightsManifest": [
              {"paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"], "weights": [
                {"name": "a/kernel", "shape": [3, 4], "dtype": "float32"},
                {"name": "a/bias", "shape": [3], "dtype": "float32",
                 "quantization": {"dtype": "uint8", "scale": 0.1, "min": -1.0, "original_dtype": "float32"}},
                {"name": "a/flag", "shape": [1], "dtype": "bool"},
                {"name": "b/kernel", "shape": [2, 4], "dtype": "float32"},
                {"name": "step", "shape": [], "dtype": "int32"}]},
              {"paths": ["group2-shard1of1.bin"], "weights": [
                {"name": "c", "shape": [4], "dtype": "float32", "quantization": {"dtype": "float16"}}]}]}
            """;
    /** Cuts {@code b/kernel} behind its third element. */
    private static final int CUT = 48 + 3 + 1 + 12;

    private static final byte[] WEIGHTS = weights();

    @TempDir
    Path folder;

    @BeforeEach
    void describe() throws IOException {
        Files.writeString(folder.resolve("model.json"), MANIFEST);
        Files.write(folder.resolve("group1-shard1of2.bin"), Arrays.copyOf(WEIGHTS, CUT));
        Files.write(folder.resolve("group1-shard2of2.bin"), Arrays.copyOfRange(WEIGHTS, CUT, WEIGHTS.length));
        Files.write(folder.resolve("group2-shard1of1.bin"), new byte[8]);
    }

    private static byte[] weights() {
        ByteBuffer bytes = ByteBuffer.allocate(48 + 3 + 1 + 32 + 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 12; i++) {
            bytes.putFloat(i);
        }
        bytes.put(new byte[] {0, 1, 2, 1});
        for (int i = 0; i < 8; i++) {
            bytes.putFloat(i);
        }
        return bytes.putInt(7).array();
    }

    @Test
    void readsTheWeightsOfEachShard() throws IOException {
        assertThat(seen("group1-shard1of2.bin"))
                .containsExactly(
                        new TensorSpec("a/kernel", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("a/bias", Dtype.U8, List.of(3L)),
                        new TensorSpec("a/flag", Dtype.BOOL, List.of(1L)),
                        new TensorSpec("b/kernel.flat[0:3]", Dtype.F32, List.of(3L)));
        assertThat(seen("group1-shard2of2.bin"))
                .containsExactly(
                        new TensorSpec("b/kernel.flat[3:8]", Dtype.F32, List.of(5L)),
                        new TensorSpec("step", Dtype.I32, List.of()));
        assertThat(seen("group2-shard1of1.bin")).containsExactly(new TensorSpec("c", Dtype.F16, List.of(4L)));
    }

    @Test
    void givesTheValuesOfAWeightInTwoShards() throws IOException {
        Layout layout = layout("group1-shard2of2.bin");
        byte[] bytes = Files.readAllBytes(folder.resolve("group1-shard2of2.bin"));
        byte[] data = new byte[20];

        layout.tensors().get(0).open(new MemoryByteSource(bytes)).read(0, data, 0, 20);

        ByteBuffer values = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 5; i++) {
            assertThat(values.getFloat(4 * i)).isEqualTo(3 + i);
        }
    }

    @Test
    void anElementInTwoShardsIsOnlyListed() throws IOException {
        Files.write(folder.resolve("group1-shard1of2.bin"), Arrays.copyOf(WEIGHTS, CUT - 1));
        Files.write(folder.resolve("group1-shard2of2.bin"), Arrays.copyOfRange(WEIGHTS, CUT - 1, WEIGHTS.length));

        assertThat(layout("group1-shard2of2.bin").tensors().get(0)).satisfies(tensor -> {
            assertThat(tensor.name()).isEqualTo("b/kernel.bytes[11:32]");
            assertThat(tensor.unreadable()).contains("an element of it lies in two files");
        });
    }

    /** As older converters and face-api.js write it. */
    @Test
    void readsAManifestThatIsAListOfGroups() throws IOException {
        Files.delete(folder.resolve("model.json"));
        String groups = MANIFEST.substring(MANIFEST.indexOf("[\n"), MANIFEST.lastIndexOf('}'));
        Files.writeString(folder.resolve("tiny-weights_manifest.json"), groups);

        assertThat(seen("group2-shard1of1.bin")).hasSize(1);
    }

    @Test
    void withoutManifestIsOpaque() throws IOException {
        Files.delete(folder.resolve("model.json"));

        assertThat(layout("group1-shard1of2.bin").format()).isEqualTo(Formats.OPAQUE);
    }

    @Test
    void withoutTheShardBeforeItIsOpaque() throws IOException {
        Files.delete(folder.resolve("group1-shard1of2.bin"));

        assertThat(limit("group1-shard2of2.bin"))
                .isEqualTo("its weights begin where those of group1-shard1of2.bin end, which is not there");
    }

    @Test
    void aManifestThatIsDamagedOrBeyondTheReaderIsNamed() throws IOException {
        Files.writeString(folder.resolve("model.json"), MANIFEST.substring(0, 500));
        assertThat(limit("group1-shard1of2.bin")).startsWith("model.json beside it is damaged: the JSON near byte ");
        Files.writeString(folder.resolve("model.json"), MANIFEST.replace("\"bool\"", "\"string\""));
        assertThat(limit("group1-shard1of2.bin")).isEqualTo("model.json beside it: weight a/flag is of dtype 'string'");
    }

    @Test
    void aShardThatIsCutOffIsRefused() throws IOException {
        Files.write(folder.resolve("group2-shard1of1.bin"), new byte[7]);

        assertThatThrownBy(() -> layout("group2-shard1of1.bin"))
                .isInstanceOf(FormatException.class)
                .hasMessage("group2-shard1of1.bin: the manifest beside it describes weights to byte 8, "
                        + "but the file ends at byte 7");
    }

    @Test
    void withstandsDamagedManifestsOfSeed10() throws IOException {
        var random = new Random(10);
        byte[] healthy = MANIFEST.getBytes(StandardCharsets.UTF_8);
        for (int round = 0; round < 1_000; round++) {
            byte[] manifest = healthy.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                byte[] likely = "0189-\"{}[],: efx\\".getBytes(StandardCharsets.UTF_8);
                manifest[random.nextInt(manifest.length)] = likely[random.nextInt(likely.length)];
            }
            Files.write(folder.resolve("model.json"), manifest);
            try {
                layout("group1-shard2of2.bin");
            } catch (FormatException e) {
                assertThat(e).hasMessageStartingWith("group1-shard2of2.bin: ");
            }
        }
    }

    private Layout layout(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(name));
        Layout layout = Formats.layoutOf(folder.resolve(name), new MemoryByteSource(bytes));
        Hostile.covers(layout, bytes.length);
        return layout;
    }

    private String limit(String name) throws IOException {
        byte[] bytes = Files.readAllBytes(folder.resolve(name));
        Formats.FileLayout reading = Formats.read(folder.resolve(name), new MemoryByteSource(bytes));
        assertThat(reading.isOpaque()).isTrue();
        return reading.limit().orElseThrow();
    }

    private List<TensorSpec> seen(String name) throws IOException {
        Layout layout = layout(name);
        assertThat(layout.format()).isEqualTo("tfjs");
        return layout.tensors().stream().map(LogicalTensor::spec).toList();
    }
}
