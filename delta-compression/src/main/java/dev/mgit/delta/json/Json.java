package dev.mgit.delta.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.ByteArrayOutputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON into {@link JsonObject}s, lists, strings, longs, doubles, booleans and nulls, and writes the same.
 * Duplicate keys, trailing text and deep nesting are refused.
 */
public final class Json {
    private static final int MAX_NESTING = 200;
    private static final int MAX_TEXT = 64 << 20;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxStringLength(MAX_TEXT)
                    .build())
            .build();

    /** What the parser says of its own options, which are no concern of who wrote the JSON. */
    private static final Pattern OPTIONS =
            Pattern.compile("[:,] (enable|from) `[^`]*`( to allow)?|(?<=\\[)Source: [^;\\]]*; |: was expecting \\(.*");

    /** In these maps, the order of keys is another in each process. */
    private static final Class<?> UNORDERED = Map.of(1, 1, 2, 2).getClass();

    private Json() {}

    /** @throws JsonException if the bytes are not one JSON value */
    public static @Nullable Object parse(byte[] bytes) {
        return parse(bytes, false);
    }

    /**
     * Reads an object in which numbers may be as Python's {@code json.dump} writes them: {@code NaN}, {@code Infinity},
     * {@code -Infinity}, and integers of any size, all as doubles.
     *
     * @throws JsonException if the bytes are not one such object
     */
    public static JsonObject parsePythonObject(byte[] bytes) {
        return object(parsePython(bytes));
    }

    /** The same for any value. */
    public static @Nullable Object parsePython(byte[] bytes) {
        return parse(bytes, true);
    }

    /** The same for an array of objects. */
    public static List<JsonObject> parsePythonObjects(byte[] bytes) {
        if (!(parsePython(bytes) instanceof List<?> elements)) {
            throw new JsonException("not an array");
        }
        List<JsonObject> objects = new ArrayList<>();
        for (Object element : elements) {
            if (!(element instanceof JsonObject object)) {
                throw new JsonException("element " + objects.size() + " of the array is not an object");
            }
            objects.add(object);
        }
        return objects;
    }

    private static @Nullable Object parse(byte[] bytes, boolean python) {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            parser.configure(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.mappedFeature(), python);
            JsonToken first = parser.nextToken();
            if (first == null) {
                throw new JsonException("empty");
            }
            Object value = value(parser, first);
            if (parser.nextToken() != null) {
                throw new JsonException("text after the end");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw new JsonException("values nested deeper than " + MAX_NESTING + ", or a text longer than "
                    + (MAX_TEXT >> 20) + " MiB");
        } catch (JsonProcessingException e) {
            throw new JsonException(OPTIONS.matcher(e.getOriginalMessage()).replaceAll(""));
        } catch (CharConversionException e) {
            throw new JsonException("not text in UTF-8"); // zeros are taken for another encoding
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @throws JsonException if the bytes are not one JSON object */
    public static JsonObject parseObject(byte[] bytes) {
        return object(parse(bytes));
    }

    private static JsonObject object(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new JsonException("not an object");
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> integer(parser);
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new JsonException("unexpected " + token);
        };
    }

    private static Object integer(JsonParser parser) throws IOException {
        if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            if (parser.isEnabled(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS.mappedFeature())) {
                return parser.getDoubleValue();
            }
            throw new JsonException("number out of range: " + parser.getText());
        }
        return parser.getLongValue();
    }

    private static JsonObject object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        String name;
        while ((name = parser.nextFieldName()) != null) {
            members.put(name, value(parser, parser.nextToken()));
        }
        return new JsonObject(members);
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> elements = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            elements.add(value(parser, token));
        }
        return elements;
    }

    /** Compact UTF-8 JSON. Maps keep their order, those of {@link Map#of} are sorted; numbers that are not finite become null. */
    public static byte[] bytes(@Nullable Object value) {
        return write(value, false);
    }

    /** JSON for people and for line-by-line diffs: one array element or member a line. */
    public static byte[] pretty(@Nullable Object value) {
        return write(value, true);
    }

    public static String text(@Nullable Object value) {
        return new String(bytes(value), StandardCharsets.UTF_8);
    }

    /** Writes pretty JSON and a line end to a stream, which stays open. */
    public static void print(@Nullable Object value, OutputStream out) throws IOException {
        out.write(pretty(value));
        out.write('\n');
        out.flush();
    }

    private static byte[] write(@Nullable Object value, boolean indent) {
        var out = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            if (indent) {
                var printer = new DefaultPrettyPrinter(
                        Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER));
                printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
                generator.setPrettyPrinter(printer);
            }
            write(generator, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
        if (value == null) {
            generator.writeNull();
        } else if (value instanceof String string) {
            generator.writeString(string);
        } else if (value instanceof Boolean bool) {
            generator.writeBoolean(bool);
        } else if (value instanceof Integer || value instanceof Long) {
            generator.writeNumber(((Number) value).longValue());
        } else if (value instanceof Number number) {
            writeReal(generator, number.doubleValue());
        } else if (value instanceof JsonObject object) {
            write(generator, object.members());
        } else if (value instanceof Map<?, ?> map) {
            generator.writeStartObject();
            for (Map.Entry<?, ?> member : ordered(map).entrySet()) {
                generator.writeFieldName(String.valueOf(member.getKey()));
                write(generator, member.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof Iterable<?> elements) {
            generator.writeStartArray();
            for (Object element : elements) {
                write(generator, element);
            }
            generator.writeEndArray();
        } else {
            generator.writeString(value.toString());
        }
    }

    /** A map as it is written: that of {@link Map#of} sorted, which has another order in each process. */
    public static <K, V> Map<K, V> ordered(Map<K, V> map) {
        return UNORDERED.isInstance(map) ? new TreeMap<>(map) : map;
    }

    private static void writeReal(JsonGenerator generator, double number) throws IOException {
        if (Double.isFinite(number)) {
            generator.writeNumber(number);
        } else {
            generator.writeNull();
        }
    }
}
