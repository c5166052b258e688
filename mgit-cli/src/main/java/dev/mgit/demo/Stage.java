package dev.mgit.demo;

import dev.mgit.cli.console.CommandRunner;
import dev.mgit.cli.console.Output;
import dev.mgit.delta.MgitException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The folder the demo plays in, and the terminal that shows each command as one would type it. */
final class Stage {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./=:,@%+-]+");

    private final Output output;
    private final CommandRunner runner;
    private final Path folder;
    private final Map<String, String> environment;

    Stage(Output output, CommandRunner runner, Path folder, Map<String, String> environment) {
        this.output = output;
        this.runner = runner;
        this.folder = folder;
        this.environment = environment;
    }

    Path folder() {
        return folder;
    }

    /** Tells what comes next. */
    void say(String... lines) {
        output.line("");
        Arrays.stream(lines).forEach(output::line);
    }

    /** Shows a result. */
    void show(String line) {
        output.line(line);
    }

    /** Shows a command that something else than mgit carries out. */
    void prompt(String command) {
        output.line("");
        output.line(output.styled(Output.Style.BOLD, "$ " + command));
    }

    /** Shows and runs a command that must succeed. */
    void mgit(String... arguments) {
        mgit(0, List.of(arguments));
    }

    /** Shows and runs a command that must end with this exit code. */
    void mgit(int exit, List<String> arguments) {
        String typed = "mgit " + arguments.stream().map(Stage::quoted).collect(Collectors.joining(" "));
        prompt(typed);
        int ended = runner.run(folder, arguments.toArray(String[]::new));
        if (ended != exit) {
            throw MgitException.failed("the demo's command '" + typed + "' ended with " + ended);
        }
        if (exit != 0) {
            output.line("(exit code " + exit + ")");
        }
    }

    /** The arguments and after them, behind {@code --}, a command line of the digits program. */
    void train(List<String> arguments, String program) {
        mgit(0, withProgram(arguments, program));
    }

    List<String> withProgram(List<String> arguments, String program) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--", java(), "-cp", ".", "digits.Digits"));
        all.addAll(List.of(program.split(" ")));
        return all;
    }

    private static String quoted(String argument) {
        return PLAIN.matcher(argument).matches() ? argument : "'" + argument + "'";
    }

    /** {@code java} where that is the Java this runs on, else its path. */
    private String java() {
        Path own = Path.of(System.getProperty("java.home"), "bin", "java");
        String path = environment.getOrDefault("PATH", "");
        return Stream.of(path.split(File.pathSeparator))
                .filter(place -> !place.isEmpty())
                .map(place -> Path.of(place, "java"))
                .filter(Files::isExecutable)
                .findFirst()
                .filter(found -> sameFile(found, own))
                .map(found -> "java")
                .orElse(own.toString());
    }

    private static boolean sameFile(Path found, Path own) {
        try {
            return Files.isSameFile(found, own);
        } catch (IOException e) {
            return false;
        }
    }
}
