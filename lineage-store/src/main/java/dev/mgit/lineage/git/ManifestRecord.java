package dev.mgit.lineage.git;

import dev.mgit.delta.TensorSpec;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.FormatException;
import dev.mgit.delta.layout.LayoutBuilder;
import dev.mgit.delta.layout.Packing;
import dev.mgit.lineage.version.Manifest;
import dev.mgit.lineage.version.ObjectId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The JSON of manifests. One too long for Git hosts has its lists in {@linkplain ManifestParts parts} beside it.
 */
final class ManifestRecord {
    private static final long SCHEMA = 1;
    /** Several ranges are parts of one object. */
    private static final long SCHEMA_STARTS = 2;
    /** The tensors are not the ranges. */
    private static final long SCHEMA_TENSORS = 3;
    /** The lists are in parts, or the file is made of its content. */
    static final long SCHEMA_PARTS = 4;
    /** Parts of the file are bytes escaped as text, or tensors lie in pieces. */
    static final long SCHEMA_NEWEST = 5;

    private static final String RANGES = "ranges";
    private static final String PACKED = "packed";
    private static final String TENSORS = "tensors";

    /** Hosts recommend that no file has more than 1 MB. */
    private static final int MOST = 1_000_000;

    private final byte[] head;
    private final Map<String, byte[]> parts;

    private ManifestRecord(byte[] head, Map<String, byte[]> parts) {
        this.head = head;
        this.parts = parts;
    }

    /** The manifest, or what is left of it without its lists. */
    byte[] head() {
        return head;
    }

    /** By name. */
    Map<String, byte[]> parts() {
        return parts;
    }

    static ManifestRecord of(Manifest manifest) {
        Map<String, Lines> lists = lists(manifest);
        long total = lists.values().stream()
                .mapToLong(list -> ManifestParts.bytes(list.json()))
                .sum();
        if (total > MOST) {
            return split(manifest, lists);
        }
        StringBuilder text = head(manifest, schema(manifest, lists));
        lists.forEach((name, list) -> text.append(",\n").append(ManifestParts.list(name, list.json())));
        return new ManifestRecord(bytes(text.append("}\n")), Map.of());
    }

    private static long schema(Manifest manifest, Map<String, Lines> lists) {
        if (manifest.packing().isEscaped() || TensorRecord.hasPieces(manifest.tensors())) {
            return SCHEMA_NEWEST;
        }
        if (lists.containsKey(PACKED)) {
            return SCHEMA_PARTS;
        }
        boolean starts = manifest.entries().stream().anyMatch(entry -> entry.start() > 0);
        return lists.containsKey(TENSORS) ? SCHEMA_TENSORS : starts ? SCHEMA_STARTS : SCHEMA;
    }

    /**
     * A list of a manifest.
     *
     * @param json each element
     * @param names of the elements, by which it is cut
     */
    private record Lines(List<String> json, List<String> names) {}

    private static Map<String, Lines> lists(Manifest manifest) {
        Map<String, Lines> lists = new LinkedHashMap<>();
        lists.put(
                RANGES,
                new Lines(
                        manifest.entries().stream()
                                .map(entry -> Json.text(range(entry)))
                                .toList(),
                        manifest.entries().stream()
                                .map(entry ->
                                        entry.tensor().map(TensorSpec::name).orElse(String.valueOf(entry.length())))
                                .toList()));
        if (!manifest.packing().isEmpty()) {
            List<String> streams = manifest.packing().streams().stream()
                    .map(stream -> Json.text(PackedRecord.write(stream)))
                    .toList();
            lists.put(PACKED, new Lines(streams, streams));
        }
        if (!manifest.tensorsAreRanges()) {
            lists.put(
                    TENSORS,
                    new Lines(
                            manifest.tensors().stream()
                                    .map(tensor -> Json.text(TensorRecord.write(tensor)))
                                    .toList(),
                            manifest.tensors().stream()
                                    .map(Manifest.Tensor::name)
                                    .toList()));
        }
        return lists;
    }

    private static ManifestRecord split(Manifest manifest, Map<String, Lines> lists) {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        Map<String, Object> counts = new LinkedHashMap<>();
        lists.forEach(
                (name, list) -> counts.put(name, ManifestParts.cut(name, list.json(), list.names(), MOST, parts)));
        StringBuilder text = head(manifest, Math.max(SCHEMA_PARTS, schema(manifest, lists)));
        text.append(",\n\"parts\": ").append(Json.text(counts)).append("\n}\n");
        return new ManifestRecord(bytes(text), parts);
    }

    private static StringBuilder head(Manifest manifest, long schema) {
        return new StringBuilder("{\n")
                .append("\"schema\": ")
                .append(schema)
                .append(",\n\"format\": ")
                .append(Json.text(manifest.format()))
                .append(",\n\"size\": ")
                .append(manifest.size())
                .append(",\n\"sha256\": ")
                .append(Json.text(manifest.sha256()));
    }

    private static byte[] bytes(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
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

    /** Finds a part by its name. */
    interface Parts {
        byte[] read(String name) throws IOException;
    }

    static Manifest read(String where, byte[] head, Parts parts) throws IOException {
        String what = "manifest of " + where;
        return CheckpointRecord.parse(what, SCHEMA_NEWEST, head, json -> {
            Optional<JsonObject> counts = json.optionalObject("parts");
            List<Manifest.Entry> entries = entries(list(what, json, counts, RANGES, parts));
            long content =
                    entries.isEmpty() ? 0 : entries.get(entries.size() - 1).end();
            Packing packing = PackedRecord.read(list(what, json, counts, PACKED, parts));
            long size = packing.fileSize(content);
            if (size != json.number("size")) {
                throw new JsonException("ranges make " + size + " bytes of " + json.number("size"));
            }
            String format = json.string("format");
            String sha256 = json.string("sha256");
            List<Manifest.Tensor> tensors = counts.orElse(json).has(TENSORS)
                    ? TensorRecord.read(list(what, json, counts, TENSORS, parts), content)
                    : new Manifest(format, content, sha256, entries).tensors();
            return new Manifest(format, size, sha256, entries, tensors, packing);
        });
    }

    /** How many parts each list of a manifest is cut into; empty where it is whole. */
    static Map<String, Long> partCounts(String where, byte[] head) throws IOException {
        return CheckpointRecord.parse("manifest of " + where, SCHEMA_NEWEST, head, json -> {
            Map<String, Long> counts = new LinkedHashMap<>();
            Optional<JsonObject> parts = json.optionalObject("parts");
            for (String list : List.of(RANGES, PACKED, TENSORS)) {
                if (parts.isPresent() && parts.get().has(list)) {
                    counts.put(list, parts.get().number(list));
                }
            }
            return counts;
        });
    }

    private static List<JsonObject> list(
            String what, JsonObject head, Optional<JsonObject> counts, String list, Parts parts) throws IOException {
        if (list.equals(PACKED) && !counts.orElse(head).has(list)) {
            return List.of(); // few files have such streams
        }
        if (counts.isEmpty()) {
            return head.objects(list);
        }
        List<JsonObject> all = new ArrayList<>();
        for (long i = 0; i < counts.get().number(list); i++) {
            String name = ManifestParts.name(list, i);
            byte[] part = parts.read(name);
            all.addAll(CheckpointRecord.parse(name + " of " + what, SCHEMA_PARTS, part, json -> json.objects(list)));
        }
        return all;
    }

    private static List<Manifest.Entry> entries(List<JsonObject> ranges) {
        List<Manifest.Entry> entries = new ArrayList<>(ranges.size());
        long offset = 0;
        for (JsonObject range : ranges) {
            long length = range.number("length");
            if (length < 0) {
                throw new JsonException("a range of " + length + " bytes");
            }
            long start = range.optionalNumber("start").orElse(0L);
            if (start < 0) {
                throw new JsonException("a range that starts at " + start);
            }
            Optional<TensorSpec> tensor =
                    range.optionalString("tensor").map(name -> filling(TensorRecord.spec(name, range), length));
            entries.add(new Manifest.Entry(offset, length, tensor, new ObjectId(range.string("object")), start));
            offset = Math.addExact(offset, length);
        }
        return entries;
    }

    /** A tensor that is as long as its range; what it shows would be others' bytes where it is not. */
    private static TensorSpec filling(TensorSpec spec, long length) {
        try {
            if (LayoutBuilder.checkedLength(spec) != length) {
                throw new JsonException("tensor " + spec.name() + " of dtype " + spec.dtype() + " and shape "
                        + spec.shape() + " does not have " + length + " bytes");
            }
            return spec;
        } catch (FormatException e) {
            throw new JsonException(e.getMessage());
        }
    }
}
