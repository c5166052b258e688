package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Legacy Megatron-LM checkpoints, written by the real torch ({@code resources/megatron/make.py}). Made weights. */
class MegatronCommitTest {
    @TempDir
    private Path temp;

    private Path saves;
    private TestRepository repository;

    @BeforeEach
    void unpack() throws IOException {
        saves = Files.createDirectory(temp.resolve("saves"));
        MegatronSaves.unpack(saves);
        repository = TestRepository.init(temp.resolve("repository"));
    }

    private JsonObject commit(String save, String model) {
        return repository.json("commit", "--megatron", saves.resolve(save).toString(), "--model", model, "--json");
    }

    private byte[] weights(String model) throws IOException {
        Path out = temp.resolve("out-" + model);
        repository.ok("checkout", model, out.toString());
        return Files.readAllBytes(out.resolve("model.safetensors"));
    }

    @Test
    void savesOfOneModelByAnyNumberOfRanksAreOneVersion() throws IOException {
        JsonObject one = commit("tp1", "one");
        byte[] bytes = weights("one");
        for (String save : new String[] {"tp2", "tp4", "tp2pp2ep2"}) {
            JsonObject other = commit(save, save);
            assertThat(other.number("stored_bytes")).as(save).isZero();
            assertThat(weights(save)).as(save).isEqualTo(bytes);
        }
        assertThat(one.number("stored_bytes")).isPositive();
        repository.refuses(
                1,
                "is identical to one",
                "commit",
                "--megatron",
                saves.resolve("tp4").toString(),
                "--model",
                "one");
        commit("squared1", "squared");
        assertThat(commit("squared2", "squared-2").number("stored_bytes")).isZero();
    }

    @Test
    void theModelIsKnownForWhatItIs() {
        commit("tp2", "hybrid");
        assertThat(repository.ok("show", "hybrid", "--tensors"))
                .contains("decoder.layers.3.mlp.experts.local_experts.3.linear_fc1.weight", "[104x16]", "[64x16]")
                .doesNotContain("exp_avg", "optimizer");
        assertThat(repository.ok("inspect", "hybrid")).contains("mamba", "experts", "router", "M*-E");
        assertThat(repository.mgit().resolve("hooks/megatron"))
                .satisfiesAnyOf(
                        folder -> assertThat(folder).doesNotExist(),
                        folder -> assertThat(folder).isEmptyDirectory());
    }

    @Test
    void whatCannotBePutTogetherIsRefused() throws IOException {
        repository.refuses(
                1,
                "its pickle would call posix.system",
                "commit",
                "--megatron",
                save("evil/iter_0000100"),
                "--model",
                "m");
        assertThat(repository.root().resolve("executed")).doesNotExist();
        repository.refuses(
                1,
                "tensor decoder.final_norm.weight differs between mp_rank_00 and mp_rank_01",
                "commit",
                "--megatron",
                save("torn"),
                "--model",
                "m");
        Path rank = saves.resolve("tp4/iter_0000100/mp_rank_03/model_optim_rng.pt");
        Files.delete(rank);
        repository.refuses(
                1,
                "tensor_model_parallel_size is 4, but there are 3 ranks",
                "commit",
                "--megatron",
                save("tp4"),
                "--model",
                "m");
        Path cut = saves.resolve("tp2/iter_0000100/mp_rank_01/model_optim_rng.pt");
        byte[] bytes = Files.readAllBytes(cut);
        Files.write(cut, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        repository.refuses(1, "mp_rank_01/model_optim_rng.pt: ", "commit", "--megatron", save("tp2"), "--model", "m");
        Files.writeString(saves.resolve("tp1/latest_checkpointed_iteration.txt"), "../..");
        repository.refuses(1, "names no iteration", "commit", "--megatron", save("tp1"), "--model", "m");
        repository.refuses(2, "--megatron needs the name of the model", "commit", "--megatron", save("tp1"));
        repository.refuses(1, "there are no shards", "commit", "--megatron", temp.toString(), "--model", "m");
    }

    private String save(String name) {
        return saves.resolve(name).toString();
    }
}
