package dev.mgit.lineage.query;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A condition on a recorded test metric, such as {@code accuracy>=0.9}. */
public record MetricCondition(String metric, Comparison comparison, double value) {
    private static final Pattern CONDITION = Pattern.compile("\\s*(.+?)\\s*(<=|>=|!=|==|=|<|>)\\s*([^<>=!]+?)\\s*");

    /** How a recorded value is compared with the wanted one. */
    public enum Comparison {
        LESS,
        LESS_OR_EQUAL,
        EQUAL,
        NOT_EQUAL,
        GREATER_OR_EQUAL,
        GREATER;

        private static Comparison of(String sign) {
            return switch (sign) {
                case "<" -> LESS;
                case "<=" -> LESS_OR_EQUAL;
                case "!=" -> NOT_EQUAL;
                case ">=" -> GREATER_OR_EQUAL;
                case ">" -> GREATER;
                default -> EQUAL;
            };
        }
    }

    /** @throws MgitException of kind USAGE if the text is not {@code NAME SIGN NUMBER} */
    public static MetricCondition parse(String text) {
        Matcher parts = CONDITION.matcher(text);
        try {
            if (parts.matches()) {
                return new MetricCondition(
                        parts.group(1), Comparison.of(parts.group(2)), Double.parseDouble(parts.group(3)));
            }
        } catch (NumberFormatException e) {
            // said below, like any other text that is no condition
        }
        throw new MgitException(
                MgitException.Kind.USAGE, "'" + text + "' is not a condition on a metric", "write it as accuracy>=0.9");
    }

    /** True if the latest value recorded in a note of test results fulfils the condition. */
    boolean test(byte[] note) {
        return latest(note).filter(this::holds).isPresent();
    }

    private boolean holds(double recorded) {
        return switch (comparison) {
            case LESS -> recorded < value;
            case LESS_OR_EQUAL -> recorded <= value;
            case EQUAL -> recorded == value;
            case NOT_EQUAL -> recorded != value;
            case GREATER_OR_EQUAL -> recorded >= value;
            case GREATER -> recorded > value;
        };
    }

    /** A note is one JSON value or one a line; the last {@code "metrics":{NAME:number}} in it counts. */
    private Optional<Double> latest(byte[] note) {
        try {
            return latest(Json.parse(note));
        } catch (JsonException whole) {
            return latestByLine(note);
        }
    }

    private Optional<Double> latestByLine(byte[] note) {
        Optional<Double> latest = Optional.empty();
        for (String line : new String(note, StandardCharsets.UTF_8).split("\n")) {
            try {
                Optional<Double> found = latest(Json.parse(line.getBytes(StandardCharsets.UTF_8)));
                latest = found.isPresent() ? found : latest;
            } catch (JsonException e) {
                // a line that is no result holds no value
            }
        }
        return latest;
    }

    private Optional<Double> latest(@Nullable Object json) {
        Optional<Double> latest = Optional.empty();
        if (json instanceof JsonObject object) {
            Object metrics = object.members().get("metrics");
            if (metrics instanceof JsonObject values && values.members().get(metric) instanceof Number number) {
                latest = Optional.of(number.doubleValue());
            }
            for (Object member : object.members().values()) {
                Optional<Double> inner = latest(member);
                latest = inner.isPresent() ? inner : latest;
            }
        } else if (json instanceof Iterable<?> elements) {
            for (Object element : elements) {
                Optional<Double> inner = latest(element);
                latest = inner.isPresent() ? inner : latest;
            }
        }
        return latest;
    }
}
