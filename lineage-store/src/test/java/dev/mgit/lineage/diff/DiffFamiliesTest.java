package dev.mgit.lineage.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.MadeTensor;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.lineage.checkpoint.CopyProgress;
import dev.mgit.lineage.diff.TensorChange.Status;
import dev.mgit.lineage.diff.measure.TensorStatistics;
import dev.mgit.lineage.version.Glob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of made families, each of which holds exactly one known change. */
class DiffFamiliesTest {
    private static final ModelShape SHAPE = new ModelShape(500, 64, 5, Element.F32);

    @TempDir
    private static Path folder;

    @BeforeAll
    static void makeFamilies() throws IOException {
        for (MadeModel model : Families.standard(7, SHAPE)) {
            model.writeTo(folder);
        }
        MadeModel base = Families.base("base", 7, SHAPE);
        Families.base("unrelated", 99, SHAPE).writeTo(folder);
        MadeModel half = Families.base("half", 7, new ModelShape(500, 256, 2, Element.BF16));
        half.writeTo(folder);
        Families.withAdapter(half, Families.adapter(half, "half-lora", 8, 8), "half-merged")
                .writeTo(folder);
        MadeModel tuned = Families.fineTuned(base, "tuned", 8, 1e-3);
        stacked(tuned, "dropped", 0, 1, 3, 4).writeTo(folder);
        stacked(tuned, "doubled", 0, 1, 2, 2, 3, 4).writeTo(folder);
        stacked(tuned, "reordered", 0, 3, 2, 1, 4).writeTo(folder);
        stacked(base, "exchanged", 0, 1, 2, 4, 3).writeTo(folder);
        replaced(tuned, "replaced").writeTo(folder);
        headed(base, "new-head").writeTo(folder);
    }

    /** The model with the blocks named, in that order, numbered anew. */
    private static MadeModel stacked(MadeModel model, String name, int... blocks) {
        List<MadeTensor> tensors = new ArrayList<>(model.tensors().stream()
                .filter(tensor -> !tensor.name().startsWith("model.layers."))
                .toList());
        for (int i = 0; i < blocks.length; i++) {
            String from = "model.layers." + blocks[i] + ".";
            String to = "model.layers." + i + ".";
            model.tensors().stream()
                    .filter(tensor -> tensor.name().startsWith(from))
                    .map(tensor -> renamed(tensor, tensor.name().replace(from, to)))
                    .forEach(tensors::add);
        }
        return new MadeModel(name, model.shape(), tensors, List.of(model.name()), "other", 1);
    }

    private static MadeTensor renamed(MadeTensor tensor, String name) {
        return new MadeTensor(name, tensor.dtype(), tensor.shape(), tensor.data());
    }

    private static MadeModel replaced(MadeModel model, String name) {
        MadeModel other = Families.base("other", 1234, SHAPE);
        return with(model, name, tensor -> tensor.name().contains("layers.3.") ? other.tensor(tensor.name()) : tensor);
    }

    private static MadeModel headed(MadeModel model, String name) {
        MadeModel other = Families.base("other", 1234, SHAPE);
        return with(model, name, tensor -> tensor.name().startsWith("lm_head") ? other.tensor(tensor.name()) : tensor);
    }

    private static MadeModel with(MadeModel model, String name, java.util.function.UnaryOperator<MadeTensor> change) {
        List<MadeTensor> tensors = model.tensors().stream().map(change).toList();
        return new MadeModel(name, model.shape(), tensors, List.of(model.name()), "other", 1);
    }

    private static Diff diff(String a, String b) throws IOException {
        return diff(a, b, 2, DiffRequest.Depth.NUMBERS);
    }

    private static Diff diff(String a, String b, int threads, DiffRequest.Depth depth) throws IOException {
        return new Diffs(Optional.empty(), CopyProgress.none(), threads)
                .diff(new DiffRequest(side(a), side(b), Optional.empty(), Optional.empty(), depth));
    }

    private static DiffSide side(String name) {
        return new DiffSide.OnDisk(name, folder.resolve(name));
    }

    @ParameterizedTest(name = "{0} to {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            base | base            | identical
            base | chat            | fine-tuned: everything changed a little \\(relative L2 1\\.[78]\\d%\\)
            base | frozen          | fine-tuned: head and embeddings frozen, .* changed a little .*, blocks 0–3 frozen
            chat | rl              | fine-tuned: everything barely changed .*, only 5\\.\\d+% of the elements .* differ
            chat | pruned          | pruned to [45][09]% zeros
            base | pruned          | pruned to [45][09]% zeros and trained; fine-tuned: .*
            base | more-words      | vocabulary grew by 16 rows
            more-words | base      | vocabulary shrank by 16 rows
            base | tied            | lm_head.weight is now the same as model.embed_tokens.weight
            chat | chat-sharded    | the same weights in other files; README.md and model.safetensors.index.json differ
            base | lora | the second is an adapter of the first: rank 8 on q_proj and v_proj in 10 layers
            base | lora-merged     | fine-tuned: .* frozen, attention changed clearly .*, looks like rank 8 on q_proj and v_proj
            half | half-merged     | fine-tuned: .*, looks like rank 8 on q_proj and v_proj
            chat | chat-bf16       | cast to bf16
            chat | chat-f16        | cast to f16
            chat | chat-f8         | cast to f8_e4m3
            base | chat-bf16       | cast to bf16; fine-tuned: everything changed a little .*
            chat-bf16 | chat       | cast to f32; fine-tuned: everything changed a little .*
            chat | chat-int8       | quantized to int8 \\(relative error 0\\.\\d+%\\)
            chat-int8 | chat       | dequantized to f32
            chat | chat-renamed    | the same weights, 45 tensors under another name
            base | chat-renamed    | 45 tensors under another name; fine-tuned: everything changed a little .*
            chat | chat-transposed | the same weights; 15 matrices transposed
            base | chat-transposed | 15 matrices transposed; fine-tuned: everything changed a little \\(relative L2 1\\.[78]\\d%\\)
            base | unrelated       | unrelated weights of the same architecture
            base | dropped         | block 2 dropped; fine-tuned: .*
            base | doubled         | block 3 inserted; fine-tuned: .*
            dropped | doubled      | blocks 2–3 inserted
            base | exchanged       | the same weights; block [34] moved
            base | replaced        | block 3 replaced; fine-tuned: .*
            base | new-head        | head replaced
            """)
    void eachChangeGetsItsReading(String a, String b, String reading) throws IOException {
        assertThat(diff(a, b).reading()).matches(reading);
    }

    @Test
    void blocksAreMatchedByContentWithTheirOrderKept() throws IOException {
        Diff dropped = diff("base", "dropped");

        assertThat(dropped.blocks())
                .filteredOn(block -> block.name().startsWith("model.layers"))
                .extracting(
                        block -> block.nameA().orElse("-") + " " + block.nameB().orElse("-") + " " + block.kind())
                .containsExactlyInAnyOrder(
                        "model.layers.0 model.layers.0 CHANGED",
                        "model.layers.1 model.layers.1 CHANGED",
                        "model.layers.2 - DROPPED",
                        "model.layers.3 model.layers.2 CHANGED",
                        "model.layers.4 model.layers.3 CHANGED");
        assertThat(dropped.tensors())
                .filteredOn(tensor -> tensor.status() == Status.CHANGED)
                .allSatisfy(
                        tensor -> assertThat(tensor.statistics().orElseThrow().relativeL2())
                                .isLessThan(0.1));
    }

    @Test
    void blocksOutOfOrderAreMovedAndNotReplaced() throws IOException {
        assertThat(diff("base", "reordered").blocks())
                .filteredOn(block -> block.kind() == LayerChange.Kind.MOVED)
                .extracting(block ->
                        block.nameA().orElseThrow() + " " + block.nameB().orElseThrow())
                .hasSize(2)
                .isSubsetOf(
                        "model.layers.1 model.layers.3",
                        "model.layers.2 model.layers.2",
                        "model.layers.3 model.layers.1");
    }

    @Test
    void statusesTellWhatBecameOfTensors() throws IOException {
        assertThat(diff("base", "more-words").count(Status.RESHAPED)).isEqualTo(2);
        assertThat(diff("chat", "chat-bf16").count(Status.RETYPED)).isEqualTo(48);
        assertThat(diff("chat", "chat-transposed").count(Status.TRANSPOSED)).isEqualTo(15);
        Diff fused = diff("chat", "chat-fused");
        assertThat(fused.count(Status.ADDED)).isEqualTo(5);
        assertThat(fused.count(Status.REMOVED)).isEqualTo(15);
        Diff experts = diff("base", "moe");
        assertThat(experts.count(Status.RENAMED)).isEqualTo(15);
        assertThat(experts.tensors())
                .filteredOn(tensor -> tensor.name().contains("experts.1."))
                .allSatisfy(tensor -> assertThat(tensor.sameAs()).isPresent());
    }

    @Test
    void transposedMatricesAreMeasured() throws IOException {
        assertThat(diff("chat", "chat-transposed").tensors())
                .filteredOn(tensor -> tensor.status() == Status.TRANSPOSED)
                .allSatisfy(tensor ->
                        assertThat(tensor.statistics().orElseThrow().changed()).isZero());
        Diff plain = diff("base", "chat");
        assertThat(diff("base", "chat-transposed").tensors())
                .filteredOn(tensor -> tensor.status() == Status.TRANSPOSED)
                .allSatisfy(tensor -> {
                    TensorStatistics expected = plain.tensors().stream()
                            .filter(other -> other.name().equals(tensor.name()))
                            .flatMap(other -> other.statistics().stream())
                            .findFirst()
                            .orElseThrow();
                    TensorStatistics found = tensor.statistics().orElseThrow();
                    assertThat(found.l2()).isCloseTo(expected.l2(), within(1e-9));
                    assertThat(found.changed()).isEqualTo(expected.changed());
                });
    }

    @Test
    void rowsBothHaveAreMeasuredWhereTheVocabularyGrew() throws IOException {
        TensorChange embedding = diff("base", "more-words").tensors().stream()
                .filter(tensor -> tensor.name().equals("model.embed_tokens.weight"))
                .findFirst()
                .orElseThrow();

        assertThat(embedding.statistics().orElseThrow().elements()).isEqualTo(500 * 64);
        assertThat(embedding.statistics().orElseThrow().changed()).isZero();
    }

    @Test
    void figuresDoNotDependOnTheNumberOfThreads() throws IOException {
        Diff one = diff("base", "chat", 1, DiffRequest.Depth.NUMBERS);
        Diff four = diff("base", "chat", 4, DiffRequest.Depth.NUMBERS);

        assertThat(four.tensors()).isEqualTo(one.tensors());
        assertThat(one.count(Status.CHANGED)).isEqualTo(48);
    }

    @Test
    void namesAloneAreNotMeasured() throws IOException {
        Diff diff = diff("base", "chat", 2, DiffRequest.Depth.NAMES);

        assertThat(diff.reading()).isEqualTo("48 tensors changed");
        assertThat(diff.tensors())
                .allSatisfy(tensor -> assertThat(tensor.statistics()).isEmpty());
    }

    /** No tensor is held for it: there may be a million. */
    @Test
    void filesAloneAreComparedWithoutTensors() throws IOException {
        var diffs = new Diffs(Optional.empty(), CopyProgress.none(), 2);
        var request = new DiffRequest(
                side("chat"), side("chat-sharded"), Optional.empty(), Optional.empty(), DiffRequest.Depth.NAMES);

        assertThat(diffs.files(request))
                .isNotEmpty()
                .isEqualTo(diffs.diff(request).files());
        try (Snapshot files = Snapshot.of(folder.resolve("chat"), 1, CopyProgress.none(), path -> true, false)) {
            assertThat(files.files).isNotEmpty();
            assertThat(files.weights()).isEmpty();
        }
    }

    @Test
    void configurationIsComparedByMember() throws IOException {
        FileChange config = diff("chat", "chat-bf16").files().stream()
                .filter(file -> file.path().equals("config.json"))
                .findFirst()
                .orElseThrow();

        assertThat(config.keys())
                .containsExactly(new FileChange.KeyChange(
                        "torch_dtype", Optional.of("\"float32\""), Optional.of("\"bfloat16\"")));
        assertThat(config.lines()).contains(new FileChange.Lines(1, 1));
    }

    @Test
    void aGlobThatFitsNothingIsAUsageError() {
        var diffs = new Diffs(Optional.empty(), CopyProgress.none(), 1);
        assertThatThrownBy(() -> diffs.diff(new DiffRequest(
                        side("base"),
                        side("chat"),
                        Optional.empty(),
                        Optional.of(new Glob("*nothing*")),
                        DiffRequest.Depth.NUMBERS)))
                .isInstanceOf(MgitException.class)
                .hasMessageContaining("no tensor of either side matches '*nothing*'");
    }

    @Test
    void aFileCutOffIsRefusedByName(@TempDir Path broken) throws IOException {
        byte[] whole = Files.readAllBytes(folder.resolve("base").resolve("model.safetensors"));
        Files.write(broken.resolve("model.safetensors"), Arrays.copyOf(whole, whole.length / 2));
        var request = new DiffRequest(
                side("base"),
                new DiffSide.OnDisk("broken", broken),
                Optional.empty(),
                Optional.empty(),
                DiffRequest.Depth.NUMBERS);

        assertThatThrownBy(() -> new Diffs(Optional.empty(), CopyProgress.none(), 1).diff(request))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining("model.safetensors");
    }
}
