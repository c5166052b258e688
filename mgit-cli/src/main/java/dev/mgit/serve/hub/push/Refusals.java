package dev.mgit.serve.hub.push;

import dev.mgit.delta.DiskRefusal;
import dev.mgit.delta.MgitException;
import dev.mgit.serve.http.HttpError;
import java.io.IOException;
import java.util.Optional;

/** What cannot be done for a client, as statuses that clients act on. */
final class Refusals {
    private Refusals() {}

    static HttpError malformed(String why) {
        return new HttpError(400, why);
    }

    static HttpError tooLarge(String why) {
        return new HttpError(413, why);
    }

    /** Something else was pushed meanwhile. */
    static HttpError moved(String why) {
        return new HttpError(412, why);
    }

    static HttpError exists(String why) {
        return new HttpError(409, why);
    }

    static HttpError full(String why) {
        return new HttpError(507, why);
    }

    /** What the library said no to. */
    static HttpError of(MgitException e) {
        int status = switch (e.kind()) {
            case USAGE -> 400;
            case CONFLICT -> 412;
            case INTEGRITY, REMOTE -> 500;
            case GATE, FAILED, DIFFERS -> 422;
        };
        return diskFull(e).orElseGet(() -> new HttpError(status, e.getMessage()));
    }

    /** The answer to a failure whose cause is that there is no room left on the disk. */
    static Optional<HttpError> diskFull(Throwable failure) {
        return DiskRefusal.behind(failure)
                .filter(DiskRefusal::isFull)
                .map(refusal -> full("the server's disk is full; nothing was committed"));
    }

    /** The same for one that says nothing else to a client. */
    static HttpError of(IOException e) throws IOException {
        Optional<HttpError> full = diskFull(e);
        if (full.isPresent()) {
            return full.get();
        }
        throw e;
    }
}
