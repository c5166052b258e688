package dev.mgit.lineage.remote.transfer;

import dev.mgit.delta.MgitException;
import dev.mgit.lineage.remote.store.ByteRange;
import dev.mgit.lineage.remote.store.Content;
import dev.mgit.lineage.remote.store.RemoteStore;
import dev.mgit.lineage.remote.store.StoreProbe;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The object {@code format}: makes a place a parameter store and says what it is capable of.
 *
 * @param conditionalWrites whether the store refuses to replace an object where it is asked to
 */
record StoreFormat(boolean conditionalWrites) {
    private static final int VERSION = 1;
    private static final int MOST_BYTES = 256;
    private static final Pattern TEXT =
            Pattern.compile("mgit parameters (\\d{1,9})\n(?:conditional-writes (yes|no)\n)?(?s:.*)");

    /** What the store says of itself; empty if it is no parameter store yet. */
    static Optional<StoreFormat> read(RemoteStore store) {
        return store.get(StoreKeys.FORMAT, ByteRange.first(MOST_BYTES)).map(bytes -> parse(store, bytes));
    }

    private static StoreFormat parse(RemoteStore store, byte[] bytes) {
        Matcher matcher = TEXT.matcher(new String(bytes, StandardCharsets.UTF_8));
        if (!matcher.matches()) {
            throw new MgitException(
                    MgitException.Kind.INTEGRITY,
                    store.url() + " is no parameter store: its object 'format' is something else",
                    "correct the URL, or use an empty folder or prefix");
        }
        int version = Integer.parseInt(matcher.group(1));
        if (version > VERSION) {
            throw new MgitException(
                    MgitException.Kind.FAILED,
                    "the store " + store.url() + " has format " + version + ", this mgit reads up to " + VERSION,
                    "use a newer mgit");
        }
        return new StoreFormat("yes".equals(matcher.group(2)));
    }

    /** Makes a place a parameter store unless it is one. */
    static StoreFormat create(RemoteStore store) {
        Optional<StoreFormat> there = read(store);
        if (there.isPresent()) {
            return there.get();
        }
        StoreFormat format = new StoreFormat(StoreProbe.honoursConditions(store));
        String text = "mgit parameters " + VERSION + "\nconditional-writes "
                + (format.conditionalWrites() ? "yes" : "no") + "\n";
        store.put(StoreKeys.FORMAT, Content.of(text.getBytes(StandardCharsets.UTF_8)));
        return format;
    }
}
