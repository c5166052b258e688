package dev.mgit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.PythonEnv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Harnesses and runtimes themselves, where there is a Python that has them. */
class LivePythonTest {
    /** A made model of two matrix products, with a free batch. */
    private static final String MODEL = """
            import sys, numpy, onnx
            from onnx import TensorProto, helper, numpy_helper
            r = numpy.random.default_rng(0)
            w = [numpy_helper.from_array(r.standard_normal((64, 64), dtype=numpy.float32), n) for n in ("w", "v")]
            g = helper.make_graph(
                [helper.make_node("MatMul", ["x", "w"], ["h"]), helper.make_node("MatMul", ["h", "v"], ["y"])],
                "made",
                [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 64])],
                [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 64])], w)
            onnx.save(helper.make_model(g, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), sys.argv[1])
            """;

    /** Two documents and a model of one layer with random weights. */
    private static final String EVALUATE = """
            import json, os, sys
            os.environ["HF_HUB_OFFLINE"] = "1"
            os.environ["HF_HOME"] = sys.argv[1] + "/cache"
            import torch, lm_eval
            from lm_eval.loggers import EvaluationTracker
            from lm_eval.models.huggingface import HFLM
            from lm_eval.tasks import TaskManager
            from tokenizers import Tokenizer, models
            from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
            folder = sys.argv[1]
            words = {c: i for i, c in enumerate("0123456789+= ")}
            words["<u>"] = len(words)
            tokens = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE(words, [], unk_token="<u>")),
                                             eos_token="<u>", unk_token="<u>", pad_token="<u>")
            torch.manual_seed(0)
            model = GPT2LMHeadModel(GPT2Config(vocab_size=len(words), n_positions=64, n_embd=16, n_layer=1, n_head=2))
            os.makedirs(folder + "/task")
            with open(folder + "/task/data.jsonl", "w") as f:
                for a in range(4):
                    f.write(json.dumps({"q": f"{a}+1=", "c": [str(a + 1), "7"], "g": 0}) + "\\n")
            with open(folder + "/task/sums.yaml", "w") as f:
                f.write("task: sums\\ndataset_path: json\\ndataset_kwargs: {data_files: {test: %s/task/data.jsonl}}\\n"
                        "test_split: test\\noutput_type: multiple_choice\\ndoc_to_text: '{{q}}'\\n"
                        "doc_to_choice: '{{c}}'\\ndoc_to_target: g\\n"
                        "metric_list: [{metric: acc, aggregation: mean, higher_is_better: true}]\\n" % folder)
            tracker = EvaluationTracker(output_path=folder + "/out")
            result = lm_eval.simple_evaluate(HFLM(pretrained=model, tokenizer=tokens, device="cpu"), tasks=["sums"],
                task_manager=TaskManager(include_path=folder + "/task", include_defaults=False),
                evaluation_tracker=tracker, log_samples=True, bootstrap_iters=0)
            samples = result.pop("samples")
            tracker.save_results_aggregated(results=result, samples=samples)
            for task in samples:
                tracker.save_results_samples(task_name=task, samples=samples[task])
            """;

    /** HELM's own model for tests, which answers by rule. */
    private static final String HELM = """
            import sys
            out = sys.argv[1]
            sys.argv = ["helm-run", "--run-entries", "simple_mcqa:model=simple/model1", "--suite", "live",
                        "--max-eval-instances", "4", "--output-path", out, "--local-path", out + "/prod_env",
                        "--disable-cache"]
            from helm.benchmark.run import main
            main()
            """;

    @TempDir
    private Path folder;

    @Test
    void onnxRuntimeIsMeasuredOnThisMachine() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withPackages("onnx", "onnxruntime==1.23.2");
        assumeTrue(python.isPresent(), "no Python with onnxruntime");
        EvaluatedFamily family = EvaluatedFamily.init(folder);
        Path made = Files.createDirectories(folder.resolve("made"));
        Path model = made.resolve("model.onnx");
        python.get().run(MODEL, model);
        family.repository().ok("commit", made.toString(), "--model", "net", "-m", "made");
        Path kept = folder.resolve("latency.csv");

        JsonObject plan = family.repository()
                .json(
                        "plan-serving",
                        "net",
                        "--threads",
                        "2",
                        "--batch",
                        "4",
                        "--measure",
                        model.toString(),
                        "--python",
                        python.get().python().toString(),
                        "--save",
                        kept.toString(),
                        "--json");

        assertThat(Files.readAllLines(kept)).hasSize(1 + 2 * 3);
        assertThat(plan.object("plan").objects("instances")).isNotEmpty();
        assertThat(family.repository().ok("show", "net"))
                .contains("plan for 2 threads, batch 4: <")
                .doesNotContain("stale");
    }

    @Test
    void lmEvalItselfIsRead() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withTorch().filter(one -> has(one, "lm_eval"));
        assumeTrue(python.isPresent(), "nothing evaluated: MGIT_TORCH_PYTHON names no Python with lm-eval");
        EvaluatedFamily family = EvaluatedFamily.init(folder).commit("base", 1);
        Path live = Files.createDirectories(folder.resolve("live"));

        python.get().run(EVALUATE, live);

        assertThat(family.repository().ok("eval", "import", live.resolve("out").toString(), "--model", "base"))
                .contains("sums (lm-eval), 1 metrics, 4 instances");
    }

    @Test
    void helmItselfIsRead() throws IOException {
        Optional<PythonEnv> python = PythonEnv.withTorch().filter(one -> has(one, "helm"));
        assumeTrue(python.isPresent(), "nothing evaluated: MGIT_TORCH_PYTHON names no Python with crfm-helm");
        EvaluatedFamily family = EvaluatedFamily.init(folder).commit("base", 1);
        Path live = Files.createDirectories(folder.resolve("live"));

        python.get().run(HELM, live);

        assertThat(family.repository().ok("eval", "import", live.toString(), "--model", "base"))
                .contains("simple_mcqa (helm), ", " 4 instances");
    }

    private static boolean has(PythonEnv python, String module) {
        return python.run(
                        "import importlib.util, sys; print(importlib.util.find_spec(sys.argv[1]) is not None)", module)
                .contains("True");
    }
}
