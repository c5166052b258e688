package dev.mgit.cli.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The streams, folder and environment a command runs in. Everything the process is given from outside comes in here,
 * so that a test can hand a command another world.
 *
 * @param outIsTerminal whether {@code out} is shown to a person; decides about colour and pagination
 * @param errIsTerminal whether {@code err} is; decides about progress
 * @param columns width to lay text out for
 */
public record Terminal(
        TextWriter out,
        TextWriter err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        int columns,
        Path directory,
        Map<String, String> environment) {

    private static final String USERS_LOCALE = "MGIT_LC_ALL";
    /** Set where the launcher, not the user, said how native memory is to be kept. */
    private static final String OWN_MALLOC = "MGIT_MALLOC";

    private static final Set<String> MALLOC =
            Set.of(OWN_MALLOC, "MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_");
    private static final int DEFAULT_COLUMNS = 80;
    private static final int WIDE = 200;

    /** The process's own. The launcher says by system properties what Java cannot find out without help. */
    public static Terminal system() {
        boolean out = Boolean.getBoolean("mgit.tty.out");
        boolean err = Boolean.getBoolean("mgit.tty.err");
        int columns = Integer.getInteger("mgit.columns", 0);
        return new Terminal(
                writer(TextWriter.strict(new FileOutputStream(FileDescriptor.out))),
                writer(new FileOutputStream(FileDescriptor.err)),
                out,
                err,
                columns > 0 ? columns : out ? DEFAULT_COLUMNS : WIDE,
                Path.of("").toAbsolutePath(),
                ofUser(System.getenv()));
    }

    /** One that shows nothing, for what is to be known of commands without running one, or done without being seen. */
    public static Terminal nowhere(Path folder, int columns) {
        TextWriter none = writer(OutputStream.nullOutputStream());
        return new Terminal(none, none, false, false, columns, folder.toAbsolutePath(), Map.of());
    }

    /**
     * The environment as the user has it. The launcher gives Java a locale of UTF-8, without which it can read no name
     * outside ASCII, and leaves the user's own in {@code MGIT_LC_ALL}, empty where there was none. How native memory is
     * kept here is no good advice for others, such as a training with many threads.
     */
    static Map<String, String> ofUser(Map<String, String> environment) {
        Map<String, String> own = new HashMap<>(environment);
        if (own.containsKey(OWN_MALLOC)) {
            own.keySet().removeAll(MALLOC);
        }
        String locale = own.get(USERS_LOCALE);
        if (locale == null) {
            return own;
        }
        own.remove(USERS_LOCALE);
        if (locale.isEmpty()) {
            own.remove("LC_ALL");
        } else {
            own.put("LC_ALL", locale);
        }
        return own;
    }

    /** The same terminal with results going elsewhere. */
    Terminal to(TextWriter results) {
        return new Terminal(results, err, outIsTerminal, errIsTerminal, columns, directory, environment);
    }

    /** The same terminal in another folder. */
    public Terminal in(Path folder) {
        return new Terminal(out, err, outIsTerminal, errIsTerminal, columns, folder.toAbsolutePath(), environment);
    }

    /** A writer of UTF-8, flushed by whoever needs its text seen. */
    public static TextWriter writer(OutputStream stream) {
        return new TextWriter(stream);
    }

    /** Whether to colour what is printed to {@code out}; any NO_COLOR, even an empty one, says no. */
    public boolean colour() {
        return outIsTerminal
                && !environment.containsKey("NO_COLOR")
                && !"dumb".equals(environment.getOrDefault("TERM", ""));
    }
}
