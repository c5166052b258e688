package dev.mgit.lineage.remote.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Asks a store again when it fails in passing: after a random part of a time that doubles, or after what the store asks
 * for. An answer to a write can get lost, so a write that failed may have been done.
 */
final class PatientStore implements RemoteStore {
    private static final int MOST_ATTEMPTS = 6;
    private static final Duration FIRST = Duration.ofMillis(250);
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final RemoteStore store;
    private final Pause pause;

    PatientStore(RemoteStore store, Pause pause) {
        this.store = store;
        this.pause = pause;
    }

    private <T> T again(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (StoreException e) {
                if (!e.isPassing() || attempt == MOST_ATTEMPTS) {
                    throw e;
                }
                pause.pause(delay(attempt, e.retryAfter()));
            }
        }
    }

    private static Duration delay(int attempt, Duration asked) {
        long most = Math.min(LONGEST.toMillis(), FIRST.toMillis() << attempt);
        Duration random = Duration.ofMillis(ThreadLocalRandom.current().nextLong(most / 2, most + 1));
        Duration capped = asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
        return random.compareTo(capped) > 0 ? random : capped;
    }

    @Override
    public void put(String key, Content content) {
        again(() -> {
            store.put(key, content);
            return true;
        });
    }

    /** Whoever finds an object after a failed attempt looks whether it is the one that was sent. */
    @Override
    public boolean putIfAbsent(String key, byte[] content) {
        boolean[] failedBefore = {false};
        return again(() -> {
            try {
                return store.putIfAbsent(key, content) || (failedBefore[0] && isThere(key, content));
            } catch (StoreException e) {
                failedBefore[0] = true;
                throw e;
            }
        });
    }

    private boolean isThere(String key, byte[] content) {
        return store.get(key, ByteRange.first(content.length + 1))
                .filter(found -> Arrays.equals(found, content))
                .isPresent();
    }

    @Override
    public Optional<byte[]> get(String key, ByteRange range) {
        return again(() -> store.get(key, range));
    }

    @Override
    public Optional<Entry> head(String key) {
        return again(() -> store.head(key));
    }

    @Override
    public void list(String prefix, Consumer<Entry> visitor) {
        again(() -> {
                    List<Entry> entries = new ArrayList<>();
                    store.list(prefix, entries::add);
                    return entries;
                })
                .forEach(visitor);
    }

    @Override
    public void delete(String key) {
        again(() -> {
            store.delete(key);
            return true;
        });
    }

    @Override
    public String url() {
        return store.url();
    }

    @Override
    public void close() {
        store.close();
    }
}
