package dev.mgit.cli.console;

import dev.mgit.lineage.detect.DetectSettings;
import dev.mgit.lineage.version.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --min-confidence}. */
public final class ConfidenceOption {
    private static final String NAME = "--min-confidence";

    @Option(
            names = NAME,
            paramLabel = "P",
            description = "Record an inferred origin from this confidence on, 0 to 1. Setting: detect.minConfidence.")
    private @Nullable Double least;

    /** What was given, else what is set. */
    public double value(Settings settings) {
        Double given = least;
        return given == null ? DetectSettings.of(settings).minConfidence() : DetectSettings.checked(NAME, given);
    }
}
