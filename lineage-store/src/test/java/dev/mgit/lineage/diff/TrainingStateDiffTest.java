package dev.mgit.lineage.diff;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.PythonEnv;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.diff.report.DiffReport;
import dev.mgit.lineage.version.Glob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights with an optimizer's state around them, in the names torch.save and a Trainer's folder have; made with NumPy. */
class TrainingStateDiffTest {
    private static final String MAKE = """
            import sys, os, numpy as np
            from safetensors.numpy import save_file
            out = sys.argv[1]
            r = np.random.default_rng(3)
            base = {f'model.layers.{i}.weight': r.normal(0, .05, (96, 96)).astype('f4') for i in range(8)}
            tuned = {k: v + r.normal(0, .001, v.shape).astype('f4') for k, v in base.items()}
            def state(seed):
                r = np.random.default_rng(seed)
                found = {}
                for i in range(8):
                    found[f'optimizer.state.{i}.exp_avg'] = r.normal(0, 1, (96, 96)).astype('f4')
                    found[f'optimizer.state.{i}.exp_avg_sq'] = r.random((96, 96)).astype('f4')
                    found[f'optimizer.state.{i}.step'] = np.float32(seed)
                return found
            for name, weights, seed in (('base', base, 1), ('tuned', tuned, 2)):
                os.makedirs(f'{out}/{name}')
                save_file(weights, f'{out}/{name}.safetensors')
                save_file({**weights, **state(seed)}, f'{out}/{name}-all.safetensors')
                save_file(weights, f'{out}/{name}/model.safetensors')
                save_file(state(seed), f'{out}/{name}/state.safetensors')
                save_file({'weight': state(seed)['optimizer.state.0.exp_avg']}, f'{out}/{name}-moment.safetensors')
            """;

    @TempDir
    private Path folder;

    private Diff diff(String a, String b, Optional<Glob> tensors) throws IOException {
        return new Diffs(Optional.empty(), CopyProgress.none(), 2)
                .diff(new DiffRequest(side(a), side(b), Optional.empty(), tensors, DiffRequest.Depth.NUMBERS));
    }

    private DiffSide side(String name) {
        return new DiffSide.OnDisk(name, folder.resolve(name));
    }

    private void make() {
        Optional<PythonEnv> python = PythonEnv.withPackages("numpy", "safetensors");
        Assumptions.assumeTrue(python.isPresent(), "no Python with safetensors");
        python.orElseThrow().run(MAKE, folder);
    }

    @Test
    void readingsAndFiguresAreOfTheWeightsAlone() throws IOException {
        make();
        Diff alone = diff("base.safetensors", "tuned.safetensors", Optional.empty());
        assertThat(alone.reading()).startsWith("fine-tuned");
        for (String shape : new String[] {"%s-all.safetensors", "%s"}) {
            Diff all = diff(shape.formatted("base"), shape.formatted("tuned"), Optional.empty());
            assertThat(all.reading()).isEqualTo(alone.reading());
            assertThat(all.blocks()).isEqualTo(alone.blocks());
            assertThat(all.tensors()).isEqualTo(alone.tensors());
            assertThat(all.trainingState()).hasSize(24).noneMatch(TensorChange::isSame);
            assertThat(DiffReport.of(all, DiffReport.Detail.SUMMARY).counts())
                    .isEqualTo("8 tensors: 8 changed; of training state 24 tensors: 24 changed");
        }
    }

    @Test
    void addingTheOptimizerInsertsNoBlocks() throws IOException {
        make();
        Diff added = diff("base.safetensors", "base-all.safetensors", Optional.empty());
        assertThat(added.reading()).startsWith("the same weights");
        assertThat(added.differs()).isTrue();
        assertThat(added.trainingState()).hasSize(24);
    }

    @Test
    void stateIsComparedWhereItIsAllThereIsOrAskedFor() throws IOException {
        make();
        assertThat(diff("base/state.safetensors", "tuned/state.safetensors", Optional.empty())
                        .tensors())
                .hasSize(24);
        Diff asked =
                diff("base-all.safetensors", "tuned-all.safetensors", Optional.of(new Glob("optimizer.*.exp_avg")));
        assertThat(asked.tensors())
                .hasSize(8)
                .allMatch(tensor -> tensor.statistics().isPresent());
    }
}
