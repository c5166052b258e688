package dev.mgit.hooks.eval;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A file that a harness wrote, read with suspicion: size, form, and numbers that are none. */
final class RunFile {
    /** HELM's largest per_instance_stats.json are some hundred megabytes; those need the figures only. */
    static final long MOST_BYTES = 64L << 20;

    private RunFile() {}

    static JsonObject object(Path file) throws IOException {
        return read(file, Json::parsePythonObject);
    }

    /** A file that is one array of objects. */
    static List<JsonObject> objects(Path file) throws IOException {
        return read(file, Json::parsePythonObjects);
    }

    private static <T> T read(Path file, Function<byte[], T> parser) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw bad(file, "no such file");
        }
        if (Files.size(file) > MOST_BYTES) {
            throw bad(file, "larger than " + (MOST_BYTES >> 20) + " MiB");
        }
        try {
            return parser.apply(Files.readAllBytes(file));
        } catch (JsonException e) {
            throw bad(file, "cannot be read: " + e.getMessage());
        }
    }

    /**
     * Whether there is a file beside the figures that is not too large to read; without it they stand alone.
     *
     * @throws MgitException if there is something else of its name
     */
    static boolean isBeside(Path file, long mostBytes) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw bad(file, "not a file");
        }
        return Files.exists(file) && Files.size(file) <= mostBytes;
    }

    /** Runs a reader of a file's JSON; what it finds wrong is said of the file. */
    static <T> T within(Path file, java.util.concurrent.Callable<T> reader) throws IOException {
        try {
            return reader.call();
        } catch (JsonException e) {
            throw bad(file, String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static MgitException bad(Path file, String what) {
        return new MgitException(
                MgitException.Kind.FAILED,
                "'" + file + "': " + what,
                "import the folder as the harness wrote it, or run the evaluation again");
    }

    /** A metric's value: finite, and of a size that a measurement can have. */
    static double number(String metric, Object value) {
        double number = value instanceof Boolean flag ? (flag ? 1 : 0) : ((Number) value).doubleValue();
        if (!Double.isFinite(number)) {
            throw new JsonException("says that " + metric + " is " + number);
        }
        if (Math.abs(number) > 1e300) {
            throw new JsonException("says that " + metric + " is " + number + ", which no measurement is");
        }
        return number;
    }

    /** All fields below an object by their path, {@code adapter_spec.max_tokens}, as JSON text. */
    static Map<String, String> fields(JsonObject json) {
        Map<String, String> fields = new TreeMap<>();
        flatten("", json, fields);
        return fields;
    }

    private static void flatten(String path, @Nullable Object value, Map<String, String> fields) {
        if (value instanceof JsonObject object && !object.members().isEmpty()) {
            object.members()
                    .forEach((name, inner) -> flatten(path.isEmpty() ? name : path + "." + name, inner, fields));
        } else if (value instanceof List<?> list && list.stream().anyMatch(JsonObject.class::isInstance)) {
            List<?> elements = new ArrayList<>(list);
            for (int i = 0; i < elements.size(); i++) {
                flatten(path + "[" + i + "]", elements.get(i), fields);
            }
        } else if (value != null) {
            fields.put(path, Json.text(value));
        }
    }
}
