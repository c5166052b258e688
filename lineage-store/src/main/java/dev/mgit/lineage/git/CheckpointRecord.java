package dev.mgit.lineage.git;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.Packing;
import dev.mgit.lineage.version.Checkpoint;
import dev.mgit.lineage.version.FileEntry;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.NewVersion;
import dev.mgit.lineage.version.ObjectId;
import dev.mgit.lineage.version.VersionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The JSON of a version's record ({@code mgit/version.json}) and of manifests. */
final class CheckpointRecord {
    private static final long SCHEMA = 1;
    /** Manifests in which several ranges are parts of one object. */
    private static final long SCHEMA_PARTS = 2;
    /** Manifests whose tensors are not their ranges. */
    static final long SCHEMA_TENSORS = 3;
    /** Manifests of files that are made of their content. */
    static final long SCHEMA_PACKED = 4;

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

    static Checkpoint read(VersionId version, byte[] bytes) {
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

    static byte[] write(Manifest manifest) {
        var text = new StringBuilder("{\n");
        boolean parts = manifest.entries().stream().anyMatch(entry -> entry.start() > 0);
        boolean packed = !manifest.packing().isEmpty();
        boolean tensors = !manifest.tensorsAreRanges();
        long schema = packed ? SCHEMA_PACKED : tensors ? SCHEMA_TENSORS : parts ? SCHEMA_PARTS : SCHEMA;
        text.append("\"schema\": ").append(schema).append(",\n");
        text.append("\"format\": ").append(Json.text(manifest.format())).append(",\n");
        text.append("\"size\": ").append(manifest.size()).append(",\n");
        text.append("\"sha256\": ").append(Json.text(manifest.sha256())).append(",\n");
        lines(text, "ranges", manifest.entries(), CheckpointRecord::range);
        if (packed) {
            text.append(",\n");
            lines(text, "packed", manifest.packing().streams(), PackedRecord::write);
        }
        if (tensors) {
            text.append(",\n");
            lines(text, "tensors", manifest.tensors(), TensorRecord::write);
        }
        return text.append("}\n").toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    private static <T> void lines(
            StringBuilder text, String name, List<T> list, Function<T, Map<String, Object>> line) {
        text.append('"').append(name).append("\": [");
        String separator = "\n";
        for (T one : list) {
            text.append(separator).append(Json.text(line.apply(one)));
            separator = ",\n";
        }
        text.append("\n]");
    }

    private static Map<String, Object> range(Manifest.Entry entry) {
        var json = new LinkedHashMap<String, Object>();
        entry.tensor().ifPresent(tensor -> {
            json.put("tensor", tensor.name());
            json.put("dtype", tensor.dtype().name());
            json.put("shape", tensor.shape());
        });
        json.put("length", entry.length());
        json.put("object", entry.object().hex());
        if (entry.start() > 0) {
            json.put("start", entry.start());
        }
        return json;
    }

    static Manifest readManifest(String where, byte[] bytes) {
        return parse("manifest of " + where, SCHEMA_PACKED, bytes, json -> {
            var entries = new ArrayList<Manifest.Entry>();
            long offset = 0;
            for (JsonObject range : json.objects("ranges")) {
                long length = range.number("length");
                if (length < 0) {
                    throw new JsonException("a range of " + length + " bytes");
                }
                long start = range.optionalNumber("start").orElse(0L);
                if (start < 0) {
                    throw new JsonException("a range that starts at " + start);
                }
                entries.add(
                        new Manifest.Entry(offset, length, tensor(range), new ObjectId(range.string("object")), start));
                offset = Math.addExact(offset, length);
            }
            Packing packing = PackedRecord.read(json);
            long size = packing.fileSize(offset);
            if (size != json.number("size")) {
                throw new JsonException("ranges make " + size + " bytes of " + json.number("size"));
            }
            String format = json.string("format");
            String sha256 = json.string("sha256");
            Manifest ranges = new Manifest(format, offset, sha256, entries);
            List<Manifest.Tensor> tensors =
                    json.has("tensors") ? TensorRecord.read(json.objects("tensors"), offset) : ranges.tensors();
            return new Manifest(format, size, sha256, entries, tensors, packing);
        });
    }

    private static Optional<TensorSpec> tensor(JsonObject range) {
        return range.optionalString("tensor").map(name -> TensorRecord.spec(name, range));
    }

    private interface Parser<T> {
        T read(JsonObject json);
    }

    private static <T> T parse(String what, long newest, byte[] bytes, Parser<T> parser) {
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
