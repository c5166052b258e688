package dev.mgit.hooks.policy;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Version;
import java.util.List;

/** One rule of a policy. */
interface Rule {
    /** Its word in the policy. */
    String name();

    /** Whether a version can keep it when it comes in; what tests and signatures say is known only later. */
    boolean bindsAtEntry();

    /** Whether it says anything about such a version. */
    boolean concerns(Version version, Facts facts);

    /** What breaks it, as ends of a sentence that begins with the version; empty if it is kept. */
    List<String> objections(Version version, Facts facts);

    /** What to do about it. */
    String advice();

    /** Reads a rule's own members, beside those that all rules have. */
    interface Reader {
        Rule read(JsonObject json);
    }
}
