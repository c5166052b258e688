package dev.mgit.hooks.cost;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.NumberTable;
import dev.mgit.hooks.cost.RuntimeFit.Measurement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
        } catch (JsonException | IllegalArgumentException e) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "cannot read the measurements '" + file + "': " + e.getMessage(),
                    "write CSV with the heading prompt,output,seconds, or a JSON array of such objects",
                    e);
        }
    }

    private static List<Measurement> json(byte[] bytes) {
        List<Measurement> all = new ArrayList<>();
        for (JsonObject one : Json.parsePythonObjects(bytes)) {
            all.add(measurement(
                    "measurement " + (all.size() + 1),
                    one.number("prompt"),
                    one.number("output"),
                    one.members().get("seconds")));
        }
        return all;
    }

    private static List<Measurement> csv(String text) {
        return NumberTable.parse(text, "prompt", "output", "seconds").rows().stream()
                .map(row -> measurement(row.where(), row.whole("prompt"), row.whole("output"), row.real("seconds")))
                .toList();
    }

    private static Measurement measurement(String where, long prompt, long output, @Nullable Object seconds) {
        if (prompt < 1 || output < 1 || prompt > RequestCost.MOST_TOKENS || output > RequestCost.MOST_TOKENS) {
            throw new JsonException(where + " says " + prompt + " tokens of prompt and " + output + " of output");
        }
        return new Measurement(prompt, output, RuntimeProfile.seconds(where, seconds));
    }
}
