package dev.mgit.delta.format;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.RelativePaths;
import dev.mgit.delta.layout.StrictJson;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The index of a checkpoint split over several files, as Hugging Face writes it: {@code *.index.json} with a
 * {@code weight_map} from tensor name to the name of the file beside it that holds the tensor.
 *
 * @param files file name by tensor name, in the order of the index
 * @param totalSize bytes of all tensors together, if the index has it
 */
public record ShardIndex(Map<String, String> files, OptionalLong totalSize) {
    /** Of all shards together; models of a trillion parameters have some hundred thousand. */
    private static final int MAX_TENSORS = 1 << 20;

    public ShardIndex {
        files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    }

    /**
     * Parses an index.
     *
     * @throws FormatException if it is not JSON, has no {@code weight_map}, or names a file outside its own folder
     */
    public static ShardIndex parse(ByteSource source) throws IOException {
        return StrictJson.read(source, 0, source.size(), json -> {
            Map<String, String> files = null;
            OptionalLong total = OptionalLong.empty();
            StrictJson.expect(json, JsonToken.START_OBJECT, "the index");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                if (json.currentName().equals("weight_map")) {
                    files = weightMap(json);
                } else if (json.currentName().equals("metadata")) {
                    total = totalSize(json);
                } else {
                    StrictJson.skipValue(json);
                }
            }
            if (files == null) {
                throw new FormatException("the index has no weight_map");
            }
            return new ShardIndex(files, total);
        });
    }

    /** Some writers give it as a float. */
    private static OptionalLong totalSize(JsonParser json) throws IOException {
        OptionalLong total = OptionalLong.empty();
        if (json.nextToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return total;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = json.currentName().equals("total_size");
            JsonToken value = json.nextToken();
            if (wanted && value.isNumeric()) {
                total = OptionalLong.of((long) json.getDoubleValue());
            }
            json.skipChildren();
        }
        return total;
    }

    private static Map<String, String> weightMap(JsonParser json) throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        Map<String, String> names = new LinkedHashMap<>();
        StrictJson.expect(json, JsonToken.START_OBJECT, "the weight_map");
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String tensor = StrictJson.wellFormed(json.currentName());
            StrictJson.expect(json, JsonToken.VALUE_STRING, "the file of tensor " + tensor);
            if (files.size() >= MAX_TENSORS) {
                throw new UnsupportedFormatException("the index lists more than " + MAX_TENSORS + " tensors");
            }
            String file = StrictJson.wellFormed(json.getText());
            if (file.indexOf('/') >= 0) {
                throw new FormatException("tensor " + tensor + " is in " + file + ", which is not beside the index");
            }
            // One copy of each file name, not one for every tensor.
            files.put(tensor, names.computeIfAbsent(RelativePaths.check(file, "the file of tensor " + tensor), f -> f));
        }
        return files;
    }
}
