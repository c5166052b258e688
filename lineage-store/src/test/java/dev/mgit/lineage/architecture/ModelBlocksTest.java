package dev.mgit.lineage.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.layout.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What configurations say of a model's blocks. */
class ModelBlocksTest {
    /** Mamba-2-Hybrid 8B (arXiv 2406.07887): 24 Mamba layers, 28 MLPs and 4 of attention. */
    private static final String HYBRID_8B = "M-M-M--M-M*-M-M-M-M--M*-M-M-M-M-M*--M-M-M-M-M*-M--M-M-M-";

    private static List<BlockShape> blocks(String config) {
        return ModelBlocks.of(
                Optional.of(Json.parsePythonObject(config.replace('\'', '"').getBytes(StandardCharsets.UTF_8))),
                List.of());
    }

    private static List<String> words(String config) {
        return blocks(config).stream().map(BlockShape::words).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "5.25, 8192, 28672",
        "2.625, 8192, 14336",
        "1.3125, 8192, 7168",
        "0.5, 8192, 2816",
        "3.28125, 16384, 35840"
    })
    void widthsOfLlamaNemotronFollowItsRule(double multiple, long hidden, long width) {
        assertThat(ConfigBlocks.width(multiple, hidden)).isEqualTo(width);
    }

    @Test
    void blocksOneByOne() {
        String common = "{'hidden_size': 8192, 'num_attention_heads': 64, 'num_key_value_heads': null,"
                + "'intermediate_size': null, 'block_configs': [";
        String full = "{'attention': {'no_op': false, 'replace_with_linear': false, 'n_heads_in_group': 8},"
                + "'ffn': {'no_op': false, 'replace_with_linear': false, 'ffn_mult': 5.25}}";
        assertThat(words(common + full + ","
                        + "{'attention': {'no_op': true, 'n_heads_in_group': null}, 'ffn': {'ffn_mult': 2.625}},"
                        + "{'attention': {'replace_with_linear': true}, 'ffn': {'replace_with_linear': true}},"
                        + "{'attention': {'n_heads_in_group': 16, 'window_length': 1024}, 'ffn': {'no_op': true}}]}"))
                .containsExactly(
                        "attention GQA-8; FFN 28672",
                        "attention none; FFN 14336",
                        "attention linear; FFN linear",
                        "attention GQA-4 of window 1024; FFN none");
    }

    @Test
    void megatronsWordsForTheSame() {
        assertThat(
                        words(
                                "{'hidden_size': 8192, 'num_attention_heads': 64, 'block_configs': ["
                                        + "{'attention': {'num_query_groups': 8}, 'mlp': {'ffn_hidden_size': 28672}},"
                                        + "{'attention': {'no_op': true, 'num_query_groups': null}, 'mlp': {'ffn_hidden_size': 14336}}]}"))
                .containsExactly("attention GQA-8; FFN 28672", "attention none; FFN 14336");
    }

    @Test
    void blocksAlikeMixturesAndTypesOfLayers() {
        assertThat(words("{'num_hidden_layers': 2, 'num_attention_heads': 64, 'num_key_value_heads': 8,"
                        + "'intermediate_size': 28672}"))
                .containsExactly("attention GQA-8; FFN 28672", "attention GQA-8; FFN 28672");
        assertThat(words("{'num_hidden_layers': 3, 'num_attention_heads': 16, 'intermediate_size': 10944,"
                        + "'n_routed_experts': 64, 'moe_intermediate_size': 1408, 'first_k_dense_replace': 1}"))
                .containsExactly(
                        "attention MHA-16; FFN 10944",
                        "attention MHA-16; FFN 64 experts of 1408",
                        "attention MHA-16; FFN 64 experts of 1408");
        assertThat(words("{'num_hidden_layers': 2, 'num_attention_heads': 8, 'num_key_value_heads': 1,"
                        + "'sliding_window': 512, 'intermediate_size': 64,"
                        + "'layer_types': ['sliding_attention', 'linear_attention']}"))
                .containsExactly("attention MQA of window 512; FFN 64", "attention linear attention; FFN 64");
    }

    @Test
    void thePatternOfTheEightBillionHybridHasItsPublishedCounts() {
        List<LayerPattern.Layer> layers = LayerPattern.parse(HYBRID_8B).layers();
        assertThat(layers.stream().collect(Collectors.groupingBy(layer -> layer, Collectors.counting())))
                .containsOnly(
                        java.util.Map.entry(LayerPattern.Layer.MAMBA, 24L),
                        java.util.Map.entry(LayerPattern.Layer.MLP, 28L),
                        java.util.Map.entry(LayerPattern.Layer.ATTENTION, 4L));
        List<BlockShape> blocks = blocks("{'num_hidden_layers': 56, 'num_attention_heads': 32,"
                + "'num_key_value_heads': 8, 'intermediate_size': 16384, 'hybrid_override_pattern': '" + HYBRID_8B
                + "'}");
        assertThat(LayerPattern.of(blocks)).isEqualTo(HYBRID_8B);
        assertThat(LayerPattern.parse("M-M-|M-M*[ME]/MM/MM").layers()).hasSize(10);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{'num_hidden_layers': 3, 'block_configs': []} | block_configs has 0",
                "{'num_hidden_layers': 5, 'hybrid_override_pattern': 'M*'} | the pattern of layers has 2",
                "{'hybrid_override_pattern': 'M?'} | '?' is no layer",
                "{'num_hidden_layers': 1e300} | is 1.0E300, not a size",
                "{'num_hidden_layers': 99999999} | more than 100000",
                "{'num_hidden_layers': -1} | is -1, not a size",
                "{'num_hidden_layers': 'many'} | is many, not a size",
                "{'block_configs': [{'attention': {}, 'ffn': {'ffn_mult': NaN}}]} | block 0: ffn_mult is NaN",
                "{'block_configs': [{'attention': {}, 'ffn': {'ffn_mult': -2}}]} | ffn_mult is -2, not a factor",
                "{'block_configs': [{'attention': {}, 'ffn': {'ffn_mult': 2}}]} | there is no hidden_size",
                "{'block_configs': [{'attention': {'n_heads_in_group': 3}, 'ffn': {}}], 'num_attention_heads': 64} "
                        + "| does not divide the 64",
                "{'block_configs': [{'ffn': {}}]} | block 0: there is no attention",
                "{'block_configs': [{'attention': {'no_op': 'yes'}, 'ffn': {}}]} | no_op is yes",
                "{'block_configs': 7} | not an array",
                "{'num_hidden_layers': 2, 'layer_types': ['full_attention']} | the types of 1",
            })
    void aConfigurationThatContradictsItselfIsRefused(String config, String words) {
        assertThatThrownBy(() -> blocks(config))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(words);
    }
}
