package dev.mgit.cli.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** How to start mgit as its users do: by the script that started this process, or else by this very Java. */
final class Launcher {
    private Launcher() {}

    static List<String> command(String... arguments) {
        String script = System.getProperty("mgit.launcher", "");
        List<String> command = new ArrayList<>();
        if (script.isEmpty()) {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            String classes = Objects.requireNonNull(System.getProperty("java.class.path"));
            command.addAll(List.of(java, "-Xmx384m", "-cp", classes, "dev.mgit.cli.Main"));
        } else {
            command.add(script);
        }
        command.addAll(List.of(arguments));
        return command;
    }
}
