package dev.mgit.lineage.shapes;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.lineage.architecture.ConfigNumbers;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a {@code config.json} of the Hugging Face libraries says of dimensions, under the names its families use. */
record ModelConfig(
        Optional<Long> hidden,
        Optional<Long> layers,
        Optional<Long> heads,
        Optional<Long> kvHeads,
        Optional<Long> headSize,
        Optional<Long> ffn,
        Optional<Long> vocabulary) {
    static final String FILE = "config.json";
    static final ModelConfig NONE = read(new JsonObject(Map.of()));

    /** @throws FormatException if it is no JSON, or a dimension is no number that one can be */
    static ModelConfig parse(byte[] bytes) {
        try {
            JsonObject json = Json.parsePythonObject(bytes);
            Object inner = json.members().get("text_config");
            return read(inner instanceof JsonObject text ? text : json);
        } catch (JsonException e) {
            throw new FormatException(FILE + ": " + e.getMessage(), "commit a folder whose " + FILE + " is whole");
        }
    }

    private static ModelConfig read(JsonObject json) {
        var numbers = new ConfigNumbers(json, FILE);
        return new ModelConfig(
                dimension(numbers.size("hidden_size", "n_embd", "d_model", "dim")),
                dimension(numbers.layers("num_hidden_layers", "n_layer", "num_layers", "n_layers")),
                dimension(numbers.size("num_attention_heads", "n_head", "num_heads", "n_heads")),
                dimension(numbers.size("num_key_value_heads", "n_kv_heads")),
                dimension(numbers.size("head_dim", "d_kv")),
                dimension(numbers.size("intermediate_size", "n_inner", "ffn_dim", "d_ff", "ffn_hidden_size")),
                dimension(numbers.size("vocab_size")));
    }

    /** Nothing where it is 0: what a model does not have. */
    private static Optional<Long> dimension(OptionalLong size) {
        return size.orElse(0) == 0 ? Optional.empty() : Optional.of(size.getAsLong());
    }
}
