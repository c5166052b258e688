package dev.mgit.lineage.shapes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.lineage.shapes.ShapeAdvice.Remark;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules of 2401.14489 on dimensions it names, and what a configuration may not say. */
class ShapeAdviceTest {
    private static final long TOKENS = 8192;

    private static ModelShape shape(long vocabulary, long hidden, long heads, long ffn) {
        Map<String, TensorSpec> tensors = new LinkedHashMap<>();
        tensors.put("model.embed_tokens.weight", matrix("model.embed_tokens.weight", vocabulary, hidden));
        for (int layer = 0; layer < 2; layer++) {
            String block = "model.layers." + layer + ".";
            tensors.put(block + "self_attn.o_proj.weight", matrix("o", hidden, hidden));
            tensors.put(block + "mlp.gate_proj.weight", matrix("g", ffn, hidden));
            tensors.put(block + "mlp.down_proj.weight", matrix("d", hidden, ffn));
        }
        return ModelShape.of(
                tensors,
                config("{\"hidden_size\": %d, \"num_hidden_layers\": 2, "
                        .concat("\"num_attention_heads\": %d, \"intermediate_size\": %d}")
                        .formatted(hidden, heads, ffn)));
    }

    private static TensorSpec matrix(String name, long rows, long columns) {
        return new TensorSpec(name, Dtype.BF16, List.of(rows, columns));
    }

    private static ModelConfig config(String json) {
        return ModelConfig.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private static ShapeAdvice advice(long tp) {
        return new ShapeAdvice(Gpu.A100, tp, TOKENS);
    }

    @Test
    void aVocabularyGrownByOneTokenIsAllThatChanged() {
        ModelShape parent = shape(50304, 4096, 32, 10922);
        ModelShape child = shape(50305, 4096, 32, 10922);

        List<Remark> changes = advice(1).changes(child, parent);

        assertThat(changes)
                .containsExactly(new Remark("vocabulary", 50305, "not a multiple of 64", List.of(50304L, 50368L)));
        assertThat(ShapeAdvice.valueIn(parent, changes.get(0))).contains(50304L);
        assertThat(advice(1).of(parent)).extracting(Remark::dimension).containsExactly("feed-forward width");
    }

    @Test
    void theNearestWidthOfAGatedLayerIsTheFastOne() {
        Remark width = advice(1).of(shape(50304, 4096, 32, 10922)).get(0);

        assertThat(width.nearest()).startsWith(10944L);
        assertThat(width.rule()).contains("8h/3 = 10923");
        assertThat(advice(1).of(shape(50304, 4096, 32, 10944))).isEmpty();
        assertThat(advice(1).of(shape(32000, 4096, 32, 11008))).isEmpty();
        assertThat(advice(8).of(shape(32000, 8192, 64, 28672)))
                .extracting(Remark::dimension)
                .containsExactly("vocabulary");
    }

    @Test
    void headsAreSplitWhole() {
        assertThat(advice(3).of(shape(50304, 4096, 32, 10944)))
                .filteredOn(remark -> remark.dimension().equals("attention heads"))
                .singleElement()
                .satisfies(remark -> {
                    assertThat(remark.rule()).isEqualTo("cannot be split over 3 GPUs");
                    assertThat(remark.nearest()).containsExactly(33L, 30L);
                });
        assertThat(advice(1).of(shape(50304, 4096, 40, 10944)))
                .filteredOn(remark -> remark.dimension().equals("head size"))
                .singleElement()
                .satisfies(remark -> assertThat(remark.value()).isEqualTo(102));
        assertThat(new ShapeAdvice(Gpu.V100, 1, TOKENS).of(shape(50304, 1000, 10, 4000)))
                .extracting(Remark::dimension)
                .contains("head size")
                .doesNotContain("hidden size");
    }

    @Test
    void wavesAreCountedInTiles() {
        assertThat(Gpu.A100.waves(128 * 108, 256)).isEqualTo(1);
        assertThat(Gpu.A100.waves(128 * 108 + 1, 256)).isEqualTo(2);
        assertThat(Gpu.H100.waves(128 * 132, 257)).isEqualTo(2);
        assertThat(Gpu.A100.filled(128 * 109, 256)).isEqualTo(109 / 216.0);
        assertThat(new ShapeAdvice(Gpu.A100, 1, 128 * 109).of(shape(50304, 256, 4, 256)))
                .extracting(Remark::rule)
                .contains("13952 tokens take 2 wave(s) of 108 tiles, 50% filled");
    }

    @Test
    void aConfigurationThatContradictsItsWeightsIsRefused() {
        Map<String, TensorSpec> tensors = shape(64, 128, 2, 256).tensors();

        assertThatThrownBy(() -> ModelShape.of(tensors, config("{\"hidden_size\": 100}")))
                .hasMessage("config.json says hidden_size 100, but no tensor has that dimension");
        assertThatThrownBy(() -> ModelShape.of(tensors, config("{\"vocab_size\": 65}")))
                .hasMessage("config.json says vocab_size 65, but the token embedding has 64 rows");
        assertThatThrownBy(() -> ModelShape.of(tensors, config("{\"num_hidden_layers\": 1}")))
                .hasMessage("config.json says 1 layers, but the tensors have 2");
        assertThatThrownBy(() -> config("{\"hidden_size\": NaN}")).hasMessageContaining("hidden_size is NaN");
        assertThatThrownBy(() -> config("{\"hidden_size\": -1}")).hasMessageContaining("not a size");
        assertThatThrownBy(() -> config("{\"n_layer\": 1e30}")).hasMessageContaining("not a size");
        assertThatThrownBy(() -> config("{")).hasMessageContaining("config.json: ");
        assertThat(ModelShape.of(tensors, ModelConfig.NONE).layers()).contains(2L);
    }

    @Test
    void whatCannotBeSaidIsSaid() {
        Map<String, TensorSpec> tensors = new LinkedHashMap<>();
        tensors.put("a.weight", new TensorSpec("a.weight", Dtype.Q4_K, List.of(64L, 256L)));
        tensors.put("a.qweight", new TensorSpec("a.qweight", Dtype.I32, List.of(33L, 17L)));
        tensors.put("b.weight", new TensorSpec("b.weight", Dtype.OPAQUE, List.of(33L, 17L)));
        ModelShape quantized = ModelShape.of(tensors, config("{\"hidden_size\": 64}"));

        assertThat(UnknownShapes.of(quantized))
                .containsExactly(
                        "Not judged, for config.json does not say them: the vocabulary, the feed-forward width, "
                                + "attention heads and their size.",
                        "Not judged, for integers may be packed weights of other dimensions: 1 tensor.",
                        "Not judged, for their elements cannot be read: 1 tensor.",
                        "Judged as if unpacked to 16 bits: 1 tensor of Q4_K.");
        assertThat(new ShapeAdvice(Gpu.A100, 1, 1 << 20).of(quantized)).isEmpty();
        assertThat(quantized.parameters()).isEqualTo(64 * 256 + 33 * 17);
    }
}
