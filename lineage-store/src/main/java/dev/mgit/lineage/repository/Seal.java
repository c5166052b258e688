package dev.mgit.lineage.repository;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells the records below {@code .mgit} that this user's mgit wrote there, for this repository and under this name, from
 * all others: HMAC-SHA-256 under a key in the user's own folder. Without a key nothing is sealed and no seal holds.
 */
public final class Seal {
    /** The members a checked record has besides its content. */
    private static final String SEAL = "seal";

    private static final String SUM = "sum";

    private final Optional<byte[]> key;
    private final String repository;

    private Seal(Optional<byte[]> key, String repository) {
        this.key = key;
        this.repository = repository;
    }

    static Seal of(Optional<UserRecords> records) {
        return records.isEmpty()
                ? new Seal(Optional.empty(), "")
                : new Seal(records.get().key(), records.get().place());
    }

    /**
     * A record with its seal as the last member.
     *
     * @param name of the record among all of the repository
     */
    public Map<String, Object> sealed(String name, Map<String, ?> content) {
        // As it will be read: what is sealed is what is understood, not how it was spelled.
        JsonObject read = Json.parseObject(Json.text(content).getBytes(StandardCharsets.UTF_8));
        Map<String, Object> sealed = new LinkedHashMap<>(Json.ordered(content));
        key.ifPresent(bytes -> sealed.put(SEAL, tag(bytes, name, read)));
        return sealed;
    }

    /** Whether this user's mgit sealed a record under this name. */
    public boolean holds(String name, JsonObject record) {
        byte[] said = record.optionalString(SEAL).orElse("").getBytes(StandardCharsets.UTF_8);
        return key.filter(bytes ->
                        MessageDigest.isEqual(said, tag(bytes, name, record).getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }

    private String tag(byte[] bytes, String name, JsonObject record) {
        var content = new LinkedHashMap<>(record.members());
        content.remove(SEAL);
        content.remove(SUM);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
            mac.update((repository + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(Json.text(content).getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
