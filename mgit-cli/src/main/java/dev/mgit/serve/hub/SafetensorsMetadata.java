package dev.mgit.serve.hub;

import dev.mgit.delta.format.safetensors.SafetensorsHeader;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Model;
import dev.mgit.lineage.version.VersionId;
import dev.mgit.serve.http.HttpError;
import dev.mgit.serve.http.Reply;
import dev.mgit.serve.http.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The headers of a sharded model in one answer. */
final class SafetensorsMetadata {
    private final HubModels models;
    private final HubFiles files;

    SafetensorsMetadata(HubModels models, HubFiles files) {
        this.models = models;
        this.files = files;
    }

    /** {@code GET /api/models/ID/safetensors-metadata/INDEX} */
    Reply show(Request request) throws IOException {
        Model model = models.model(request.part("id"));
        VersionId version = model.head();
        String path = request.part("path");
        try {
            JsonObject index = Json.parseObject(whole(version, entry(version, path)));
            JsonObject map = index.object("weight_map");
            Map<String, Object> headers = new LinkedHashMap<>();
            String folder = path.substring(0, path.lastIndexOf('/') + 1);
            for (String shard : new TreeSet<>(
                    map.members().values().stream().map(String::valueOf).toList())) {
                headers.put(shard, header(version, entry(version, folder + shard)));
            }
            Map<String, @Nullable Object> kept = new LinkedHashMap<>(index.members());
            kept.remove("weight_map"); // the headers say the same
            return Reply.json(Map.of("index", kept, "headers", headers)).with(Map.of("X-Repo-Commit", version.hex()));
        } catch (JsonException e) {
            throw new HttpError(400, "'" + path + "' does not list the shards of a model: " + e.getMessage());
        }
    }

    private HubEntry entry(VersionId version, String path) {
        return models.tree(version).file(path).orElseThrow(() -> HubErrors.noEntry(version, path));
    }

    private byte[] whole(VersionId version, HubEntry file) throws IOException {
        if (file.size() > SafetensorsHeader.MAX_JSON) {
            throw new HttpError(400, "'" + file.path() + "' is too large for an index");
        }
        return files.start(version, file, (int) file.size());
    }

    private JsonObject header(VersionId version, HubEntry shard) throws IOException {
        byte[] start = files.start(version, shard, Long.BYTES);
        long length = start.length < Long.BYTES
                ? -1
                : ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 0 || length > SafetensorsHeader.MAX_JSON || length > shard.size() - Long.BYTES) {
            throw new HttpError(400, "'" + shard.path() + "' is not a safetensors file");
        }
        byte[] bytes = files.start(version, shard, Long.BYTES + (int) length);
        byte[] json = Arrays.copyOfRange(bytes, Long.BYTES, bytes.length);
        return Json.parseObject(json);
    }
}
