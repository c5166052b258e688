package dev.mgit.lineage.architecture;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FormatException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads sizes out of a configuration that may be wrong: null, negative, huge, a fraction or a text. */
public final class ConfigNumbers {
    static final long MAX_LAYERS = 100_000;
    private static final long MAX_SIZE = 1L << 40;
    private static final String HINT = "correct the configuration, or take it away to go by the tensors alone";

    private final JsonObject config;
    private final String where;

    /** @param where what the configuration is called in a message */
    public ConfigNumbers(JsonObject config, String where) {
        this.config = config;
        this.where = where;
    }

    /**
     * The first of several names that has a value. A list of numbers, one for each layer, is none.
     *
     * @throws FormatException if it is no whole number from 0 that a size can be
     */
    public OptionalLong size(String... names) {
        for (String name : names) {
            Object value = config.members().get(name);
            if (value == null || isOfEachLayer(value)) {
                continue;
            }
            boolean whole = value instanceof Long || value instanceof Double real && real == Math.rint(real);
            if (!whole || !(((Number) value).doubleValue() >= 0) || ((Number) value).doubleValue() > MAX_SIZE) {
                throw wrong(name + " is " + text(value) + ", not a size");
            }
            return OptionalLong.of(((Number) value).longValue());
        }
        return OptionalLong.empty();
    }

    private static boolean isOfEachLayer(Object value) {
        return value instanceof List<?> list && !list.isEmpty() && list.stream().allMatch(Number.class::isInstance);
    }

    private static String text(Object value) {
        return value instanceof JsonObject || value instanceof List ? Json.text(value) : value.toString();
    }

    /**
     * The number of layers.
     *
     * @throws FormatException if there are more than any model has
     */
    public OptionalLong layers(String... names) {
        OptionalLong layers = size(names);
        if (layers.orElse(0) > MAX_LAYERS) {
            throw wrong("it has " + layers.getAsLong() + " layers, more than " + MAX_LAYERS);
        }
        return layers;
    }

    long required(String... names) {
        return size(names).orElseThrow(() -> wrong("there is no " + names[0]));
    }

    /** A number that must be finite and above 0. */
    Optional<Double> factor(String name) {
        Object value = config.members().get(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof Number number) || !(number.doubleValue() > 0) || number.doubleValue() > MAX_SIZE) {
            throw wrong(name + " is " + text(value) + ", not a factor");
        }
        return Optional.of(number.doubleValue());
    }

    /** The first of several names that has an object. */
    JsonObject object(String... names) {
        for (String name : names) {
            Object value = config.members().get(name);
            if (value instanceof JsonObject object) {
                return object;
            }
            if (value != null) {
                throw wrong(name + " is " + text(value) + ", not an object");
            }
        }
        throw wrong("there is no " + names[0]);
    }

    boolean flag(String name) {
        Object value = config.members().get(name);
        if (value == null || value instanceof Boolean) {
            return value != null && (Boolean) value;
        }
        throw wrong(name + " is " + text(value) + ", not true or false");
    }

    FormatException wrong(String what) {
        return new FormatException(where + ": " + what, HINT);
    }
}
