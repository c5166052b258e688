package dev.mgit.lineage.checkpoint;

import dev.mgit.delta.MgitException;
import dev.mgit.delta.TaskPool;
import dev.mgit.delta.codec.Effort;
import dev.mgit.lineage.version.Settings;
import java.util.Locale;

/**
 * Settings of the section {@code store}.
 *
 * @param effort {@code store.effort}: fast, balanced (default) or small
 * @param maxDepth {@code store.maxDepth}: most blocks a read may have to decode before the one it wants, 4 by default
 * @param threads {@code store.threads}: blocks coded at once, all processors by default
 * @param teachers {@code store.predictFromTeachers}: predict weights also from the teacher that a model was distilled
 *     from, false by default
 */
public record StoreSettings(Effort effort, int maxDepth, int threads, boolean teachers) {
    private static final int DEFAULT_DEPTH = 4;
    private static final int MOST_DEPTH = 64;
    private static final int MOST_THREADS = 256;

    public static StoreSettings of(Settings settings) {
        return new StoreSettings(
                effort(settings.get("store.effort").orElse("balanced")),
                number(settings, "store.maxDepth", DEFAULT_DEPTH, MOST_DEPTH),
                number(settings, "store.threads", TaskPool.usualThreads(), MOST_THREADS),
                isTrue(settings, "store.predictFromTeachers"));
    }

    /** @throws MgitException of kind USAGE if there is no such effort */
    public static Effort effort(String word) {
        try {
            return Effort.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE, "unknown effort '" + word + "'", "use fast, balanced or small", e);
        }
    }

    private static boolean isTrue(Settings settings, String key) {
        String text = settings.get(key).orElse("false");
        if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
            throw MgitException.usage(key + " is '" + text + "', but must be true or false");
        }
        return Boolean.parseBoolean(text);
    }

    private static int number(Settings settings, String key, int otherwise, int most) {
        String text = settings.get(key).orElse(Integer.toString(otherwise));
        try {
            int value = Integer.parseInt(text);
            if (value >= 1 && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // falls through to the one sentence that says what is expected
        }
        throw MgitException.usage(key + " is '" + text + "', but must be a number from 1 to " + most);
    }
}
