package dev.mgit.hooks.commit;

import dev.mgit.delta.MgitException;
import java.util.Locale;

/** When a hook runs. */
public enum HookEvent {
    /** Before a version becomes its model's head; an exit code other than 0 keeps it from it. */
    PRE_COMMIT,
    POST_COMMIT,
    /** After an update has published its versions. */
    POST_UPDATE;

    /** As it is typed and stored: {@code pre-commit}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws MgitException of kind USAGE if there is no such event */
    public static HookEvent parse(String word) {
        for (HookEvent event : values()) {
            if (event.word().equals(word)) {
                return event;
            }
        }
        throw new MgitException(
                MgitException.Kind.USAGE,
                "unknown hook event '" + word + "'",
                "use pre-commit, post-commit or post-update");
    }
}
