package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.fixtures.PythonEnv;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run of the Trainer of Hugging Face transformers that is interrupted, committed, lost, and resumed from a checkout. */
class TrainerResumeTest {
    private static final String READY = """
            from importlib.util import find_spec
            print(all(find_spec(module) for module in ('torch', 'transformers', 'accelerate')))
            """;

    /** Arguments: {@code whole}, {@code until8} or {@code resume}; the run's folder; a checkpoint; where weights go. */
    private static final String TRAIN = """
            import sys, torch
            from transformers import (BertConfig, BertForSequenceClassification, Trainer, TrainerCallback,
                                      TrainingArguments, set_seed)
            mode, run, checkpoint, out = sys.argv[1:]

            class Data(torch.utils.data.Dataset):
                def __len__(self):
                    return 32
                def __getitem__(self, i):
                    ids = torch.randint(0, 64, (12,), generator=torch.Generator().manual_seed(i))
                    return {'input_ids': ids, 'attention_mask': torch.ones_like(ids), 'labels': ids.sum() % 2}

            class Watch(TrainerCallback):
                def on_step_begin(self, args, state, control, optimizer=None, **other):
                    print('rate', state.global_step, repr(optimizer.param_groups[0]['lr']))
                def on_step_end(self, args, state, control, **other):
                    control.should_training_stop |= mode == 'until8' and state.global_step == 8

            set_seed(7)
            model = BertForSequenceClassification(BertConfig(
                vocab_size=64, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
                max_position_embeddings=16))
            arguments = TrainingArguments(
                output_dir=run, max_steps=12, save_steps=8, per_device_train_batch_size=4, learning_rate=5e-4,
                warmup_steps=2, use_cpu=True, report_to=[], disable_tqdm=True, seed=7, logging_strategy='no')
            Trainer(model=model, args=arguments, train_dataset=Data(), callbacks=[Watch()]).train(
                resume_from_checkpoint=checkpoint if mode == 'resume' else None)
            torch.save(model.state_dict(), out)
            """;

    private static final String SAME = """
            import sys, torch
            left, right = (torch.load(path) for path in sys.argv[1:])
            print(left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left))
            """;

    @TempDir
    private Path folder;

    @Test
    void resumingFromACheckoutEndsInTheWeightsOfARunNeverInterrupted() throws IOException {
        Optional<PythonEnv> torch =
                PythonEnv.withTorch().filter(python -> python.run(READY).contains("True"));
        Assumptions.assumeTrue(
                torch.isPresent(),
                "nothing resumed: MGIT_TORCH_PYTHON names no Python with transformers and accelerate");
        PythonEnv python = torch.orElseThrow();
        List<String> whole = rates(python, "whole", folder.resolve("whole"), "none");
        Path run = folder.resolve("run");
        List<String> begun = rates(python, "until8", run, "none");
        assertThat(begun).hasSize(8).isEqualTo(whole.subList(0, 8));
        assertThat(same(python, "whole", "until8")).isFalse();

        TestRepository repository = TestRepository.init(folder.resolve("repo"));
        repository.ok("commit", run.resolve("checkpoint-8").toString(), "--model", "bert");
        Trees.delete(run);
        repository.ok("checkout", "bert", run.resolve("checkpoint-8").toString());
        List<String> resumed =
                rates(python, "resume", run, run.resolve("checkpoint-8").toString());

        assertThat(resumed).hasSize(4).isEqualTo(whole.subList(8, 12));
        assertThat(same(python, "whole", "resume")).isTrue();
    }

    /** Trains, and returns the steps with their learning rates. */
    private List<String> rates(PythonEnv python, String mode, Path run, String checkpoint) {
        return python.run(TRAIN, mode, run, checkpoint, weights(mode))
                .lines()
                .filter(line -> line.startsWith("rate "))
                .toList();
    }

    private boolean same(PythonEnv python, String left, String right) {
        return python.run(SAME, weights(left), weights(right)).contains("True");
    }

    private Path weights(String mode) {
        return folder.resolve(mode + ".pt");
    }
}
