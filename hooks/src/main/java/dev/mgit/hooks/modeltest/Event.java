package dev.mgit.hooks.modeltest;

import dev.mgit.delta.MgitException;
import java.util.Locale;

/** When a test runs by itself. */
public enum Event {
    COMMIT,
    UPDATE,
    MANUAL;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Event parse(String word) {
        for (Event event : values()) {
            if (event.word().equals(word)) {
                return event;
            }
        }
        throw new MgitException(
                MgitException.Kind.USAGE, "unknown event '" + word + "'", "use commit, update or manual");
    }
}
