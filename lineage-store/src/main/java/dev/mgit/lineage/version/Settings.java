package dev.mgit.lineage.version;

import java.util.Optional;

/** Configuration: values by key, {@code section.key} or {@code section.name.key}. */
@FunctionalInterface
public interface Settings {
    Optional<String> get(String key);

    /** These settings as they would be with one key set, to be checked before it is. */
    default Settings with(String key, String value) {
        return name -> name.equalsIgnoreCase(key) ? Optional.of(value) : get(name);
    }
}
