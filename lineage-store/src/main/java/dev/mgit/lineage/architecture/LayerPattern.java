package dev.mgit.lineage.architecture;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.lineage.architecture.BlockShape.FeedForward;
import dev.mgit.lineage.architecture.BlockShape.Mixer;
import dev.mgit.lineage.architecture.BlockShape.MixerKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The layers of a hybrid in Megatron-LM's letters ({@code hybrid_layer_allocation.py}): {@code M-M*-} is a Mamba layer, an
 * MLP, a Mamba layer, attention and an MLP. Ends of pipeline stages ({@code |}) and the brackets of groups are no layers;
 * what follows a {@code /} predicts further tokens and is left out.
 */
public record LayerPattern(List<Layer> layers) {
    /** One layer's letter. */
    enum Layer {
        MAMBA('M'),
        ATTENTION('*'),
        MLP('-'),
        EXPERTS('E'),
        DELTA_NET('G'),
        LATENT_ATTENTION('+'),
        SPARSE_ATTENTION('D'),
        COMPRESSED_ATTENTION('C'),
        HIERARCHICAL_ATTENTION('H'),
        WINDOW_ATTENTION('W');

        private final char letter;

        Layer(char letter) {
            this.letter = letter;
        }

        BlockShape shape(Mixer attention, FeedForward dense, FeedForward experts) {
            return switch (this) {
                case MAMBA -> new BlockShape(Mixer.MAMBA, FeedForward.NONE);
                case DELTA_NET -> new BlockShape(Mixer.LINEAR_ATTENTION, FeedForward.NONE);
                case MLP -> new BlockShape(Mixer.NONE, dense);
                case EXPERTS -> new BlockShape(Mixer.NONE, experts);
                default -> new BlockShape(attention, FeedForward.NONE);
            };
        }
    }

    private static final List<String> NAMES = List.of("hybrid_override_pattern", "hybrid_layer_pattern");
    private static final String SEPARATORS = "|[]";
    private static final int MAX_LAYERS = 100_000;

    public LayerPattern {
        layers = List.copyOf(layers);
    }

    /** What a configuration says: a pattern, or {@code layers_block_type} with a word for each layer. */
    static Optional<LayerPattern> of(JsonObject config) {
        for (String name : NAMES) {
            Optional<String> pattern = config.optionalString(name).filter(text -> !text.isEmpty());
            if (pattern.isPresent()) {
                return Optional.of(parse(pattern.get()));
            }
        }
        List<String> words = config.members().get("layers_block_type") instanceof List<?>
                ? config.strings("layers_block_type")
                : List.of();
        boolean single = words.contains("mlp") || words.contains("moe");
        return single
                ? Optional.of(
                        new LayerPattern(words.stream().map(LayerPattern::word).toList()))
                : Optional.empty();
    }

    private static Layer word(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "mamba" -> Layer.MAMBA;
            case "attention" -> Layer.ATTENTION;
            case "mlp" -> Layer.MLP;
            case "moe" -> Layer.EXPERTS;
            default -> throw new FormatException("config.json: layers_block_type has the unknown layer '" + word + "'");
        };
    }

    /**
     * Reads a pattern.
     *
     * @throws FormatException if there is a letter in it that stands for nothing
     */
    public static LayerPattern parse(String text) {
        String main = text.substring(0, text.indexOf('/') < 0 ? text.length() : text.indexOf('/'));
        if (main.length() > MAX_LAYERS) {
            throw new FormatException("the pattern of layers has more than " + MAX_LAYERS + " letters");
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < main.length(); i++) {
            char letter = main.charAt(i);
            if (SEPARATORS.indexOf(letter) < 0) {
                layers.add(Arrays.stream(Layer.values())
                        .filter(layer -> layer.letter == letter)
                        .findFirst()
                        .orElseThrow(() -> new FormatException(
                                "'" + letter
                                        + "' is no layer in the pattern of layers; known are M, *, -, E, G, +, D, C, "
                                        + "H and W",
                                "correct the configuration")));
            }
        }
        return new LayerPattern(layers);
    }

    /** The letters of blocks: one for each part that a block has, so that a transformer's block is {@code *-}. */
    public static String of(List<BlockShape> blocks) {
        StringBuilder text = new StringBuilder();
        for (BlockShape block : blocks) {
            MixerKind mixer = block.mixer().kind();
            if (mixer == MixerKind.MAMBA) {
                text.append('M');
            } else if (mixer == MixerKind.LINEAR_ATTENTION) {
                text.append('G');
            } else if (mixer == MixerKind.ATTENTION) {
                text.append('*');
            }
            if (block.feedForward().present()) {
                text.append(block.feedForward().experts() > 0 ? 'E' : '-');
            }
        }
        return text.toString();
    }
}
