package dev.mgit.lineage.version;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Notes of one JSON object a line, so that a line-wise union of two people's notes is again a note. */
final class NoteLines {
    private NoteLines() {}

    /**
     * Reads a note.
     *
     * @param what it is a note of
     * @throws MgitException of kind INTEGRITY, naming the line, if a line cannot be understood
     */
    static <T> List<T> parse(byte[] content, String what, Function<JsonObject, T> reader) {
        List<T> entries = new ArrayList<>();
        String[] lines = new String(content, StandardCharsets.UTF_8).split("\n");
        for (int i = 0; i < lines.length; i++) {
            if (!lines[i].isBlank()) {
                try {
                    entries.add(reader.apply(Json.parseObject(lines[i].getBytes(StandardCharsets.UTF_8))));
                } catch (JsonException | DateTimeException | IllegalArgumentException | MgitException e) {
                    String message =
                            "line " + (i + 1) + " of a note of " + what + " cannot be parsed: " + e.getMessage();
                    throw new MgitException(MgitException.Kind.INTEGRITY, message, null, e);
                }
            }
        }
        return entries;
    }

    static <T> byte[] format(List<T> entries, Function<T, Map<String, String>> writer) {
        StringBuilder out = new StringBuilder();
        entries.forEach(entry -> out.append(Json.text(writer.apply(entry))).append('\n'));
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
