package dev.mgit.lineage.git;

import dev.mgit.delta.deflate.DeflateSettings;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.PackedStream;
import dev.mgit.delta.layout.Packing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON of the deflate streams of a manifest. */
final class PackedRecord {
    private static final String MEMBER = "packed";
    private static final String CODER = "deflate";

    private PackedRecord() {}

    static Map<String, Object> write(PackedStream stream) {
        var json = new LinkedHashMap<String, Object>();
        json.put("offset", stream.offset());
        json.put("length", stream.length());
        json.put(MEMBER, stream.packedLength());
        json.put("coder", CODER);
        json.put("level", stream.settings().level());
        json.put("memory", stream.settings().memory());
        return json;
    }

    /**
     * @param list the streams; empty for a file that is stored as it is
     * @throws JsonException if one is of an unknown kind
     * @throws IllegalArgumentException if they do not lie one after the other
     */
    static Packing read(List<JsonObject> list) {
        List<PackedStream> streams = new ArrayList<>();
        for (JsonObject stream : list) {
            if (!stream.string("coder").equals(CODER)) {
                throw new JsonException("unknown coder '" + stream.string("coder") + "'");
            }
            streams.add(new PackedStream(
                    stream.number("offset"),
                    stream.number("length"),
                    stream.number(MEMBER),
                    new DeflateSettings(
                            Math.toIntExact(stream.number("level")), Math.toIntExact(stream.number("memory")))));
        }
        return streams.isEmpty() ? Packing.NONE : new Packing(streams);
    }
}
