package dev.mgit.lineage.sign;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is stated of something (in-toto attestation, Statement v1).
 *
 * @param name of what it is about, for people
 * @param digests of what it is about, by algorithm: {@code sha256} of a model's files, {@code gitCommit} of a version
 * @param predicateType which kind of statement it is: a URI
 */
public record Statement(String name, Map<String, String> digests, String predicateType, JsonObject predicate) {
    private static final String TYPE = "https://in-toto.io/Statement/v1";

    /** What a digest by this name is: SHA-256 of the digests of all files. */
    public static final String FILES = "sha256";

    /** What a digest by this name is: the version. */
    public static final String COMMIT = "gitCommit";

    /** What is signed. */
    byte[] bytes() {
        Map<String, Object> subject = new LinkedHashMap<>();
        subject.put("name", name);
        subject.put("digest", new JsonObject(new LinkedHashMap<>(digests)));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("_type", TYPE);
        json.put("subject", List.of(subject));
        json.put("predicateType", predicateType);
        json.put("predicate", predicate);
        return Json.bytes(json);
    }

    /** @throws MgitException of kind INTEGRITY if it is no statement about one thing */
    static Statement parse(byte[] payload) {
        try {
            JsonObject json = Json.parseObject(payload);
            if (!json.string("_type").equals(TYPE)) {
                throw new JsonException("its type is '" + json.string("_type") + "', not " + TYPE);
            }
            List<JsonObject> subjects = json.objects("subject");
            if (subjects.size() != 1) {
                throw new JsonException("it is about " + subjects.size() + " subjects, not one");
            }
            JsonObject subject = subjects.get(0);
            Map<String, String> digests = new LinkedHashMap<>();
            JsonObject found = subject.object("digest");
            found.members().keySet().forEach(algorithm -> digests.put(algorithm, found.string(algorithm)));
            return new Statement(
                    subject.optionalString("name").orElse(""),
                    digests,
                    json.string("predicateType"),
                    json.object("predicate"));
        } catch (JsonException e) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    "the signed payload is no in-toto statement: " + e.getMessage(),
                    null,
                    e);
        }
    }

    /** The version it is about, where it names one. */
    public Optional<String> commit() {
        return Optional.ofNullable(digests.get(COMMIT));
    }
}
