package dev.mgit.lineage.remote.store;

/**
 * What went over the wire.
 *
 * @param calls round trips; a list of many pages counts as one
 * @param sent bytes of objects put
 * @param received bytes of objects read
 */
public record Traffic(long calls, long sent, long received) {
    /** What was added since an earlier count. */
    public Traffic since(Traffic before) {
        return new Traffic(calls - before.calls, sent - before.sent, received - before.received);
    }

    public Traffic plus(Traffic other) {
        return new Traffic(calls + other.calls, sent + other.sent, received + other.received);
    }
}
