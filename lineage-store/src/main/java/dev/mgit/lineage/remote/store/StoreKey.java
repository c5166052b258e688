package dev.mgit.lineage.remote.store;

import java.util.regex.Pattern;

/**
 * Keys are paths of a few short names made of letters, digits, {@code -}, {@code _} and {@code .}, none of which begins
 * with a dot: they mean the same to every store and lead nowhere else in a file system.
 */
final class StoreKey {
    private static final Pattern KEY =
            Pattern.compile("(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}/){0,7}" + "[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");
    private static final Pattern PREFIX = Pattern.compile("(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}/){0,7}");

    private StoreKey() {}

    static boolean isKey(String text) {
        return KEY.matcher(text).matches();
    }

    /** @throws IllegalArgumentException if it is none */
    static String require(String key) {
        if (!isKey(key)) {
            throw new IllegalArgumentException("not a key: " + key);
        }
        return key;
    }

    /** A prefix is empty or ends with a slash: it names a folder. */
    static String requirePrefix(String prefix) {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new IllegalArgumentException("not a prefix: " + prefix);
        }
        return prefix;
    }
}
