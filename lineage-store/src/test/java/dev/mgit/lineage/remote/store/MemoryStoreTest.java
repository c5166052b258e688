package dev.mgit.lineage.remote.store;

/** The store that other tests use keeps the same promises. */
class MemoryStoreTest extends RemoteStoreContract {
    private final MemoryStore store = new MemoryStore();

    @Override
    RemoteStore store() {
        return store;
    }
}
