package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.VersionId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a commit noticed about the files it keeps, for whoever looks at the version later. Nothing depends on it.
 *
 * @param opaque files of models that no reader understands and that are kept as bytes, by path, with what is beyond the
 *     readers
 * @param missing what a complete checkpoint would have besides, a sentence each
 */
public record Findings(Map<String, String> opaque, List<String> missing) {
    /** The record's name in a version's tree. */
    static final String RECORD = "findings.json";

    public static final Findings NONE = new Findings(Map.of(), List.of());

    private static final long SCHEMA = 1;

    public Findings {
        opaque = new TreeMap<>(opaque);
        missing = List.copyOf(missing);
    }

    /**
     * What a commit of a file or folder would notice.
     *
     * @param weightsOnly whether it would leave training state out
     * @throws dev.mgit.delta.MgitException if it would refuse them
     */
    public static Findings in(Path path, boolean weightsOnly) throws IOException {
        return CheckpointFiles.read(path, weightsOnly).findings();
    }

    /** What was noticed when a version was committed; nothing if that is not known. */
    public static Findings of(Lineage lineage, VersionId version) {
        return lineage.extra(version, RECORD).flatMap(Findings::parse).orElse(NONE);
    }

    boolean isEmpty() {
        return opaque.isEmpty() && missing.isEmpty();
    }

    byte[] toJson() {
        var json = new LinkedHashMap<String, Object>();
        json.put("schema", SCHEMA);
        var files = new ArrayList<Map<String, Object>>();
        opaque.forEach((path, reason) -> {
            var file = new LinkedHashMap<String, Object>();
            file.put("path", path);
            file.put("reason", reason);
            files.add(file);
        });
        json.put("opaque", files);
        json.put("missing", missing);
        return Json.pretty(json);
    }

    private static Optional<Findings> parse(byte[] bytes) {
        try {
            JsonObject json = Json.parseObject(bytes);
            Map<String, String> opaque = new TreeMap<>();
            json.objects("opaque").forEach(file -> opaque.put(file.string("path"), file.string("reason")));
            return Optional.of(new Findings(opaque, json.strings("missing")));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }
}
