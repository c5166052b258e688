package dev.mgit.delta.json;

import dev.mgit.delta.Hashes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;

/**
 * JSON objects that end with a checksum of what stands before it, in a last member {@code sum}: the first 8 bytes of
 * its SHA-256. For mgit's own small files that lead to nothing that is hashed, where a flipped bit would otherwise
 * change a meaning unnoticed.
 */
public final class CheckedJson {
    private static final int SUM_BYTES = 8;
    private static final String BEFORE = ",\"sum\":\"";
    private static final String AFTER = "\"}";
    private static final int ENDING = BEFORE.length() + 2 * SUM_BYTES + AFTER.length();

    private CheckedJson() {}

    /**
     * The object with its checksum, on one line.
     *
     * @param members not empty, none of them named {@code sum}
     */
    public static String text(Map<String, ?> members) {
        String text = Json.text(members);
        String open = text.substring(0, text.length() - 1);
        return open + BEFORE + sum(open) + AFTER;
    }

    public static byte[] bytes(Map<String, ?> members) {
        return text(members).getBytes(StandardCharsets.UTF_8);
    }

    /** @throws JsonException if the bytes are not one JSON object that ends with its checksum */
    public static JsonObject parse(byte[] bytes) {
        JsonObject object = Json.parseObject(bytes);
        int end = bytes.length - ENDING;
        String ending = end < 0 ? "" : new String(bytes, end, ENDING, StandardCharsets.UTF_8);
        if (!ending.equals(BEFORE + (end < 0 ? "" : sum(Arrays.copyOf(bytes, end))) + AFTER)) {
            throw new JsonException("its checksum does not match");
        }
        return object;
    }

    private static String sum(String open) {
        return sum(open.getBytes(StandardCharsets.UTF_8));
    }

    private static String sum(byte[] open) {
        return HexFormat.of().formatHex(Hashes.sha256().digest(open), 0, SUM_BYTES);
    }
}
