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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On what two ranks of PyTorch saved together. */
class DistributedTest {
    private static final byte[] FIRST = Hostile.real("distributed/__0_0.distcp");
    private static final byte[] SECOND = Hostile.real("distributed/__1_0.distcp");
    private static final byte[] METADATA = Hostile.real("distributed/.metadata");

    @TempDir
    Path folder;

    @BeforeEach
    void describe() throws IOException {
        Files.write(folder.resolve(".metadata"), METADATA);
    }

    @Test
    void readsTheTensorsOfEachRank() throws IOException {
        assertThat(seen(layout("__0_0.distcp", FIRST)))
                .containsExactlyInAnyOrder(
                        new TensorSpec("model.weight[0:3]", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("model.wide[:,0:4]", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("optimizer.state.weight.exp_avg[0:3]", Dtype.F32, List.of(3L, 4L)));
        assertThat(seen(layout("__1_0.distcp", SECOND)))
                .contains(
                        new TensorSpec("model.weight[3:6]", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("model.wide[:,4:8]", Dtype.F32, List.of(3L, 4L)),
                        new TensorSpec("model.bias", Dtype.BF16, List.of(3L)),
                        new TensorSpec("extra.buffers.0", Dtype.I64, List.of(2L)));
    }

    /** Ramps of 24, cut along the first dimension and along the second. */
    @ParameterizedTest
    @CsvSource({"model.weight[3:6], 12, 16", "'model.wide[:,4:8]', 4, 12"})
    void givesTheValuesThatWereSaved(String name, int first, int secondRow) throws IOException {
        Layout layout = layout("__1_0.distcp", SECOND);
        LogicalTensor tensor = layout.tensors().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        byte[] data = new byte[48];

        tensor.open(new MemoryByteSource(SECOND)).read(0, data, 0, data.length);

        ByteBuffer values = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(values.getFloat(0)).isEqualTo(first);
        assertThat(values.getFloat(16)).isEqualTo(secondRow);
    }

    /** Its items are zip archives of one size, so the end of the last would fit the first. */
    @Test
    void withoutMetadataIsOpaque() throws IOException {
        Files.delete(folder.resolve(".metadata"));

        assertThat(layout("__0_0.distcp", FIRST).format()).isEqualTo(Formats.OPAQUE);
    }

    @Test
    void metadataThatIsDamagedIsNamed() throws IOException {
        Files.write(folder.resolve(".metadata"), Arrays.copyOf(METADATA, METADATA.length / 2));
        Path file = Files.write(folder.resolve("__0_0.distcp"), FIRST);

        Formats.FileLayout reading = Formats.read(file, new MemoryByteSource(FIRST));

        assertThat(reading.isOpaque()).isTrue();
        assertThat(reading.limit().orElseThrow()).startsWith(".metadata beside it is damaged: ");
    }

    @Test
    void aFileThatIsCutOffIsRefused() {
        assertThatThrownBy(() -> layout("__0_0.distcp", Arrays.copyOf(FIRST, FIRST.length - 1)))
                .isInstanceOf(FormatException.class)
                .hasMessageMatching("__0_0.distcp: .metadata puts .* but the file ends at byte " + (FIRST.length - 1));
    }

    @Test
    void withstandsDamagedFilesOfSeed6() throws IOException {
        var random = new Random(6);
        for (int round = 0; round < 2_000; round++) {
            byte[] metadata = damaged(METADATA, random);
            byte[] file = round % 2 == 0 ? damaged(FIRST, random) : FIRST;
            Files.write(folder.resolve(".metadata"), metadata);
            try {
                Hostile.covers(
                        Formats.layoutOf(folder.resolve("__0_0.distcp"), new MemoryByteSource(file)), file.length);
            } catch (FormatException e) {
                assertThat(e).hasMessageStartingWith("__0_0.distcp: ");
            }
        }
    }

    private static byte[] damaged(byte[] bytes, Random random) {
        byte[] result = Arrays.copyOf(bytes, bytes.length - (random.nextInt(8) == 0 ? random.nextInt(99) : 0));
        for (int i = random.nextInt(4); i >= 0; i--) {
            result[random.nextInt(result.length)] = (byte) random.nextInt();
        }
        return result;
    }

    private Layout layout(String name, byte[] bytes) throws IOException {
        Layout layout = Formats.layoutOf(folder.resolve(name), new MemoryByteSource(bytes));
        Hostile.covers(layout, bytes.length);
        return layout;
    }

    private static List<TensorSpec> seen(Layout layout) {
        return layout.tensors().stream().map(LogicalTensor::spec).toList();
    }
}
