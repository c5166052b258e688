package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The state of AdamW as PyTorch saves it, of a small net that trains. */
class OptimizerStateTest {
    private static final String TRAIN = """
            import sys, os, torch
            torch.manual_seed(0)
            net = torch.nn.Sequential(torch.nn.Linear(128, 256), torch.nn.ReLU(), torch.nn.Linear(256, 128))
            adam = torch.optim.AdamW(net.parameters(), lr=1e-4)
            for step in range(1, 301):
                x = torch.randn(32, 128)
                loss = ((net(x) - x.roll(1, 1)) ** 2).mean()
                adam.zero_grad()
                loss.backward()
                adam.step()
                if step in (295, 300):
                    out = f'{sys.argv[1]}/checkpoint-{step}'
                    os.makedirs(out)
                    torch.save(net.state_dict(), out + '/pytorch_model.bin')
                    torch.save(adam.state_dict(), out + '/optimizer.pt')
            """;

    @TempDir
    private Path folder;

    @Test
    void momentsAreTensorsAndTheNextSaveIsADelta() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withTorch();
        Assumptions.assumeTrue(python.isPresent(), "not compared with PyTorch: MGIT_TORCH_PYTHON names no Python");
        python.orElseThrow().run(TRAIN, folder);
        TestRepository repository = TestRepository.init(folder.resolve("repo"));
        for (int step : new int[] {295, 300}) {
            repository.ok("commit", folder.resolve("checkpoint-" + step).toString(), "--model", "net");
        }
        List<JsonObject> files =
                repository.json("show", "net", "--tensors", "--json").objects("files");
        assertThat(files.get(0).string("path")).isEqualTo("optimizer.pt");
        assertThat(files.get(0).objects("tensors"))
                .extracting(tensor -> tensor.string("name"))
                .contains("state.0.exp_avg", "state.0.exp_avg_sq", "state.3.step");

        for (int step : new int[] {295, 300}) {
            Path saved = folder.resolve("checkpoint-" + step + "/optimizer.pt");
            repository.ok("commit", saved.toString(), "--model", "adam");
        }
        long raw = repository.json("du", "adam", "--json").objects("representations").stream()
                .filter(way -> !way.string("predictor").equals("none"))
                .mapToLong(way -> way.number("raw_bytes"))
                .sum();
        assertThat(raw).isGreaterThan(2 * 128 * 256 * Float.BYTES);

        repository.ok("checkout", "net", "out");
        Path saved = folder.resolve("checkpoint-300/optimizer.pt");
        assertThat(Files.mismatch(saved, repository.root().resolve("out/optimizer.pt")))
                .isEqualTo(-1);
    }
}
