package dev.mgit.delta.format.tfjs;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.layout.ByteSource;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.StrictJson;
import dev.mgit.delta.layout.UnsupportedFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The weights manifest of TensorFlow.js, as its {@code WeightsManifestConfig} describes it: the {@code weightsManifest}
 * of a {@code model.json}, or a list of groups in a file of its own. The weights of a group lie one after the other in
 * its files, which are cut anywhere.
 */
final class WeightsManifest {
    /** Of weights and of files together. */
    private static final int MAX_ENTRIES = LayoutBuilder.MAX_TENSORS;

    private static final Map<String, Dtype> DTYPES = Map.of(
            "float32", Dtype.F32,
            "float16", Dtype.F16,
            "int32", Dtype.I32,
            "uint8", Dtype.U8,
            "uint16", Dtype.U16,
            "bool", Dtype.BOOL,
            "complex64", Dtype.C64);

    /** @param weights in the order of their bytes, of the dtype in which they are stored */
    record Group(List<String> paths, List<TensorSpec> weights) {}

    private int entries;

    private WeightsManifest() {}

    /**
     * Parses a manifest.
     *
     * @return no groups if it is JSON of something else
     * @throws FormatException if it is damaged
     * @throws UnsupportedFormatException if a weight is of a type whose length it does not say
     */
    static List<Group> parse(ByteSource source) throws IOException {
        var manifest = new WeightsManifest();
        return StrictJson.read(source, 0, source.size(), json -> {
            JsonToken first = json.nextToken();
            if (first == JsonToken.START_ARRAY) {
                return manifest.groups(json);
            }
            List<Group> groups = List.of();
            while (first == JsonToken.START_OBJECT && json.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = json.currentName().equals("weightsManifest");
                if (json.nextToken() == JsonToken.START_ARRAY && wanted) {
                    groups = manifest.groups(json);
                } else {
                    json.skipChildren();
                }
            }
            return groups;
        });
    }

    private List<Group> groups(JsonParser json) throws IOException {
        List<Group> groups = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() == JsonToken.START_OBJECT) {
                groups.add(group(json));
            } else {
                json.skipChildren();
            }
        }
        return groups;
    }

    private Group group(JsonParser json) throws IOException {
        List<String> paths = new ArrayList<>();
        List<TensorSpec> weights = new ArrayList<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            boolean isList = json.nextToken() == JsonToken.START_ARRAY;
            if (!isList || !(field.equals("paths") || field.equals("weights"))) {
                json.skipChildren();
                continue;
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (++entries > MAX_ENTRIES) {
                    throw new UnsupportedFormatException("it lists more than " + MAX_ENTRIES + " weights and files");
                }
                if (field.equals("paths")) {
                    paths.add(text(json, "a path"));
                } else {
                    weights.add(weight(json));
                }
            }
        }
        return new Group(paths, weights);
    }

    private static TensorSpec weight(JsonParser json) throws IOException {
        require(json.currentToken() == JsonToken.START_OBJECT, "a weight is not an object");
        String name = "";
        String type = "";
        String quantized = "";
        List<Long> shape = null;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "name" -> name = text(json, "a weight's name");
                case "dtype" -> type = text(json, "a weight's dtype");
                case "shape" -> shape = shape(json);
                case "quantization" -> quantized = value == JsonToken.START_OBJECT ? quantization(json) : "";
                default -> json.skipChildren();
            }
        }
        require(!name.isEmpty() && shape != null, "a weight lacks its name or shape");
        String stored = quantized.isEmpty() ? type : quantized;
        Dtype dtype = DTYPES.get(stored);
        if (dtype == null) {
            throw new UnsupportedFormatException("weight " + name + " is of dtype '" + stored + "'");
        }
        var spec = new TensorSpec(name, dtype, shape == null ? List.of() : shape);
        LayoutBuilder.checkedLength(spec);
        return spec;
    }

    /** The dtype in which a quantized weight is stored. */
    private static String quantization(JsonParser json) throws IOException {
        String type = "";
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = json.currentName().equals("dtype");
            json.nextToken();
            if (wanted) {
                type = text(json, "a quantization's dtype");
            } else {
                json.skipChildren();
            }
        }
        return type;
    }

    private static List<Long> shape(JsonParser json) throws IOException {
        require(json.currentToken() == JsonToken.START_ARRAY, "a weight's shape is not a list");
        List<Long> shape = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            require(
                    json.currentToken() == JsonToken.VALUE_NUMBER_INT && shape.size() < LayoutBuilder.MAX_RANK,
                    "a weight's shape is not a list of a few whole numbers");
            shape.add(json.getLongValue());
        }
        return shape;
    }

    private static String text(JsonParser json, String what) throws IOException {
        require(json.currentToken() == JsonToken.VALUE_STRING, what + " is not a text");
        return StrictJson.wellFormed(json.getText());
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new FormatException(otherwise);
        }
    }
}
