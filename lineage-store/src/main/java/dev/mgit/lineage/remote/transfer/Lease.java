package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.RemoteStore;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells clean-ups that a push is under way: an object that is put again every few minutes, so that its age by the store's
 * clock is small as long as the push lives.
 */
final class Lease implements AutoCloseable {
    private static final int RENEWED_MINUTES = 5;

    private final RemoteStore store;
    private final String key = StoreKeys.push(UUID.randomUUID());
    private final ScheduledExecutorService renewal;

    private Lease(RemoteStore store) {
        this.store = store;
        this.renewal = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "lease of a push");
            thread.setDaemon(true);
            return thread;
        });
    }

    static Lease take(RemoteStore store) {
        Lease lease = new Lease(store);
        lease.renew();
        var unused = lease.renewal.scheduleWithFixedDelay(
                lease::renewIfPossible, RENEWED_MINUTES, RENEWED_MINUTES, TimeUnit.MINUTES);
        return lease;
    }

    private void renew() {
        store.put(key, Content.of("mgit push 1\n".getBytes(StandardCharsets.US_ASCII)));
    }

    /** A lease that runs out costs nothing but work: what the push relies on is looked at again in the end. */
    private void renewIfPossible() {
        try {
            renew();
        } catch (MgitException e) {
            // the next time, perhaps
        }
    }

    @Override
    public void close() {
        renewal.shutdownNow();
        try {
            store.delete(key);
        } catch (MgitException e) {
            // it grows old and is removed by a clean-up
        }
    }
}
