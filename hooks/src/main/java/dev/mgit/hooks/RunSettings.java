package dev.mgit.hooks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * Settings that say which programs run, with what arguments, or whose results are taken. In a repository's own file they may be anybody's: there
 * they count once this user has accepted them, as tests and hooks do. In the user's own file they always count.
 */
public final class RunSettings {
    /** Keys, and sections that end with a dot. */
    private static final List<String> KEYS = List.of("slurm.", "executor.command.", "kubernetes.");

    private RunSettings() {}

    public static boolean decides(String key) {
        String name = canonical(key);
        return KEYS.stream().anyMatch(known -> known.endsWith(".") ? name.startsWith(known) : name.equals(known));
    }

    /** A key as it is asked for: its section and name count in any case, what stands between them does not. */
    public static String canonical(String key) {
        int first = key.indexOf('.');
        int last = key.lastIndexOf('.');
        return key.substring(0, first + 1).toLowerCase(Locale.ROOT)
                + key.substring(first + 1, last + 1)
                + key.substring(last + 1).toLowerCase(Locale.ROOT);
    }

    /** The setting as something to accept. */
    public static Trust.Item item(String key, String value) {
        return Trust.Item.of("setting " + key, (key + " = " + value + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
