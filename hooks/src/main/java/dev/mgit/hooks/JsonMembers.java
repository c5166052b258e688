package dev.mgit.hooks;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Builds and reads the small JSON records of this module. */
public final class JsonMembers {
    private JsonMembers() {}

    /**
     * An ordered JSON object from names and values in turn. Empty optionals, lists and maps are left out, so that a
     * record's text does not change when a field is added that it does not use.
     */
    public static JsonObject of(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value instanceof Optional<?> optional) {
                value = optional.orElse(null);
            }
            boolean empty = value == null
                    || (value instanceof List<?> list && list.isEmpty())
                    || (value instanceof Map<?, ?> map && map.isEmpty());
            if (!empty) {
                members.put((String) namesAndValues[i], value);
            }
        }
        return new JsonObject(members);
    }

    /** Reads a record, naming what it is where it is damaged. */
    public static <T> T read(byte[] json, String what, Function<JsonObject, T> reader) {
        try {
            return reader.apply(Json.parseObject(json));
        } catch (JsonException | IllegalArgumentException e) {
            throw new MgitException(MgitException.Kind.INTEGRITY, what + " is damaged: " + e.getMessage(), null, e);
        }
    }

    /** The text members of an object, in order; empty if there is no such object. */
    public static Map<String, String> texts(JsonObject object, String name) {
        Map<String, String> result = new LinkedHashMap<>();
        object.optionalObject(name)
                .ifPresent(map -> map.members()
                        .keySet()
                        .forEach(key -> map.optionalString(key).ifPresent(value -> result.put(key, value))));
        return result;
    }
}
