package dev.mgit.delta.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object whose members are read with their expected type. Accessors throw {@link JsonException}, naming the
 * member, where it is missing or of another type; the {@code optional} ones are empty only where it is missing or null.
 */
public record JsonObject(Map<String, @Nullable Object> members) {
    public boolean has(String name) {
        return members.get(name) != null;
    }

    public String string(String name) {
        return required(name, optionalString(name));
    }

    public Optional<String> optionalString(String name) {
        return optional(name, String.class);
    }

    public long number(String name) {
        return required(name, optionalNumber(name));
    }

    public Optional<Long> optionalNumber(String name) {
        return optional(name, Long.class);
    }

    /** A number with or without a fraction. */
    public Optional<Double> optionalReal(String name) {
        return optional(name, Number.class).map(Number::doubleValue);
    }

    public boolean flag(String name) {
        return optional(name, Boolean.class).orElse(false);
    }

    public JsonObject object(String name) {
        return required(name, optionalObject(name));
    }

    public Optional<JsonObject> optionalObject(String name) {
        return optional(name, JsonObject.class);
    }

    /** The objects of an array member; empty if there is none. */
    public List<JsonObject> objects(String name) {
        return list(name, JsonObject.class);
    }

    /** The strings of an array member; empty if there is none. */
    public List<String> strings(String name) {
        return list(name, String.class);
    }

    /** The whole numbers of an array member; empty if there is none. */
    public List<Long> numbers(String name) {
        return list(name, Long.class);
    }

    private <T> List<T> list(String name, Class<T> type) {
        Object value = members.get(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> elements)) {
            throw new JsonException("member '" + name + "' is not an array");
        }
        List<T> result = new ArrayList<>(elements.size());
        for (Object element : elements) {
            if (!type.isInstance(element)) {
                throw new JsonException("an element of '" + name + "' is not " + word(type));
            }
            result.add(type.cast(element));
        }
        return result;
    }

    private <T> Optional<T> optional(String name, Class<T> type) {
        Object value = members.get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!type.isInstance(value)) {
            throw new JsonException("member '" + name + "' is not " + word(type));
        }
        return Optional.of(type.cast(value));
    }

    /** As JSON calls it. */
    private static String word(Class<?> type) {
        return Map.of(
                        String.class, "a string",
                        Long.class, "a whole number",
                        Number.class, "a number",
                        Boolean.class, "true or false")
                .getOrDefault(type, "an object");
    }

    private static <T> T required(String name, Optional<T> value) {
        return value.orElseThrow(() -> new JsonException("member '" + name + "' is missing"));
    }
}
