package dev.mgit.delta.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names as trainers write them. */
class TrainingStateTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer.state.0.exp_avg",
                "optimizer.state.0.step",
                "optimizer_state_dict.state.17.exp_avg_sq",
                "optimizer_states.0.state.3.momentum_buffer",
                "optim.state.model.layers.0.weight.exp_avg",
                "last_optimizer_state.state.0.exp_avg",
                "state.0.exp_avg",
                "state.12.step",
                "state.12.sum",
                "state.0.state1",
                "state.optimizers.DecoupledAdamW.state.model.lm_head.weight.exp_avg",
                "opt.state.0.exp_avg",
                "opt_state.0.mu.params.dense.kernel",
                "opt_state/0/nu/params/dense/kernel",
                "model.layers.0.weight.exp_avg_sq",
                "rng_state",
                "cuda_rng_state",
                "rng.0.cuda",
                "lr_schedulers.0.base_lrs",
                "optimizer/momentum/dense/kernel",
                "dense/kernel/Adam_1",
                "beta1_power",
                "linear_0.w_0_moment1_0",
                "linear_0.w_0_beta1_pow_acc_0"
            })
    void isTold(String name) {
        assertThat(TrainingState.among(List.of("model.weight", name))).containsExactly(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.layers.0.self_attn.q_proj.weight",
                "model.state.proj.weight",
                "state.0.weight",
                "state_dict.encoder.state.sum",
                "scaler.weight",
                "opt.decoder.embed_tokens.weight",
                "layers.0.mixer.state1",
                "blocks.0.z",
                "model_ema.blocks.0.weight",
                "scheduler_head.weight",
                "decoder.rng_state.weight",
                "optical.encoder.weight",
                "step",
                ""
            })
    void weightsAreNot(String name) {
        assertThat(TrainingState.among(List.of("model.weight", name))).isEmpty();
    }

    @Test
    void countersAreKnownByTheMomentsBesideThem() {
        assertThat(TrainingState.among(List.of("a.w.exp_avg", "a.w.step", "a.v.step")))
                .isEqualTo(Set.of("a.w.exp_avg", "a.w.step"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "optimizer.pt",
                "checkpoint-5/optimizer.bin",
                "optimizer_1.bin",
                "optimizer.safetensors",
                "scheduler.pt",
                "rng_state_3.pth",
                "random_states_0.pkl",
                "training_args.bin",
                "global_step5/bf16_zero_pp_rank_0_mp_rank_00_optim_states.pt",
                "optimizer_0/__0_0.distcp",
                "net.pdopt"
            })
    void filesOfTrainersAreTold(String path) {
        assertThat(TrainingState.isFile(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.safetensors",
                "pytorch_model.bin",
                "global_step5/mp_rank_00_model_states.pt",
                "pytorch_model_fsdp_0/__0_0.distcp",
                "scheduler/scheduler_config.json",
                "optimal.pt",
                "sampler-net.safetensors"
            })
    void filesOfModelsAreNot(String path) {
        assertThat(TrainingState.isFile(path)).isFalse();
    }
}
