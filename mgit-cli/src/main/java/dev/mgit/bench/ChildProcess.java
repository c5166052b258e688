package dev.mgit.bench;

import dev.mgit.delta.MgitException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Other programs, and mgit as a process of its own. */
final class ChildProcess {
    private ChildProcess() {}

    /** Waits for a program to end; its exit code. */
    static int await(Process process) {
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw MgitException.failed("interrupted");
        }
    }

    /** What a program prints. */
    static String output(Path folder, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (await(process) != 0) {
            throw MgitException.failed("'" + String.join(" ", command) + "' failed");
        }
        return text.strip();
    }

    /** How to start mgit: by its launcher where this one runs from a jar beside it, else as this process was started. */
    static List<String> mgit() {
        Path jar = Path.of(System.getProperty("java.class.path", "").split(File.pathSeparator, 2)[0])
                .toAbsolutePath();
        Optional<Path> launcher = Optional.ofNullable(jar.getParent())
                .filter(target -> jar.endsWith("mgit.jar"))
                .map(target -> target.resolve("../../mgit").normalize())
                .filter(Files::isExecutable);
        if (launcher.isPresent()) {
            return List.of(launcher.get().toString());
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx320m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.mgit.cli.Main"));
        return command;
    }
}
