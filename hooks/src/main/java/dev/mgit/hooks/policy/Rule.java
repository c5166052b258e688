package dev.mgit.hooks.policy;

import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.version.Version;
import java.util.List;

/** One rule of a policy. */
interface Rule {
    /** Its word in the policy. */
    String name();

    /** Whether a version can keep it when it comes in. */
    default boolean bindsAtEntry() {
        return true;
    }

    /** Whether it says anything about such a version. */
    default boolean concerns(Version version, Facts facts) {
        return true;
    }

    /** What breaks it, as ends of a sentence that begins with the version; empty if it is kept. */
    List<String> objections(Version version, Facts facts);

    /** What to do about it. */
    String advice();

    /** One that can be kept only once the version is here: by what tests and signatures say of it. */
    interface Later extends Rule {
        @Override
        default boolean bindsAtEntry() {
            return false;
        }
    }

    /** Reads a rule's own members, beside those that all rules have. */
    interface Reader {
        Rule read(JsonObject json);
    }
}
