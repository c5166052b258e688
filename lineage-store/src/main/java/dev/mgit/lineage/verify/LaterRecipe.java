package dev.mgit.lineage.verify;

import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.git.StoredVersion;
import dev.mgit.lineage.version.Lineage;
import dev.mgit.lineage.version.Person;
import dev.mgit.lineage.version.VersionId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe that was given to a version after it was made. It says how to make the version again and not how it was made:
 * it was never run for it.
 *
 * @param by who gave it; empty where an earlier mgit did not say
 * @param when empty likewise
 * @param replaces whether the version was recorded with a recipe of its own, which is kept
 */
public record LaterRecipe(Optional<Person> by, Optional<Instant> when, boolean replaces) {
    /** The namespace of the notes. */
    public static final String NAMESPACE = "recipes";

    private static final String MEMBER = "set";

    /** Empty for a version whose recipe, if any, is the one it was recorded with. */
    public static Optional<LaterRecipe> of(Lineage lineage, VersionId version) {
        boolean replaces = lineage.extra(version, StoredVersion.RECIPE).isPresent();
        return lineage.note(NAMESPACE, version, note -> read(Json.parseObject(note), replaces));
    }

    private static LaterRecipe read(JsonObject note, boolean replaces) {
        Optional<JsonObject> set = note.optionalObject(MEMBER);
        return new LaterRecipe(
                set.map(by -> new Person(by.string("name"), by.string("email"))),
                set.map(by -> Instant.parse(by.string("when"))),
                replaces);
    }

    /** The members of a recipe's note, and who gave it. */
    public static Map<String, Object> note(JsonObject recipe, Person by, Instant when) {
        Map<String, Object> note = new LinkedHashMap<>(recipe.members());
        Map<String, String> set = new LinkedHashMap<>();
        set.put("name", by.name());
        set.put("email", by.email());
        set.put("when", when.toString());
        note.put(MEMBER, set);
        return note;
    }

    /** As the predicate of a sentence, such as {@code replaced by Ada <ada@x> at 2026-01-31T12:00:00Z, never run}. */
    public String text() {
        return (replaces ? "replaced" : "set")
                + by.map(person -> " by " + person).orElse(" later")
                + when.map(time -> " at " + time).orElse("")
                + ", never run";
    }
}
