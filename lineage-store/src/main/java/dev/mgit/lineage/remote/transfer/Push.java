package dev.mgit.lineage.remote.transfer;

/**
 * Parameters that are in the store, and will stay there until the push is closed: between the two, whoever pushes moves
 * the references that lead to them.
 */
public final class Push implements AutoCloseable {
    private final PushReport report;
    private final Lease lease;

    Push(PushReport report, Lease lease) {
        this.report = report;
        this.lease = lease;
    }

    public PushReport report() {
        return report;
    }

    /** Drops the lease. */
    @Override
    public void close() {
        lease.close();
    }
}
