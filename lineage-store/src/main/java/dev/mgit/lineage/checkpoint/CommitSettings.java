package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Settings;

/**
 * Settings of the section {@code commit}.
 *
 * @param strict {@code commit.strict}: refuse incomplete checkpoints rather than warn, false by default
 */
public record CommitSettings(boolean strict) {
    private static final String STRICT = "commit.strict";

    /** @throws MgitException of kind USAGE if a value makes no sense */
    public static CommitSettings of(Settings settings) {
        String strict = settings.get(STRICT).orElse("false");
        if (!strict.equalsIgnoreCase("true") && !strict.equalsIgnoreCase("false")) {
            throw MgitException.usage(STRICT + " is '" + strict + "', but must be true or false");
        }
        return new CommitSettings(Boolean.parseBoolean(strict));
    }
}
