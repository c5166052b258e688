package dev.mgit.hooks;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Settings that say which programs run, or with what arguments. In a repository's own file they may be anybody's: there
 * they count once this user has accepted them, as tests and hooks do. In the user's own file they always count.
 */
public final class RunSettings {
    /** Keys, and sections that end with a dot. */
    private static final List<String> KEYS = List.of("slurm.arguments", "executor.command.");

    private RunSettings() {}

    public static boolean decides(String key) {
        return KEYS.stream()
                .anyMatch(known -> known.endsWith(".") ? key.startsWith(known) : key.equalsIgnoreCase(known));
    }

    /** The setting as something to accept. */
    public static Trust.Item item(String key, String value) {
        return Trust.Item.of("setting " + key, (key + " = " + value + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
