package dev.mgit.lineage.architecture;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FormatException;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads sizes out of a configuration that may be wrong: null, negative, huge, a fraction or a text. */
final class ConfigNumbers {
    static final long MAX_LAYERS = 100_000;
    private static final long MAX_SIZE = 1L << 40;
    private static final String HINT = "correct the configuration, or take it away to go by the tensors alone";

    private final JsonObject config;
    private final String where;

    /** @param where what the configuration is called in a message */
    ConfigNumbers(JsonObject config, String where) {
        this.config = config;
        this.where = where;
    }

    /** The first of several names that has a value. */
    OptionalLong size(String... names) {
        for (String name : names) {
            Object value = config.members().get(name);
            if (value == null) {
                continue;
            }
            boolean whole = value instanceof Long || value instanceof Double real && real == Math.rint(real);
            if (!whole || !(((Number) value).doubleValue() >= 0) || ((Number) value).doubleValue() > MAX_SIZE) {
                throw wrong(name + " is " + value + ", not a size");
            }
            return OptionalLong.of(((Number) value).longValue());
        }
        return OptionalLong.empty();
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
            throw wrong(name + " is " + value + ", not a factor");
        }
        return Optional.of(number.doubleValue());
    }

    boolean flag(String name) {
        Object value = config.members().get(name);
        if (value == null || value instanceof Boolean) {
            return value != null && (Boolean) value;
        }
        throw wrong(name + " is " + value + ", not true or false");
    }

    FormatException wrong(String what) {
        return new FormatException(where + ": " + what, HINT);
    }
}
