package dev.mgit.lineage.remote.store;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Counts the calls to a store and the bytes of objects that go either way. */
public final class MeteredStore implements RemoteStore {
    private final RemoteStore store;
    private final AtomicLong calls = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();

    public MeteredStore(RemoteStore store) {
        this.store = store;
    }

    public Traffic traffic() {
        return new Traffic(calls.get(), sent.get(), received.get());
    }

    @Override
    public void put(String key, Content content) {
        calls.incrementAndGet();
        store.put(key, content);
        sent.addAndGet(content.length());
    }

    @Override
    public boolean putIfAbsent(String key, byte[] content) {
        calls.incrementAndGet();
        sent.addAndGet(content.length);
        return store.putIfAbsent(key, content);
    }

    @Override
    public Optional<byte[]> get(String key, ByteRange range) {
        calls.incrementAndGet();
        Optional<byte[]> found = store.get(key, range);
        received.addAndGet(found.map(bytes -> bytes.length).orElse(0));
        return found;
    }

    @Override
    public Optional<Entry> head(String key) {
        calls.incrementAndGet();
        return store.head(key);
    }

    @Override
    public void list(String prefix, Consumer<Entry> visitor) {
        calls.incrementAndGet();
        store.list(prefix, visitor);
    }

    @Override
    public void delete(String key) {
        calls.incrementAndGet();
        store.delete(key);
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
