package dev.mgit.hooks.cost;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.cost.RuntimeFit.Measurement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads measured runtimes: CSV with a heading, or a JSON array of objects; columns prompt, output, seconds. */
public final class Measurements {
    private static final int MOST = 1_000_000;

    private Measurements() {}

    /** @throws MgitException naming the line that cannot be */
    public static List<Measurement> read(Path file) throws IOException {
        byte[] bytes = ProfileFile.bytes(file);
        try {
            String text = new String(bytes, StandardCharsets.UTF_8).strip();
            List<Measurement> all = text.startsWith("[") ? json(bytes) : csv(text);
            if (all.isEmpty() || all.size() > MOST) {
                throw new JsonException("it has " + all.size() + " measurements");
            }
            return all;
        } catch (JsonException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "cannot read the measurements '" + file + "': " + e.getMessage(),
                    "write CSV with the heading prompt,output,seconds, or a JSON array of such objects",
                    e);
        }
    }

    private static List<Measurement> json(byte[] bytes) {
        if (!(Json.parsePython(bytes) instanceof List<?> list)) {
            throw new JsonException("not an array");
        }
        List<Measurement> all = new ArrayList<>();
        for (JsonObject one : new JsonObject(Map.of("list", list)).objects("list")) {
            all.add(measurement(
                    "measurement " + (all.size() + 1),
                    one.number("prompt"),
                    one.number("output"),
                    one.optionalReal("seconds").orElse(Double.NaN)));
        }
        return all;
    }

    private static List<Measurement> csv(String text) {
        List<String> lines = text.lines().toList();
        List<String> heading = cells(lines.get(0));
        int prompt = heading.indexOf("prompt");
        int output = heading.indexOf("output");
        int seconds = heading.indexOf("seconds");
        if (prompt < 0 || output < 0 || seconds < 0) {
            throw new JsonException("the heading is '" + lines.get(0) + "'");
        }
        List<Measurement> all = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            List<String> cells = cells(lines.get(i));
            String where = "line " + (i + 1);
            if (cells.size() != heading.size()) {
                throw new JsonException(where + " has " + cells.size() + " cells");
            }
            try {
                all.add(measurement(
                        where,
                        Long.parseLong(cells.get(prompt)),
                        Long.parseLong(cells.get(output)),
                        Double.parseDouble(cells.get(seconds))));
            } catch (NumberFormatException e) {
                throw new JsonException(where + " has a cell that is no number");
            }
        }
        return all;
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
    }

    private static Measurement measurement(String where, long prompt, long output, double seconds) {
        if (prompt < 1 || output < 1 || prompt > RequestCost.MOST_TOKENS || output > RequestCost.MOST_TOKENS) {
            throw new JsonException(where + " says " + prompt + " tokens of prompt and " + output + " of output");
        }
        return new Measurement(prompt, output, RuntimeProfile.seconds(where, seconds));
    }
}
