package dev.mgit.lineage.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The name that a path gives a model. Nothing is read. */
class SuggestedNameTest {
    private static String name(String path) {
        return SuggestedName.of(Path.of(path)).name();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "final",
                "best",
                "last",
                "Latest",
                "model",
                "checkpoint",
                "checkpoints",
                "checkpoint-50",
                "checkpoint_best",
                "epoch-3",
                "epoch3",
                "step-1000",
                "step_1000",
                "global_step500",
                "iter_0000100",
                "output",
                "out",
                "outputs",
                "weights",
                "pytorch_model",
                "best_model",
                "final-model",
                "adapter_model",
                "saved_model",
                "results",
                "diffusion_pytorch_model",
                "pytorch_model.bin",
                "model.safetensors",
                "model-00001-of-00003.safetensors",
                "consolidated.00.pth",
                "epoch=3-step=1200.ckpt",
                "epoch=9-val_loss=0.12.ckpt",
                "mp_rank_00_model_states.pt",
                "version_0",
                "hf",
                "final_hf",
                "exported_model",
                "ema",
                "2026-01-01",
                "12-30-00",
                "20260101T123000Z",
                "1000",
                "Nov28_10-04-30_host",
                "run-20260101_120000-1x2y3z4a",
                "0a1b2c3d",
                "e5f0a9f0d6a7c1e5b9d9c8b7a6f5e4d3c2b1a090",
                "123e4567-e89b-12d3-a456-426614174000"
            })
    void saysNothingOfTheModelSoItsParentDoes(String last) {
        assertThat(name("/data/zoo/runA/" + last)).isEqualTo("runA");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bert",
                "t5",
                "gpt2",
                "model1",
                "model-v2",
                "final2",
                "merged",
                "resnet50",
                "llama-3.1-8b",
                "facade",
                "ada",
                "final-bert",
                "one",
                "runs",
                "adapter-fr",
                "phase-2",
                "step-mania",
                "digits",
                "v1"
            })
    void isAName(String last) {
        assertThat(name("/data/zoo/runA/" + last)).isEqualTo(last);
    }

    @ParameterizedTest
    @CsvSource({
        "/data/me/runs/2026-01-01/final, runs",
        "/data/me/bert/output/2026-01-01/12-30-00/checkpoints/last.ckpt, bert",
        "/data/me/bert/lightning_logs/version_0/checkpoints/epoch=3-step=1200.ckpt, bert",
        "/data/hub/models--org--name/snapshots/e5f0a9f0d6a7c1e5b9d9c8b7a6f5e4d3c2b1a090, org/name",
        "/data/hub/models--gpt2/snapshots/0a1b2c3d, gpt2",
        "/data/hub/models--org--name, org/name",
        "/data/runA/bert.safetensors, bert"
    })
    void isTheNearestThatSaysMore(String path, String name) {
        assertThat(name(path)).isEqualTo(name);
    }

    /** Folders that hold everything name nothing. */
    @ParameterizedTest
    @CsvSource({
        "/data/final, final",
        "/home/me/checkpoint-50, checkpoint-50",
        "/tmp/tmpab12cd3e/model, model",
        "/, model"
    })
    void staysTheLastPartWhereNoneDoes(String path, String name) {
        assertThat(name(path)).isEqualTo(name);
    }

    @Test
    void isOfTheUsersOwnFoldersOnly() {
        assertThat(name(System.getProperty("user.home") + "/final")).isEqualTo("final");
    }
}
