package dev.mgit.hooks.watch;

import dev.mgit.delta.MgitException;
import dev.mgit.hooks.executor.Quantities;
import dev.mgit.lineage.version.Settings;
import java.time.Duration;

/**
 * Settings of the section {@code watch}.
 *
 * @param settle {@code watch.settle}: how long nothing in a folder must have been touched, 5 s by default
 * @param minFree {@code watch.minFree}: bytes that stay free on the repository's disk, 1 GiB by default
 */
public record WatchSettings(Duration settle, long minFree) {
    public static final String SETTLE = "watch.settle";
    public static final String MIN_FREE = "watch.minFree";

    /** @throws MgitException of kind USAGE if a value makes no sense */
    public static WatchSettings of(Settings settings) {
        return new WatchSettings(
                Quantities.duration(settings.get(SETTLE).orElse("5s")),
                Quantities.bytes(settings.get(MIN_FREE).orElse("1g")));
    }
}
