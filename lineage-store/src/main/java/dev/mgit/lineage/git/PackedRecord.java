package dev.mgit.lineage.git;

import dev.mgit.delta.deflate.DeflateSettings;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.delta.layout.ByteEscapes;
import dev.mgit.delta.layout.DeflateCoder;
import dev.mgit.delta.layout.PackedStream;
import dev.mgit.delta.layout.Packing;
import dev.mgit.delta.layout.StreamCoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON of the streams of a manifest that stand for other bytes. */
final class PackedRecord {
    private static final String MEMBER = "packed";
    private static final String CODER = "coder";
    private static final String DEFLATE = "deflate";

    private PackedRecord() {}

    static Map<String, Object> write(PackedStream stream) {
        var json = new LinkedHashMap<String, Object>();
        json.put("offset", stream.offset());
        json.put("length", stream.length());
        json.put(MEMBER, stream.packedLength());
        if (stream.coder() instanceof DeflateCoder deflate) {
            json.put(CODER, DEFLATE);
            json.put("level", deflate.settings().level());
            json.put("memory", deflate.settings().memory());
        } else if (stream.coder() instanceof ByteEscapes escapes) {
            json.put(CODER, escapes.label());
        }
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
            streams.add(new PackedStream(
                    stream.number("offset"), stream.number("length"), stream.number(MEMBER), coder(stream)));
        }
        return streams.isEmpty() ? Packing.NONE : new Packing(streams);
    }

    private static StreamCoder coder(JsonObject stream) {
        String name = stream.string(CODER);
        if (name.equals(DEFLATE)) {
            return new DeflateCoder(new DeflateSettings(
                    Math.toIntExact(stream.number("level")), Math.toIntExact(stream.number("memory"))));
        }
        return ByteEscapes.labelled(name).orElseThrow(() -> new JsonException("unknown coder '" + name + "'"));
    }
}
