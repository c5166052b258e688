package dev.mgit.lineage.graph;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A version's message and trailers as bytes: UTF-8 strings, each after its length in four bytes; message first. */
public final class TextCodec {
    /** What {@link #encode} wrote. */
    public record Text(String message, Map<String, String> trailers) {}

    private TextCodec() {}

    static byte[] encode(String message, Map<String, String> trailers) {
        List<byte[]> parts = new ArrayList<>();
        parts.add(message.getBytes(StandardCharsets.UTF_8));
        trailers.forEach((key, value) -> {
            parts.add(key.getBytes(StandardCharsets.UTF_8));
            parts.add(value.getBytes(StandardCharsets.UTF_8));
        });
        int length =
                parts.stream().mapToInt(part -> Integer.BYTES + part.length).sum();
        ByteBuffer out = ByteBuffer.allocate(length);
        parts.forEach(part -> out.putInt(part.length).put(part));
        return out.array();
    }

    /** @throws BufferUnderflowException or {@link IllegalArgumentException} if the bytes are damaged */
    public static Text decode(byte[] bytes, int start, int end) {
        ByteBuffer in = ByteBuffer.wrap(bytes, start, end - start);
        String message = in.hasRemaining() ? string(in) : "";
        Map<String, String> trailers = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            String key = string(in);
            trailers.put(key, string(in));
        }
        return new Text(message, trailers);
    }

    private static String string(ByteBuffer in) {
        int length = in.getInt();
        ByteBuffer string = in.slice().limit(length);
        in.position(in.position() + length);
        return StandardCharsets.UTF_8.decode(string).toString();
    }
}
