package dev.mgit.hooks.cascade;

import dev.mgit.delta.MgitException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Somebody's wish, left as a file beside the journal, that the update's process end its jobs and go. */
final class Cancellation {
    private final Path request;

    Cancellation(Path request) {
        this.request = request;
    }

    boolean requested() {
        return Files.exists(request);
    }

    /** @throws MgitException if the update is to stop: what has happened to a job or test since says nothing about it */
    void require() {
        if (requested()) {
            throw new Cancelled();
        }
    }

    /** An update ended because somebody wished it. */
    static final class Cancelled extends MgitException {
        private static final long serialVersionUID = 1;

        Cancelled() {
            super(
                    MgitException.Kind.FAILED,
                    "cancelled by 'mgit update --cancel'",
                    "go on with 'mgit update --continue', or abort with 'mgit update --abort'");
        }
    }
}
