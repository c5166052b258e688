package dev.mgit.lineage.version;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The repository's configuration, in Git's configuration syntax: {@code section.key} or {@code section.name.key}. */
public interface Settings {
    Optional<String> get(String key);

    /** @throws dev.mgit.delta.MgitException of kind USAGE if the key has no section or the value is not legal for it */
    void set(String key, String value);

    /** Adds a value to those a key has. */
    void add(String key, String value);

    /** These settings as they would be with one key set, to be checked before it is; changing them is refused. */
    default Settings with(String key, String value) {
        Settings settings = this;
        return new Settings() {
            @Override
            public Optional<String> get(String name) {
                return name.equalsIgnoreCase(key) ? Optional.of(value) : settings.get(name);
            }

            @Override
            public void set(String name, String changed) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void add(String name, String added) {
                throw new UnsupportedOperationException();
            }

            @Override
            public boolean unset(String name) {
                throw new UnsupportedOperationException();
            }

            @Override
            public Map<String, List<String>> all() {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** Removes a key; false if there was none. */
    boolean unset(String key);

    /** All keys with their values, as they stand in the file. */
    Map<String, List<String>> all();
}
