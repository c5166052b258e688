package dev.mgit.lineage.remote.store;

import dev.mgit.delta.MgitException;
import java.time.Duration;

/** Lets time pass; a test takes note instead. */
@FunctionalInterface
interface Pause {
    void pause(Duration time);

    static Pause real() {
        return time -> {
            try {
                Thread.sleep(time.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw MgitException.failed("interrupted");
            }
        };
    }
}
