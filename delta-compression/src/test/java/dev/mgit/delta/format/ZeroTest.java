package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.Layout;
import dev.mgit.delta.layout.LogicalTensor;
import dev.mgit.delta.layout.MemoryByteSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On what two ranks of DeepSpeed saved, see {@code make_zero.py}; against DeepSpeed's own {@code zero_to_fp32}. */
class ZeroTest {
    private static final String FP32 = "optimizer_state_dict.fp32.";

    @TempDir
    Path folder;

    private static String file(int rank) {
        return "bf16_zero_pp_rank_" + rank + "_mp_rank_00_optim_states.pt";
    }

    private static byte[] bytes(int stage, int rank) {
        return Hostile.real("zero" + stage + "/" + file(rank));
    }

    private void describe(int stage) throws IOException {
        String name = stage == 3 ? "zero_pp_rank_0_mp_rank_00_model_states.pt" : "mp_rank_00_model_states.pt";
        Files.write(folder.resolve(name), Hostile.real("zero" + stage + "/" + name));
        if (stage == 3) {
            String other = name.replace("rank_0_", "rank_1_");
            Files.write(folder.resolve(other), Hostile.real("zero" + stage + "/" + other));
        }
    }

    private Layout layout(int rank, byte[] bytes) throws IOException {
        Layout layout = Formats.layoutOf(folder.resolve(file(rank)), new MemoryByteSource(bytes));
        Hostile.covers(layout, bytes.length);
        return layout;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void theRanksTogetherHaveEveryWeight(int stage) throws IOException {
        describe(stage);
        JsonObject expected = Json.parseObject(Hostile.real("zero" + stage + "/fp32.json"));
        for (String name : expected.members().keySet()) {
            byte[] weights = HexFormat.of().parseHex(expected.string(name));
            byte[] found = new byte[weights.length];
            int count = 0;
            for (int rank = 0; rank < 2; rank++) {
                byte[] bytes = bytes(stage, rank);
                for (LogicalTensor tensor : layout(rank, bytes).tensors()) {
                    if (tensor.name().equals(FP32 + name) || tensor.name().startsWith(FP32 + name + "[flat ")) {
                        int from = tensor.name().endsWith("]")
                                ? Integer.parseInt(tensor.name().split("\\[flat |:")[1])
                                : 0;
                        int length = (int) tensor.spec().byteLength();
                        tensor.open(new MemoryByteSource(bytes)).read(0, found, 4 * from, length);
                        count += length;
                    }
                }
            }
            assertThat(found).as(name).isEqualTo(weights);
            assertThat(count).as(name).isEqualTo(weights.length);
        }
    }

    @Test
    void momentsAreCutLikeTheWeights() throws IOException {
        describe(2);

        assertThat(layout(1, bytes(2, 1)).tensors())
                .extracting(tensor -> tensor.name() + " " + tensor.spec().shape())
                .contains(
                        FP32 + "first.weight[flat 28:30] [2]",
                        FP32 + "second.weight [3, 5]",
                        "optimizer_state_dict.exp_avg.second.weight [3, 5]",
                        "optimizer_state_dict.exp_avg_sq.second.bias [3]");
        assertThat(layout(1, bytes(2, 1)).ranges().stream()
                        .flatMap(range -> range.tensor().stream())
                        .map(spec -> spec.name()))
                .contains(FP32 + "second.weight");
    }

    @Test
    void withoutModelStatesItIsWhatTorchSaved() throws IOException {
        Layout layout = layout(0, bytes(2, 0));

        assertThat(layout.format()).isEqualTo("pytorch");
        assertThat(layout.tensors())
                .extracting(LogicalTensor::name)
                .contains("optimizer_state_dict.single_partition_of_fp32_groups.0");
        describe(3);
        Files.move(
                folder.resolve("zero_pp_rank_0_mp_rank_00_model_states.pt"),
                folder.resolve("mp_rank_00_model_states.pt"));
        assertThat(layout(0, bytes(2, 0)).format()).isEqualTo("deepspeed-zero");
        Files.write(folder.resolve("mp_rank_00_model_states.pt"), bytes(2, 0));
        assertThat(layout(0, bytes(2, 0)).format()).isEqualTo("pytorch");
    }

    @Test
    void withstandsDamagedFilesOfSeed6() throws IOException {
        describe(2);
        var random = new Random(6);
        byte[] states = Hostile.real("zero2/mp_rank_00_model_states.pt");
        for (int round = 0; round < 1000; round++) {
            byte[] file = round % 2 == 0 ? damaged(bytes(2, 1), random) : bytes(2, 1);
            Files.write(folder.resolve("mp_rank_00_model_states.pt"), damaged(states, random));
            try {
                Hostile.covers(Formats.layoutOf(folder.resolve(file(1)), new MemoryByteSource(file)), file.length);
            } catch (FormatException e) {
                assertThat(e).hasMessageStartingWith(file(1) + ": ");
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
}
