package dev.mgit.lineage.architecture;

import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.lineage.architecture.BlockShape.FeedForward;
import dev.mgit.lineage.architecture.BlockShape.Mixer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The blocks that a {@code config.json} describes: all alike, or one by one in {@code block_configs} as in
 * Llama-Nemotron (arXiv 2505.00949) and, in slightly other words, in Megatron-LM's heterogeneous configuration.
 */
final class ConfigBlocks {
    private static final String WHERE = "config.json";
    private static final int MULTIPLE = 256;

    private ConfigBlocks() {}

    /**
     * Reads the blocks.
     *
     * @return empty if it says nothing of blocks
     * @throws FormatException if it contradicts itself
     */
    static Optional<List<BlockShape>> of(JsonObject config) {
        try {
            JsonObject text = config.has("num_hidden_layers") || config.has("block_configs")
                    ? config
                    : config.optionalObject("text_config").orElse(config);
            Optional<List<BlockShape>> pattern = LayerPattern.of(text).map(found -> patterned(found, text));
            if (pattern.isPresent()) {
                return pattern;
            }
            if (text.has("block_configs")) {
                return Optional.of(single(text));
            }
            var numbers = new ConfigNumbers(text, WHERE);
            return numbers.size("num_hidden_layers", "n_layer", "num_layers").isPresent()
                    ? Optional.of(alike(text, numbers))
                    : Optional.empty();
        } catch (JsonException e) {
            throw new FormatException(WHERE + ": " + e.getMessage());
        }
    }

    /** Llama-Nemotron's rule: two thirds of the multiple, cut to a whole number, then up to a multiple of 256. */
    static long width(double multiple, long hidden) {
        long inner = (long) (2 * multiple * hidden / 3);
        return (inner + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
    }

    private static List<BlockShape> patterned(LayerPattern pattern, JsonObject config) {
        var numbers = new ConfigNumbers(config, WHERE);
        numbers.size("num_hidden_layers").ifPresent(layers -> {
            if (layers != pattern.layers().size()) {
                throw numbers.wrong("num_hidden_layers is " + layers + ", but the pattern of layers has "
                        + pattern.layers().size());
            }
        });
        Mixer attention = attention(numbers);
        FeedForward dense = FeedForward.dense(inner(numbers));
        FeedForward experts = experts(numbers);
        return pattern.layers().stream()
                .map(layer -> layer.shape(attention, dense, experts))
                .toList();
    }

    private static List<BlockShape> single(JsonObject config) {
        var numbers = new ConfigNumbers(config, WHERE);
        List<JsonObject> blocks = config.objects("block_configs");
        numbers.size("num_hidden_layers").ifPresent(layers -> {
            if (layers != blocks.size()) {
                throw numbers.wrong("num_hidden_layers is " + layers + ", but block_configs has " + blocks.size());
            }
        });
        List<BlockShape> shapes = new ArrayList<>();
        for (JsonObject block : blocks) {
            String where = WHERE + ", block " + shapes.size();
            var own = new ConfigNumbers(block, where);
            Mixer mixer = mixer(new ConfigNumbers(own.object("attention"), where), numbers);
            shapes.add(new BlockShape(mixer, feedForward(own.object("ffn", "mlp"), where, numbers)));
        }
        return shapes;
    }

    private static Mixer mixer(ConfigNumbers own, ConfigNumbers model) {
        if (own.flag("no_op") || own.flag("replace_with_mamba") || own.flag("replace_with_linear")) {
            return own.flag("no_op") ? Mixer.NONE : own.flag("replace_with_mamba") ? Mixer.MAMBA : Mixer.LINEAR;
        }
        long heads = model.size("num_attention_heads").orElse(0);
        long window = own.size("window_length").orElse(0);
        if (own.size("num_query_groups").isPresent()) {
            return Mixer.attention(heads, own.required("num_query_groups"), window);
        }
        long inGroup = own.size("n_heads_in_group").orElse(0);
        if (inGroup == 0) {
            return Mixer.attention(heads, model.size("num_key_value_heads").orElse(heads), window);
        }
        if (model.required("num_attention_heads") % inGroup != 0 || heads == 0) {
            throw own.wrong("n_heads_in_group is " + inGroup + ", which does not divide the " + heads
                    + " heads of num_attention_heads");
        }
        return Mixer.attention(heads, heads / inGroup, window);
    }

    private static FeedForward feedForward(JsonObject block, String where, ConfigNumbers model) {
        var own = new ConfigNumbers(block, where);
        if (own.flag("no_op")) {
            return FeedForward.NONE;
        }
        if (own.flag("replace_with_linear")) {
            return FeedForward.LINEAR;
        }
        if (own.size("ffn_hidden_size", "intermediate_size").isPresent()) {
            return FeedForward.dense(own.required("ffn_hidden_size", "intermediate_size"));
        }
        return FeedForward.dense(own.factor("ffn_mult")
                .map(multiple -> width(multiple, model.required("hidden_size")))
                .orElseGet(() -> inner(model)));
    }

    private static List<BlockShape> alike(JsonObject config, ConfigNumbers numbers) {
        long layers =
                numbers.layers("num_hidden_layers", "n_layer", "num_layers").orElseThrow();
        Mixer attention = attention(numbers);
        FeedForward dense = FeedForward.dense(inner(numbers));
        FeedForward experts = experts(numbers);
        long denseFirst = numbers.size("first_k_dense_replace").orElse(0);
        long step = Math.max(
                1, numbers.size("decoder_sparse_step", "moe_layer_freq").orElse(1));
        List<Long> denseLayers = config.numbers("mlp_only_layers");
        boolean second = config.has("decoder_sparse_step");
        List<String> words = config.members().get("layer_types") instanceof List<?>
                ? config.strings("layer_types")
                : config.members().get("layers_block_type") instanceof List<?>
                        ? config.strings("layers_block_type")
                        : List.of();
        if (!words.isEmpty() && words.size() != layers) {
            throw numbers.wrong("it has " + layers + " layers, but the types of " + words.size());
        }
        List<BlockShape> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            boolean sparse = experts.experts() > 0
                    && i >= denseFirst
                    && !denseLayers.contains((long) i)
                    && (second ? i + 1 : i) % step == 0;
            Mixer mixer = words.isEmpty() ? periodic(i, attention, numbers) : named(words.get(i), attention, numbers);
            blocks.add(new BlockShape(mixer, sparse ? experts : dense));
        }
        return blocks;
    }

    /** Jamba has attention in one layer of so many, and Mamba in the others. */
    private static Mixer periodic(int layer, Mixer attention, ConfigNumbers numbers) {
        long period = numbers.size("attn_layer_period").orElse(0);
        return period == 0
                        || layer % period == numbers.size("attn_layer_offset").orElse(0)
                ? attention
                : Mixer.MAMBA;
    }

    private static Mixer named(String type, Mixer attention, ConfigNumbers numbers) {
        return switch (type) {
            case "mamba" -> Mixer.MAMBA;
            case "linear_attention" -> Mixer.LINEAR_ATTENTION;
            case "sliding_attention" ->
                Mixer.attention(
                        attention.heads(),
                        attention.groups(),
                        numbers.size("sliding_window").orElse(0));
            default -> attention;
        };
    }

    private static Mixer attention(ConfigNumbers numbers) {
        long heads = numbers.size("num_attention_heads", "n_head").orElse(0);
        return Mixer.attention(
                heads, numbers.size("num_key_value_heads", "num_query_groups").orElse(heads), 0);
    }

    private static long inner(ConfigNumbers numbers) {
        return numbers.size("intermediate_size", "ffn_hidden_size", "n_inner", "ffn_dim")
                .orElse(0);
    }

    private static FeedForward experts(ConfigNumbers numbers) {
        long count = numbers.size("num_local_experts", "n_routed_experts", "num_experts")
                .orElse(0);
        return count == 0
                ? FeedForward.NONE
                : FeedForward.experts(numbers.size("moe_intermediate_size").orElseGet(() -> inner(numbers)), count);
    }
}
