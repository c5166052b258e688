package dev.mgit.lineage.remote.pack;

import dev.mgit.delta.Hashes;
import java.util.Optional;

/** The name of a pack or an index: the SHA-256 of all its bytes. */
public record PackName(String hex) implements Comparable<PackName> {
    public static final String PACKS = "packs/";
    public static final String INDEXES = "index/";

    private static final int DIGITS = 64;
    private static final String PACK = ".pack";
    private static final String INDEX = ".idx";

    public PackName {
        if (!Hashes.isHex(hex, DIGITS)) {
            throw new IllegalArgumentException("not the name of a pack: " + hex);
        }
    }

    /** Where a store keeps the pack. */
    public String packKey() {
        return PACKS + hex.substring(0, 2) + "/" + hex + PACK;
    }

    /** Where a store keeps the index. */
    public String indexKey() {
        return INDEXES + hex + INDEX;
    }

    /** The pack a key names, if it names one. */
    public static Optional<PackName> ofPackKey(String key) {
        return named(key, PACK).filter(name -> name.packKey().equals(key));
    }

    /** The index a key names, if it names one. */
    public static Optional<PackName> ofIndexKey(String key) {
        return named(key, INDEX).filter(name -> name.indexKey().equals(key));
    }

    private static Optional<PackName> named(String key, String suffix) {
        if (!key.endsWith(suffix) || key.length() < DIGITS + suffix.length()) {
            return Optional.empty();
        }
        String hex = key.substring(key.length() - suffix.length() - DIGITS, key.length() - suffix.length());
        return Hashes.isHex(hex, DIGITS) ? Optional.of(new PackName(hex)) : Optional.empty();
    }

    @Override
    public int compareTo(PackName other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return hex;
    }
}
