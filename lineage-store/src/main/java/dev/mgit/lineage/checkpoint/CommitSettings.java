package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Settings;

/**
 * Settings of the section {@code commit}.
 *
 * @param strict {@code commit.strict}: refuse incomplete checkpoints rather than warn, false by default
 * @param weightsOnly {@code commit.weightsOnly}: leave training state out, false by default
 */
public record CommitSettings(boolean strict, boolean weightsOnly) {
    private static final String STRICT = "commit.strict";
    private static final String WEIGHTS_ONLY = "commit.weightsOnly";

    /** @throws MgitException of kind USAGE if a value makes no sense */
    public static CommitSettings of(Settings settings) {
        return new CommitSettings(isTrue(settings, STRICT), isTrue(settings, WEIGHTS_ONLY));
    }

    /** What either of two says. */
    public CommitSettings or(CommitSettings other) {
        return new CommitSettings(strict || other.strict, weightsOnly || other.weightsOnly);
    }

    private static boolean isTrue(Settings settings, String key) {
        String value = settings.get(key).orElse("false");
        if (!value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
            throw MgitException.usage(key + " is '" + value + "', but must be true or false");
        }
        return Boolean.parseBoolean(value);
    }
}
