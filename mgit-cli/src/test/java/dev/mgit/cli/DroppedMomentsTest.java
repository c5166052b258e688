package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.AdamTensor;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.MadeTensor;
import dev.mgit.fixtures.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Saves of a training whose weights are predicted from moments, which are then given up. Made. */
class DroppedMomentsTest {
    private static final int SAVES = 4;

    @TempDir
    private Path folder;

    @Test
    void weightsThatFollowedFromThemFollowFromTheWeightsBefore() throws IOException {
        TestRepository repository = TestRepository.init(folder.resolve("repository"));
        List<AdamTensor> tensors = List.of(new AdamTensor(1), new AdamTensor(2));
        tensors.forEach(tensor -> tensor.train(20));
        for (int save = 0; save < SAVES; save++) {
            tensors.forEach(tensor -> tensor.train(3));
            write(folder.resolve("save-" + save), tensors);
            repository.ok("commit", folder.resolve("save-" + save).toString(), "--model", "run");
        }
        assertThat(repository.ok("du", "--explain", "run~2", "--json")).contains("adam");

        repository.ok("gc", "--drop-training-state", "--keep-last", "1", "--prune-older-than", "0");
        repository.ok("fsck");
        assertThat(repository.ok("du", "--explain", "run~2"))
                .doesNotContain("adam")
                .contains("parent");
        for (int save = 0; save < SAVES; save++) {
            Path target = folder.resolve("out-" + save);
            repository.ok("checkout", "run~" + (SAVES - 1 - save), target.toString());
            Path weights = folder.resolve("save-" + save).resolve("model.safetensors");
            assertThat(Files.mismatch(weights, target.resolve("model.safetensors")))
                    .isEqualTo(-1);
        }
    }

    private static void write(Path save, List<AdamTensor> tensors) throws IOException {
        Files.createDirectories(save);
        List<MadeTensor> weights = new ArrayList<>();
        List<MadeTensor> moments = new ArrayList<>();
        for (int i = 0; i < tensors.size(); i++) {
            weights.add(
                    AdamTensor.named("layer." + i + ".weight", tensors.get(i).weights()));
            moments.add(
                    AdamTensor.named("state." + i + ".exp_avg", tensors.get(i).first()));
            moments.add(AdamTensor.named(
                    "state." + i + ".exp_avg_sq", tensors.get(i).second()));
        }
        model(weights).writeWeightsTo(save.resolve("model.safetensors"));
        model(moments).writeWeightsTo(save.resolve("optimizer.safetensors"));
    }

    private static MadeModel model(List<MadeTensor> tensors) {
        return new MadeModel("run", ModelShape.TINY, tensors, List.of(), "root", 1);
    }
}
