package dev.mgit.lineage.remote;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.git.GitExchange;
import dev.mgit.lineage.version.VersionId;
import java.util.LinkedHashMap;
import java.util.Optional;

/** What a lineage says of the store its parameters lie in, so that who clones it need not know. */
final class StoreRecord {
    static final String PATH = "store.json";

    private StoreRecord() {}

    static VersionId write(GitExchange here, String store) {
        var json = new LinkedHashMap<String, Object>();
        json.put("schema", 1);
        json.put("store", store);
        return here.parcels().record(PATH, Json.pretty(json));
    }

    /** Empty where the record cannot be understood. */
    static Optional<String> read(GitExchange here, VersionId commit) {
        return here.parcels().file(commit, PATH).flatMap(content -> {
            try {
                JsonObject json = Json.parseObject(content);
                return json.optionalString("store");
            } catch (JsonException e) {
                return Optional.empty();
            }
        });
    }
}
