package dev.mgit.lineage.remote.store;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A store in memory whose clock a test moves, and whose calls a test can count and have fail. */
public final class MemoryStore implements RemoteStore {
    /** Thrown where a test ends a client. */
    public static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Stored(byte[] bytes, Instant modified) {}

    private final Map<String, Stored> objects = new ConcurrentSkipListMap<>();
    private Instant now = Instant.parse("2030-01-01T00:00:00Z");
    private Predicate<String> kill = call -> false;

    /** Ends the client at the first call, named as in {@code put packs/ab/abcd.pack}, of which this holds. */
    public synchronized void killAt(Predicate<String> condition) {
        kill = condition;
    }

    public synchronized void pass(Duration time) {
        now = now.plus(time);
    }

    /** Everything that is in the store. */
    public synchronized Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new TreeMap<>();
        objects.forEach((key, stored) -> contents.put(key, stored.bytes()));
        return contents;
    }

    private void call(String what) {
        if (kill.test(what)) {
            throw new Killed();
        }
    }

    @Override
    public void put(String key, Content content) {
        byte[] bytes;
        try (InputStream in = content.open()) {
            bytes = in.readAllBytes();
        } catch (IOException e) {
            throw StoreException.lasting("cannot write " + key, null, e);
        }
        synchronized (this) {
            call("put " + StoreKey.require(key));
            objects.put(key, new Stored(bytes, now));
        }
    }

    @Override
    public synchronized boolean putIfAbsent(String key, byte[] content) {
        call("put " + StoreKey.require(key));
        return objects.putIfAbsent(key, new Stored(content.clone(), now)) == null;
    }

    @Override
    public synchronized Optional<byte[]> get(String key, ByteRange range) {
        call("get " + StoreKey.require(key));
        return Optional.ofNullable(objects.get(key)).map(stored -> {
            int start = (int) range.start(stored.bytes().length);
            return Arrays.copyOfRange(stored.bytes(), start, start + range.within(stored.bytes().length));
        });
    }

    @Override
    public synchronized Optional<Entry> head(String key) {
        call("head " + StoreKey.require(key));
        return Optional.ofNullable(objects.get(key))
                .map(stored -> new Entry(key, stored.bytes().length, stored.modified()));
    }

    @Override
    public void list(String prefix, Consumer<Entry> visitor) {
        synchronized (this) {
            call("list " + StoreKey.requirePrefix(prefix));
        }
        objects.forEach((key, stored) -> {
            if (key.startsWith(prefix)) {
                visitor.accept(new Entry(key, stored.bytes().length, stored.modified()));
            }
        });
    }

    @Override
    public synchronized void delete(String key) {
        call("delete " + StoreKey.require(key));
        objects.remove(key);
    }

    @Override
    public String url() {
        return "memory:";
    }

    @Override
    public void close() {}
}
