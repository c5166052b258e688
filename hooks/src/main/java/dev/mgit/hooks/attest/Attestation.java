package dev.mgit.hooks.attest;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Version;
import java.util.List;
import java.util.Optional;

/** One kind of statement about versions. */
interface Attestation {
    /** The URI of its predicate type. */
    String type();

    /** What is to be stated of a version now; empty if there is nothing to state. */
    Optional<JsonObject> predicate(Version version);

    /** Where what was stated and what is recorded now disagree, a clause each. */
    List<String> disagreements(Version version, JsonObject predicate);
}
