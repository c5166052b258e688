package dev.mgit.cli.console;

import dev.mgit.lineage.repository.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Who runs a command, and where their own folders are: by the environment, as the XDG base directories say. */
final class Users {
    private static final int ROOT = 0;

    private Users() {}

    static User of(Map<String, String> environment, Consumer<String> notice) {
        return new User(ids(environment), state(environment), config(environment), notice);
    }

    /**
     * Where keys, trust and journals are kept. Nowhere for root in the home of whoever called sudo: what root made there
     * would be in their way, and what they trust is not to run as root.
     */
    private static Optional<Path> state(Map<String, String> environment) {
        return folder(environment, "XDG_STATE_HOME", ".local/state")
                .filter(folder -> !isCallers(environment))
                .map(folder -> folder.resolve("mgit"));
    }

    private static boolean isCallers(Map<String, String> environment) {
        Optional<Integer> caller = caller(environment);
        if (caller.isEmpty() || environment.containsKey("XDG_STATE_HOME")) {
            return false;
        }
        try {
            Path home = Path.of(environment.getOrDefault("HOME", "/"));
            return Optional.of(Files.getAttribute(home, "unix:uid")).equals(caller);
        } catch (IOException e) {
            return false;
        }
    }

    /** Who called sudo to become root. */
    private static Optional<Integer> caller(Map<String, String> environment) {
        String caller = environment.getOrDefault("SUDO_UID", "");
        return caller.matches("\\d{1,9}") && effective().contains(ROOT)
                ? Optional.of(Integer.parseInt(caller))
                : Optional.empty();
    }

    /** The file with the user's own settings. */
    static Optional<Path> config(Map<String, String> environment) {
        return folder(environment, "XDG_CONFIG_HOME", ".config")
                .map(folder -> folder.resolve("mgit").resolve("config"));
    }

    /** Where what can be made again is kept. Nowhere for root in the home of whoever called sudo. */
    static Optional<Path> cache(Map<String, String> environment) {
        return folder(environment, "XDG_CACHE_HOME", ".cache")
                .filter(folder -> !isCallers(environment))
                .map(folder -> folder.resolve("mgit"));
    }

    /** Relative paths do not count, says the specification. */
    private static Optional<Path> folder(Map<String, String> environment, String variable, String belowHome) {
        String home = environment.getOrDefault("HOME", System.getProperty("user.home", ""));
        return Optional.ofNullable(environment.get(variable))
                .map(Path::of)
                .filter(Path::isAbsolute)
                .or(() -> Optional.of(Path.of(home)).filter(Path::isAbsolute).map(folder -> folder.resolve(belowHome)));
    }

    /** Whose files are the user's own; as in Git, root counts as whoever called sudo, too. */
    private static Set<Integer> ids(Map<String, String> environment) {
        Set<Integer> ids = new HashSet<>(effective());
        caller(environment).ifPresent(ids::add);
        return ids;
    }

    private static Set<Integer> effective() {
        try {
            return Set.of((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return byLogin();
        }
    }

    /** Where there is no {@code /proc}; none where users have no numbers. */
    private static Set<Integer> byLogin() {
        if (!Path.of("").getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return Set.of();
        }
        return Set.of((int) new com.sun.security.auth.module.UnixSystem().getUid());
    }
}
