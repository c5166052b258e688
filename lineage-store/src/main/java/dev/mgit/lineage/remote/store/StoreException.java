package dev.mgit.lineage.remote.store;

import dev.mgit.delta.MgitException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A store that could not do what it was asked. */
public final class StoreException extends MgitException {
    private static final long serialVersionUID = 1;

    private final boolean passing;
    private final Duration retryAfter;

    private StoreException(
            String message, @Nullable String hint, boolean passing, Duration retryAfter, @Nullable Throwable cause) {
        super(Kind.REMOTE, message, hint, cause);
        this.passing = passing;
        this.retryAfter = retryAfter;
    }

    /** A failure that asking again does not help. */
    static StoreException lasting(String message, @Nullable String hint, @Nullable Throwable cause) {
        return new StoreException(message, hint, false, Duration.ZERO, cause);
    }

    /**
     * A failure that may be gone when asked again.
     *
     * @param retryAfter what the store asks to wait at least
     */
    static StoreException passing(String message, Duration retryAfter, @Nullable Throwable cause) {
        return new StoreException(
                message,
                "check the network and run the command again; it goes on where it stopped",
                true,
                retryAfter,
                cause);
    }

    boolean isPassing() {
        return passing;
    }

    Duration retryAfter() {
        return retryAfter;
    }
}
