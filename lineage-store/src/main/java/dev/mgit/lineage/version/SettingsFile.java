package dev.mgit.lineage.version;

import java.util.List;
import java.util.Map;

/** Settings in a file, in Git's configuration syntax, that can be changed. */
public interface SettingsFile extends Settings {
    /** @throws dev.mgit.delta.MgitException of kind USAGE if the key has no section or the value is not legal for it */
    void set(String key, String value);

    /** Adds a value to those a key has. */
    void add(String key, String value);

    /** Gives keys these values instead of those they have, all at once; a key with none is removed. */
    void replace(Map<String, List<String>> values);

    /** Removes a key; false if there was none. */
    boolean unset(String key);

    /** All keys with their values, as they stand in the file. */
    Map<String, List<String>> all();
}
