package dev.mgit.lineage.remote.transfer;

import java.util.Locale;
import java.util.UUID;

/** The layout of a store, but for packs and indexes, which name themselves. Nobody else builds these keys. */
final class StoreKeys {
    static final String FORMAT = "format";
    static final String PUSHES = "pushes/";
    static final String LINEAGES = "lineages/";
    static final String MARKS = "gc/";

    private StoreKeys() {}

    /** The lease of one push. */
    static String push(UUID id) {
        return PUSHES + id;
    }

    /** Who uses the store. */
    static String lineage(String id) {
        return LINEAGES + id;
    }

    /** What one clean-up has marked; clean-ups are numbered. */
    static String marks(long epoch) {
        return MARKS + String.format(Locale.ROOT, "%010d", epoch);
    }
}
