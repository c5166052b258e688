package dev.mgit.cli;

import dev.mgit.cli.console.Context;
import dev.mgit.cli.console.Terminal;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.lineage.repository.User;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Runs mgit inside the test's own JVM: no environment but the user's folders, no terminal, 100 columns. */
public final class Cli {
    private Cli() {}

    /** What a command left behind. */
    public record Ran(int exit, String out, String err) {
        /** The one JSON object that {@code --json} prints. */
        public JsonObject json() {
            return Json.parseObject(out.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Runs a command in a folder. */
    public static Ran run(Path folder, String... arguments) {
        return run(folder, Map.of(), arguments);
    }

    /** The same with an environment. */
    public static Ran run(Path folder, Map<String, String> environment, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                Terminal.writer(out),
                Terminal.writer(err),
                false,
                false,
                100,
                folder.toAbsolutePath(),
                withOwnFolders(environment));
        int exit = Main.run(terminal, arguments);
        return new Ran(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Who the commands are run by. */
    public static User user() {
        return context(Path.of("")).user();
    }

    /** What a command is handed that is run in a folder and says nothing. */
    static Context context(Path folder) {
        return new Context(new Terminal(
                Terminal.writer(OutputStream.nullOutputStream()),
                Terminal.writer(OutputStream.nullOutputStream()),
                false,
                false,
                100,
                folder.toAbsolutePath(),
                withOwnFolders(Map.of())));
    }

    /** An environment in which the user's own folders are those that processes started by a test have. */
    static Map<String, String> withOwnFolders(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>();
        for (String variable : List.of("XDG_STATE_HOME", "XDG_CONFIG_HOME", "HOME")) {
            String value = System.getenv(variable);
            if (value != null) {
                all.put(variable, value);
            }
        }
        all.putAll(environment);
        return all;
    }
}
