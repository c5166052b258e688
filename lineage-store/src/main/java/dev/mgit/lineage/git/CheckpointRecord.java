package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The JSON of a version's record ({@code mgit/version.json}). */
final class CheckpointRecord {
    private static final long SCHEMA = 1;

    private CheckpointRecord() {}

    static byte[] write(NewVersion version) {
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("schema", SCHEMA);
        json.put("model", version.model());
        version.lossy().ifPresent(bound -> json.put("lossy", bound));
        json.put("files", version.files().stream().map(CheckpointRecord::file).toList());
        if (!version.folders().isEmpty()) {
            json.put("folders", version.folders());
        }
        if (!version.ignored().isEmpty()) {
            json.put("ignored", version.ignored());
        }
        return Json.pretty(json);
    }

    private static Map<String, Object> file(FileEntry file) {
        var json = new LinkedHashMap<String, Object>();
        json.put("path", file.path());
        json.put("size", file.size());
        json.put("stored", file.stored() == FileEntry.Storage.VERBATIM ? "verbatim" : "parameters");
        if (file.executable()) {
            json.put("executable", true);
        }
        return json;
    }

    static Checkpoint read(VersionId version, byte[] bytes) throws IOException {
        return parse("record of version " + version.abbreviated(), SCHEMA, bytes, json -> {
            var files = new ArrayList<FileEntry>();
            for (JsonObject file : json.objects("files")) {
                var stored = switch (file.string("stored")) {
                    case "verbatim" -> FileEntry.Storage.VERBATIM;
                    case "parameters" -> FileEntry.Storage.PARAMETERS;
                    default -> throw new JsonException("unknown place '" + file.string("stored") + "'");
                };
                files.add(new FileEntry(file.string("path"), file.number("size"), file.flag("executable"), stored));
            }
            return new Checkpoint(
                    version, files, json.strings("folders"), json.strings("ignored"), json.optionalReal("lossy"));
        });
    }

    /** Reads JSON of a schema it knows. */
    interface Parser<T> {
        T read(JsonObject json) throws IOException;
    }

    /**
     * Parses what mgit wrote.
     *
     * @throws MgitException of kind FAILED if a newer mgit did, of kind INTEGRITY if it is damaged
     */
    static <T> T parse(String what, long newest, byte[] bytes, Parser<T> parser) throws IOException {
        try {
            JsonObject json = Json.parseObject(bytes);
            long schema = json.number("schema");
            if (schema > newest) {
                throw new MgitException(
                        MgitException.Kind.FAILED,
                        "the " + what + " has schema " + schema + ", this mgit reads up to " + newest,
                        "use a newer mgit");
            }
            return parser.read(json);
        } catch (JsonException | IllegalArgumentException | ArithmeticException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY, "the " + what + " is damaged: " + e.getMessage(), null, e);
        }
    }
}
