package dev.mgit.lineage.detect;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.version.Settings;

/**
 * Settings of the section {@code detect}.
 *
 * @param minConfidence {@code detect.minConfidence}: the least confidence an origin is recorded with, 0 to 1
 */
public record DetectSettings(double minConfidence) {
    public static final String MIN_CONFIDENCE = "detect.minConfidence";
    public static final String DEFAULT = "0.5";

    /** @throws MgitException of kind USAGE if a value makes no sense */
    public static DetectSettings of(Settings settings) {
        return new DetectSettings(
                confidence(MIN_CONFIDENCE, settings.get(MIN_CONFIDENCE).orElse(DEFAULT)));
    }

    private static double confidence(String name, String text) {
        try {
            return checked(name, Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw MgitException.usage(name + " is '" + text + "', but must be a number from 0 to 1");
        }
    }

    /** @throws MgitException of kind USAGE if it is no share */
    public static double checked(String name, double confidence) {
        if (!(confidence >= 0 && confidence <= 1)) {
            throw MgitException.usage(name + " is " + confidence + ", but must be a number from 0 to 1");
        }
        return confidence;
    }
}
