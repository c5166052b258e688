package dev.mgit.lineage.version;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The repository's configuration, in Git's configuration syntax: {@code section.key} or {@code section.name.key}. */
public interface Settings {
    Optional<String> get(String key);

    /** @throws dev.mgit.delta.MgitException of kind USAGE if the key has no section or the value is not legal for it */
    void set(String key, String value);

    /** Removes a key; false if there was none. */
    boolean unset(String key);

    /** All keys with their values, as they stand in the file. */
    Map<String, List<String>> all();
}
