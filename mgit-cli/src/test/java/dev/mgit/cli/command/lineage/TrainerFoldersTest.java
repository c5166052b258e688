package dev.mgit.cli.command.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.MadeTensor;
import dev.mgit.fixtures.ModelShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Folders as Trainer and PEFT leave them: weights are made, and the files beside them and all names are as these libraries
 * write them (transformers 5, peft 0.21).
 */
class TrainerFoldersTest {
    private static final MadeModel BASE = Families.base("base", 1, ModelShape.TINY);

    @TempDir
    private Path folder;

    private Path repository;
    private Path disk;

    @BeforeEach
    void anEmptyRepository() throws IOException {
        repository = Files.createDirectory(folder.resolve("repository"));
        disk = Files.createDirectory(folder.resolve("disk"));
        run("init");
    }

    private Cli.Ran run(String... arguments) {
        Cli.Ran ran = Cli.run(repository, arguments);
        assertThat(ran.exit()).as(ran.toString()).isZero();
        return ran;
    }

    private Map<String, JsonObject> plan(String... more) {
        List<String> arguments = new ArrayList<>(List.of("import", disk.toString(), "--dry-run", "--json"));
        arguments.addAll(List.of(more));
        Map<String, JsonObject> byPath = new HashMap<>();
        run(arguments.toArray(String[]::new))
                .json()
                .objects("checkpoints")
                .forEach(one ->
                        byPath.put(disk.relativize(Path.of(one.string("path"))).toString(), one));
        return byPath;
    }

    private Path write(String name, MadeModel model) throws IOException {
        Path target = Files.createDirectories(disk.resolve(name));
        model.writeWeightsTo(target.resolve("model.safetensors"));
        Files.writeString(target.resolve("config.json"), "{\"model_type\": \"llama\"}");
        return target;
    }

    private void step(String run, int step, MadeModel model) throws IOException {
        Path target = write(run + "/checkpoint-" + step, model);
        Files.writeString(
                target.resolve("trainer_state.json"),
                "{\"global_step\": " + step + ", \"log_history\": [{\"loss\": 1." + run.hashCode()
                        + ", \"step\": 1}]}");
        Files.writeString(target.resolve("training_args.bin"), "arguments of " + run);
    }

    private void adapter(String name, MadeModel adapter, String base) throws IOException {
        Path target = Files.createDirectories(disk.resolve(name));
        adapter.writeWeightsTo(target.resolve("adapter_model.safetensors"));
        Files.writeString(
                target.resolve("adapter_config.json"),
                "{\"peft_type\": \"LORA\", \"r\": 8, \"base_model_name_or_path\": \"" + base + "\"}");
    }

    private static MadeModel with(MadeModel model, String name, MadeTensor like) {
        List<MadeTensor> tensors = new ArrayList<>(model.tensors());
        tensors.add(new MadeTensor(name, like.dtype(), like.shape(), like.data()));
        return new MadeModel(model.name(), model.shape(), tensors, List.of(), model.edge(), 1);
    }

    /** Without a trainer's files the weights alone point the wrong way here: they shrink. */
    @Test
    void aBaseDoesNotComeFromTheRunsThatStartedFromIt() throws IOException {
        MadeModel shrunk = Families.step(BASE, "first", 5, 1, -1e-2, 1e-4);
        write("base", BASE);
        step("one", 25, shrunk);
        step("one", 50, Families.step(shrunk, "second", 5, 2, -1e-2, 1e-4));
        step("two", 25, Families.fineTuned(BASE, "other", 8, 1e-3));
        Map<String, JsonObject> plan = plan();
        assertThat(plan.get("base").strings("parents")).isEmpty();
        assertThat(plan.get("one/checkpoint-25").strings("parents")).containsExactly("base");
        assertThat(plan.get("two/checkpoint-25").strings("parents")).containsExactly("base");
        assertThat(plan.get("one/checkpoint-25").strings("evidence"))
                .contains("a trainer wrote it at step 25, and not the other");
    }

    @Test
    void whatIsUnsureIsRecordedOnlyWhenAsked() throws IOException {
        MadeModel merged = Families.withAdapter(BASE, Families.adapter(BASE, "lora", 4, 4), "merged");
        write("one", BASE);
        write("two", merged);
        Map<String, JsonObject> plan = plan();
        assertThat(plan.values()).allMatch(one -> one.strings("parents").isEmpty());
        assertThat(plan.values()).anyMatch(one -> one.has("confidence"));
        assertThat(run("import", disk.toString(), "--dry-run").out()).contains("perhaps finetune of", ", not recorded");
        assertThat(plan("--min-confidence", "0.1").values())
                .anyMatch(one -> !one.strings("parents").isEmpty());
        run("config", "detect.minConfidence", "0.1");
        assertThat(plan().values()).anyMatch(one -> !one.strings("parents").isEmpty());
        run("commit", disk.resolve("one").toString());
        run("config", "detect.minConfidence", "0.99");
        Cli.Ran commit = run("commit", disk.resolve("two").toString(), "--detect");
        assertThat(commit.err()).contains("too unsure to record: finetune of one");
        assertThat(commit.out()).doesNotContain("finetune of one");
        assertThat(Cli.run(repository, "config", "detect.minConfidence", "2").exit())
                .isEqualTo(2);
        assertThat(Cli.run(repository, "import", disk.toString(), "--min-confidence", "-1")
                        .exit())
                .isEqualTo(2);
    }

    /** As for sequence classification: the head is saved beside the factors, and merged models have it too. */
    @Test
    void anAdapterThatSavesItsHeadIsAnAdapterOfTheBaseItNames() throws IOException {
        MadeTensor head = Families.base("head", 9, ModelShape.TINY).tensors().get(0);
        MadeModel lora = Families.adapter(BASE, "lora", 4, 8);
        write("base", BASE);
        adapter("lora", with(lora, "base_model.model.score.weight", head), "models/base");
        write("merged", with(Families.withAdapter(BASE, lora, "merged"), "score.weight", head));
        write("stranger", with(Families.base("stranger", 7, ModelShape.TINY), "score.weight", head));
        check();
    }

    /** GPT-2 keeps its weights transposed: fan_in_fan_out. */
    @Test
    void anAdapterOfTransposedWeightsFitsThem() throws IOException {
        MadeModel lora = Families.adapter(BASE, "lora", 4, 8);
        write("base", Families.transposed(BASE, "base", name -> true));
        adapter("lora", lora, "base");
        write("merged", Families.transposed(Families.withAdapter(BASE, lora, "merged"), "merged", name -> true));
        write("stranger", Families.base("stranger", 7, ModelShape.TINY));
        check();
    }

    /** Parameters that are no pair of factors: LoHa of PEFT. */
    @Test
    void anAdapterOfAnotherMethodIsAnAdapterOfTheBaseItNames() throws IOException {
        MadeModel lora = Families.adapter(BASE, "lora", 4, 8);
        List<MadeTensor> renamed = lora.tensors().stream()
                .map(tensor -> new MadeTensor(
                        tensor.name().replace(".lora_A.weight", ".hada_w1_b").replace(".lora_B.weight", ".hada_w1_a"),
                        tensor.dtype(),
                        tensor.shape(),
                        tensor.data()))
                .toList();
        write("base", BASE);
        adapter("lora", new MadeModel("lora", BASE.shape(), renamed, List.of(), lora.edge(), 1), "org/base");
        write("merged", Families.withAdapter(BASE, lora, "merged"));
        write("stranger", Families.base("stranger", 7, ModelShape.TINY));
        assertThat(run(
                                "diff",
                                disk.resolve("base").toString(),
                                disk.resolve("lora").toString())
                        .out())
                .contains("the second is an adapter of the first: LoHa on q_proj and v_proj");
        check();
    }

    /** Two adapters of the same layers: the product of factors tells which was merged. */
    @Test
    void theAdapterWhoseFactorsWereAddedIsTheOneMerged() throws IOException {
        MadeModel right = Families.adapter(BASE, "lora", 4, 8);
        write("base", BASE);
        adapter("another", Families.adapter(BASE, "another", 9, 8), "base");
        adapter("lora", right, "base");
        adapter("other", Families.adapter(BASE, "other", 5, 8), "base");
        write("tuned", Families.withAdapter(BASE, right, "tuned"));
        assertThat(plan().get("tuned").strings("parents")).containsExactly("base", "lora");
    }

    /** The same of LoHa, the product of two products, and of DoRA, which scales the rows of the sum. */
    @Test
    void ofOtherMethodsToo() throws IOException {
        write("base", BASE);
        adapter("a-dora", dora(9), "base");
        adapter("b-dora", dora(4), "base");
        adapter("a-loha", loha(9), "base");
        adapter("b-loha", loha(4), "base");
        MadeModel sum = Families.withAdapter(BASE, lora(4), "sum");
        MadeModel sum2 = Families.withAdapter(BASE, lora(5), "sum");
        write("one", changed((tensor, row, weights) -> {
            float[] summed = row(sum, tensor, row);
            for (int i = 0; i < weights.length; i++) {
                weights[i] = summed[i] * (1 + (row % 5) / 10f);
            }
        }));
        write("two", changed((tensor, row, weights) -> {
            float[] first = row(sum, tensor, row);
            float[] second = row(sum2, tensor, row);
            for (int i = 0; i < weights.length; i++) {
                weights[i] += 40 * (first[i] - weights[i]) * (second[i] - weights[i]);
            }
        }));
        Map<String, JsonObject> plan = plan();
        assertThat(plan.get("one").strings("parents")).containsExactly("base", "b-dora");
        assertThat(plan.get("two").strings("parents")).containsExactly("base", "b-loha");
    }

    /** Of LoKr a sketch does not tell what is added: of two adapters of the same layers neither is claimed. */
    @Test
    void anAdapterThatNothingButLayersSpeaksForIsClaimedAlone() throws IOException {
        write("base", BASE);
        adapter("some", lokr(4), "base");
        write("tuned", Families.withAdapter(BASE, lora(4), "tuned"));
        assertThat(plan().get("tuned").strings("parents")).containsExactly("base", "some");
        adapter("another", lokr(9), "base");
        assertThat(plan().get("tuned").strings("parents")).containsExactly("base");
    }

    private interface Change {
        void apply(MadeTensor tensor, long row, float[] weights);
    }

    /** The base, with its query and value projections changed. */
    private static MadeModel changed(Change change) {
        List<MadeTensor> tensors = new ArrayList<>();
        for (MadeTensor tensor : BASE.tensors()) {
            boolean adapted = tensor.name().contains("q_proj") || tensor.name().contains("v_proj");
            tensors.add(
                    !adapted
                            ? tensor
                            : new MadeTensor(tensor.name(), tensor.dtype(), tensor.shape(), (row, target) -> {
                                float[] weights = row(BASE, tensor, row);
                                change.apply(tensor, row, weights);
                                System.arraycopy(weights, 0, target, 0, weights.length);
                            }));
        }
        return new MadeModel("changed", BASE.shape(), tensors, List.of(), "merge", 1);
    }

    private static float[] row(MadeModel model, MadeTensor like, long row) {
        float[] values = new float[like.columns()];
        model.tensor(like.name()).data().row(row, values);
        return values;
    }

    private static MadeModel lora(int seed) {
        return Families.adapter(BASE, "lora", seed, 8);
    }

    private static MadeModel dora(int seed) {
        List<MadeTensor> tensors = new ArrayList<>(lora(seed).tensors());
        for (MadeTensor tensor : lora(seed).tensors()) {
            if (tensor.name().contains("lora_B")) {
                tensors.add(new MadeTensor(
                        tensor.name().replace("lora_B.weight", "lora_magnitude_vector"),
                        tensor.dtype(),
                        List.of(tensor.rows()),
                        (row, target) -> Arrays.fill(target, 1)));
            }
        }
        return new MadeModel("dora", BASE.shape(), tensors, List.of(), "adapter", 1);
    }

    private static MadeModel loha(int seed) {
        List<MadeTensor> tensors = new ArrayList<>();
        for (int factor = 1; factor <= 2; factor++) {
            tensors.addAll(renamed(lora(seed + factor - 1), "hada_w" + factor + "_b", "hada_w" + factor + "_a"));
        }
        return new MadeModel("loha", BASE.shape(), tensors, List.of(), "adapter", 1);
    }

    private static MadeModel lokr(int seed) {
        return new MadeModel("lokr", BASE.shape(), renamed(lora(seed), "lokr_w2", "lokr_w1"), List.of(), "adapter", 1);
    }

    private static List<MadeTensor> renamed(MadeModel lora, String down, String up) {
        return lora.tensors().stream()
                .map(tensor -> new MadeTensor(
                        tensor.name().replace("lora_A.weight", down).replace("lora_B.weight", up),
                        tensor.dtype(),
                        tensor.shape(),
                        tensor.data()))
                .toList();
    }

    private void check() {
        Map<String, JsonObject> plan = plan();
        assertThat(plan.get("base").strings("parents")).isEmpty();
        assertThat(plan.get("stranger").strings("parents")).isEmpty();
        assertThat(plan.get("lora").strings("parents")).containsExactly("base");
        assertThat(plan.get("lora").string("kind")).isEqualTo("adapter");
        assertThat(plan.get("merged").strings("parents")).containsExactly("base", "lora");
        assertThat(plan.get("merged").string("kind")).isEqualTo("merge");
        for (String one : List.of("base", "stranger", "lora", "merged")) {
            run("commit", disk.resolve(one).toString(), "--detect");
        }
        assertThat(run("log", "lora").out()).contains("adapter of base");
        assertThat(run("show", "merged").out()).contains("merge", "base", "lora");
        assertThat(run("show", "stranger").out()).doesNotContain("lora");
    }

    @Test
    void identicalWeightsAreTheSameWeights() throws IOException {
        write("one", BASE);
        write("two", BASE);
        assertThat(run("import", disk.toString()).out()).contains("the same weights as ");
        run("commit", write("three", BASE).toString(), "--detect");
        assertThat(run("show", "three").out()).contains("copy");
    }
}
