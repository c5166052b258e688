package dev.mgit.lineage.shapes;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    private static final long LARGEST = 1L << 32;

    /** @throws MgitException if it is no JSON, or a dimension is no number that one can be */
    static ModelConfig parse(byte[] bytes) {
        try {
            JsonObject json = Json.parsePythonObject(bytes);
            Object inner = json.members().get("text_config");
            return read(inner instanceof JsonObject text ? text : json);
        } catch (JsonException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "cannot read " + FILE + ": " + e.getMessage(),
                    "commit a folder whose " + FILE + " is whole",
                    e);
        }
    }

    private static ModelConfig read(JsonObject json) {
        return new ModelConfig(
                first(json, "hidden_size", "n_embd", "d_model", "dim"),
                first(json, "num_hidden_layers", "n_layer", "num_layers", "n_layers"),
                first(json, "num_attention_heads", "n_head", "num_heads", "n_heads"),
                first(json, "num_key_value_heads", "n_kv_heads"),
                first(json, "head_dim", "d_kv"),
                first(json, "intermediate_size", "n_inner", "ffn_dim", "d_ff", "ffn_hidden_size"),
                first(json, "vocab_size"));
    }

    private static Optional<Long> first(JsonObject json, String... names) {
        for (String name : names) {
            Object value = json.members().get(name);
            if (value == null || value instanceof List<?>) {
                continue;
            }
            if (!(value instanceof Number number)
                    || number.doubleValue() != number.longValue()
                    || number.longValue() < 1
                    || number.longValue() > LARGEST) {
                throw new JsonException(name + " is " + value + ", which is no dimension");
            }
            return Optional.of(number.longValue());
        }
        return Optional.empty();
    }
}
