package dev.mgit.serve.hub.push;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.executor.Quantities;
import dev.mgit.lineage.version.Settings;
import java.time.Duration;

/**
 * What clients that push may take up.
 *
 * @param uploads bytes on disk of all that is uploaded and not committed
 * @param age after which an upload that nobody has committed is removed
 * @param operations files that one commit adds, deletes or copies
 * @param line bytes of one line of a commit, which holds a small file
 */
public record PushLimits(long uploads, Duration age, int operations, int line) {
    /** The setting for the first of them. */
    public static final String UPLOADS = "serve.maxUploads";

    /** How much uploads may take up unless it is set. */
    public static final String DEFAULT = "100g";

    private static final Duration DAY = Duration.ofDays(1);
    private static final int OPERATIONS = 20_000;
    private static final int LINE = 8 << 20;

    /** @throws MgitException of kind USAGE if the setting is no size */
    public static PushLimits of(Settings settings) {
        String text = settings.get(UPLOADS).orElse(DEFAULT);
        try {
            return new PushLimits(Quantities.bytes(text), DAY, OPERATIONS, LINE);
        } catch (MgitException e) {
            throw new MgitException(MgitException.Kind.USAGE, UPLOADS + " is '" + text + "'", "write 500m or 100g", e);
        }
    }
}
