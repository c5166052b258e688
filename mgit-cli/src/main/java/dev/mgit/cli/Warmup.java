package dev.mgit.cli;

import dev.mgit.cli.console.Terminal;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs representative commands in a scratch folder, so that the launcher can archive the classes they load. */
final class Warmup {
    private static final List<List<String>> COMMANDS = List.of(
            List.of("--version"),
            List.of("help"),
            List.of("init"),
            List.of("log", "--graph"),
            List.of("branch"),
            List.of("status"));

    private Warmup() {}

    public static void main(String[] args) {
        Path scratch = Path.of(args[0]).toAbsolutePath();
        for (List<String> command : COMMANDS) {
            Terminal nowhere = new Terminal(
                    Terminal.writer(OutputStream.nullOutputStream()),
                    Terminal.writer(OutputStream.nullOutputStream()),
                    false,
                    false,
                    80,
                    scratch,
                    Map.of());
            Main.run(nowhere, command.toArray(new String[0]));
        }
    }
}
