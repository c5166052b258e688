package dev.mgit.serve.files;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.executor.Quantities;
import dev.mgit.lineage.version.Settings;

/** How much disk space decoded files may take. */
public final class CacheSettings {
    public static final String SIZE = "serve.cache";

    /** What holds unless it is set. */
    public static final String DEFAULT = "20g";

    private static final String OFF = "off";

    private CacheSettings() {}

    /**
     * Bytes of all files; 0 for no cache.
     *
     * @throws MgitException of kind USAGE if the setting is no size
     */
    public static long size(Settings settings) {
        String text = settings.get(SIZE).orElse(DEFAULT);
        if (text.equals(OFF)) {
            return 0;
        }
        try {
            return Quantities.bytes(text);
        } catch (MgitException e) {
            throw new MgitException(
                    MgitException.Kind.USAGE, SIZE + " is '" + text + "'", "write 500m, 100g or off", e);
        }
    }
}
