package dev.mgit.lineage.remote.store;

import java.util.UUID;

/** Some stores ignore the condition of a conditional write and replace what is there. */
public final class StoreProbe {
    private StoreProbe() {}

    /** Whether a second conditional write of a key is refused: tried with a key of its own, which is removed again. */
    public static boolean honoursConditions(RemoteStore store) {
        String key = "probe/" + UUID.randomUUID();
        try {
            return store.putIfAbsent(key, new byte[] {1}) && !store.putIfAbsent(key, new byte[] {2});
        } finally {
            store.delete(key);
        }
    }
}
