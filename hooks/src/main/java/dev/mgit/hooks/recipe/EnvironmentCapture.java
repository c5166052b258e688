package dev.mgit.hooks.recipe;

import dev.mgit.delta.Hashes;
import dev.mgit.delta.json.Json;
import dev.mgit.delta.json.JsonException;
import dev.mgit.delta.json.JsonObject;
import dev.mgit.hooks.JsonMembers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds out under what circumstances a command runs, by asking the programs concerned. */
final class EnvironmentCapture {
    private static final int MAX_ANSWER = 4 << 20;
    private static final Pattern PYTHON = Pattern.compile("python[0-9.]*");
    private static final Pattern JAVA_VERSION = Pattern.compile("version \"([^\"]+)\"");
    private static final String PACKAGES = "import json,platform,importlib.metadata as m;"
            + "print(json.dumps({'version':platform.python_version(),"
            + "'packages':{d.metadata['Name']:d.version for d in m.distributions() if d.metadata['Name']}}))";

    private final Map<String, String> environment;

    EnvironmentCapture(Map<String, String> environment) {
        this.environment = environment;
    }

    /** What executes the code: its name and version, and the packages it sees. */
    record Interpreter(Optional<String> name, Map<String, String> packages) {}

    static String machine() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch") + ", "
                + Runtime.getRuntime().availableProcessors() + " processors";
    }

    /** The Git state of a folder's code; empty if it is in no Git repository or there is no Git. */
    Optional<Recipe.Code> code(Path directory) {
        Optional<String> revision = ask(directory, List.of("git", "rev-parse", "--verify", "HEAD"), false);
        if (revision.isEmpty()) {
            return Optional.empty();
        }
        String changes = digestOf(directory, List.of("git", "diff", "--binary", "--no-ext-diff", "HEAD"));
        String none = HexFormat.of().formatHex(Hashes.sha256().digest());
        return Optional.of(new Recipe.Code(
                revision.get().strip(), changes.equals(none) ? Optional.empty() : Optional.of(changes)));
    }

    Interpreter interpreter(Path directory, List<String> command) {
        String program = command.get(0);
        Path fileName = Path.of(program).getFileName();
        String name = fileName == null ? program : fileName.toString();
        if (PYTHON.matcher(name).matches()) {
            return ask(directory, List.of(program, "-c", PACKAGES), false)
                    .flatMap(EnvironmentCapture::python)
                    .orElse(new Interpreter(Optional.empty(), Map.of()));
        }
        if (name.equals("java")) {
            Optional<String> version = ask(directory, List.of(program, "-version"), true)
                    .map(JAVA_VERSION::matcher)
                    .filter(Matcher::find)
                    .map(match -> "java " + match.group(1));
            return new Interpreter(version, Map.of());
        }
        return new Interpreter(Optional.empty(), Map.of());
    }

    private static Optional<Interpreter> python(String answer) {
        try {
            JsonObject json = Json.parseObject(answer.getBytes(StandardCharsets.UTF_8));
            return Optional.of(new Interpreter(
                    Optional.of("python " + json.string("version")), JsonMembers.texts(json, "packages")));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    /** What a program prints; empty if it fails or is not there. */
    private Optional<String> ask(Path directory, List<String> command, boolean withErrors) {
        try {
            Process process = start(directory, command, withErrors);
            byte[] answer = process.getInputStream().readNBytes(MAX_ANSWER);
            process.getInputStream().close();
            return process.waitFor() == 0 ? Optional.of(new String(answer, StandardCharsets.UTF_8)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private String digestOf(Path directory, List<String> command) {
        MessageDigest digest = Hashes.sha256();
        try {
            Process process = start(directory, command, false);
            try (InputStream in = process.getInputStream()) {
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    digest.update(buffer, 0, n);
                }
            }
            process.waitFor();
        } catch (IOException e) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private Process start(Path directory, List<String> command, boolean withErrors) throws IOException {
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        builder.redirectErrorStream(withErrors);
        if (!withErrors) {
            builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        }
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }
}
