package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.remote.store.ByteRange;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.RemoteStore;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Tells clean-ups that a push is under way: an object that is put again every few minutes, so that its age by the store's
 * clock is small as long as the push lives. It says when the push began, by the same clock.
 */
final class Lease implements AutoCloseable {
    /** A lease that was not renewed for so long is dead. */
    static final Duration DEAD_AFTER = Duration.ofHours(1);

    private static final int RENEWED_MINUTES = 5;
    private static final String HEADER = "mgit push 1\n";
    private static final int MOST_BYTES = 256;

    private final RemoteStore store;
    private final String key = StoreKeys.push(UUID.randomUUID());
    private final ScheduledExecutorService renewal;
    private final Instant began;

    private Lease(RemoteStore store) {
        this.store = store;
        put(HEADER);
        this.began = store.head(key).map(RemoteStore.Entry::modified).orElse(Instant.EPOCH);
        this.renewal = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "lease of a push");
            thread.setDaemon(true);
            return thread;
        });
    }

    static Lease take(RemoteStore store) {
        Lease lease = new Lease(store);
        var unused = lease.renewal.scheduleWithFixedDelay(
                lease::renewIfPossible, RENEWED_MINUTES, RENEWED_MINUTES, TimeUnit.MINUTES);
        return lease;
    }

    private void put(String text) {
        store.put(key, Content.of(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** A lease that runs out costs nothing but work: what the push relies on is looked at again in the end. */
    private void renewIfPossible() {
        try {
            put(HEADER + began + "\n");
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

    /**
     * A lease that was found.
     *
     * @param began when its push began
     * @param renewed when it was put last
     */
    record Held(String key, Instant began, Instant renewed) {
        boolean isAlive(Instant now) {
            return renewed.plus(DEAD_AFTER).isAfter(now);
        }
    }

    static List<Held> all(RemoteStore store) {
        List<RemoteStore.Entry> found = new ArrayList<>();
        store.list(StoreKeys.PUSHES, found::add);
        List<Held> leases = new ArrayList<>();
        for (RemoteStore.Entry entry : found) {
            Optional<byte[]> text = store.get(entry.key(), ByteRange.first(MOST_BYTES));
            text.ifPresent(bytes -> leases.add(new Held(entry.key(), began(bytes, entry), entry.modified())));
        }
        return leases;
    }

    /** One that was never renewed began when it was put; of one that cannot be read, nothing is known. */
    private static Instant began(byte[] bytes, RemoteStore.Entry entry) {
        String text = new String(bytes, StandardCharsets.US_ASCII);
        if (text.equals(HEADER)) {
            return entry.modified();
        }
        try {
            return Instant.parse(text.substring(HEADER.length()).strip());
        } catch (DateTimeException | IndexOutOfBoundsException e) {
            return Instant.EPOCH;
        }
    }
}
