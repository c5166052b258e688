package dev.mgit.hooks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of code a command runs, in Git or not: scripts and settings its words name, and what these name or import in
 * turn from their own folders. Found by reading, never by running; a name that only looks like one costs a file too many at most.
 */
public final class CodeFiles {
    private static final int MOST_FILES = 1000;
    private static final long MOST_BYTES = 2 << 20;
    /** What a shell writes to is no code, whatever it is called. */
    private static final Pattern REDIRECTED = Pattern.compile("[0-9&]*>>?\\|?\\s*[^\\s;&|<>()]+");

    private static final Pattern BREAKS = Pattern.compile("[\\s;&|<>()\"'`]+");
    /** Code and settings that other code names; data would make a model stale by what it writes itself. */
    private static final Pattern NAMED =
            Pattern.compile("[\\w./-]+\\.(?:py|sh|bash|R|r|jl|java|pl|rb|lua|js|mjs|ts|yaml|yml|toml|ini|cfg)\\b");

    private static final Pattern JAVA_TYPE = Pattern.compile("\\b[A-Z]\\w*");

    private final Path directory;
    private final PythonImports imports;
    private final Set<Path> found = new TreeSet<>();
    private final Deque<Path> unread = new ArrayDeque<>();

    private CodeFiles(Path directory) {
        this.directory = directory.toAbsolutePath().normalize();
        this.imports = new PythonImports(this.directory);
    }

    /**
     * The files, absolute, in order.
     *
     * @param directory where the command runs
     * @param command with placeholders, which name no code
     * @param shell whether it is a line for a shell
     */
    public static Set<Path> of(Path directory, List<String> command, boolean shell) {
        var files = new CodeFiles(directory);
        files.command(shell ? words(command) : command);
        return files.found;
    }

    /** The words of a line for a shell, near enough to find files and programs by. */
    public static List<String> words(List<String> line) {
        return line.stream()
                .map(text -> REDIRECTED.matcher(text).replaceAll(" "))
                .flatMap(BREAKS::splitAsStream)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private void command(List<String> words) {
        String before = "";
        for (String word : words) {
            if (before.equals("-m")) {
                add(imports.module(directory, word));
            } else if (before.equals("-c")) {
                add(imports.of(word, directory));
                words(List.of(word)).forEach(this::named);
            } else if (word.indexOf('{') < 0) {
                named(word.startsWith("-") ? word.substring(word.indexOf('=') + 1) : word);
            }
            before = word;
        }
        while (!unread.isEmpty()) {
            read(unread.remove());
        }
    }

    private void named(String word) {
        resolve(directory, word).filter(this::isCode).ifPresent(file -> {
            if (isPython(file)) {
                imports.addRoot(FolderTools.parent(file));
            }
            add(List.of(file));
        });
    }

    private static java.util.Optional<Path> resolve(Path folder, String name) {
        if (name.isEmpty() || name.length() >= 1000) {
            return java.util.Optional.empty();
        }
        try {
            return java.util.Optional.of(folder.resolve(name).normalize()).filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return java.util.Optional.empty();
        }
    }

    /**
     * Code or settings by its name, a script, or a program of one's own; not an interpreter or another program of the
     * system, wherever a link to it lies, nor data or a log.
     */
    private boolean isCode(Path file) {
        String name = String.valueOf(file.getFileName());
        try {
            return NAMED.matcher(name).matches()
                    || name.endsWith(".json")
                    || start(file).equals("#!")
                    || (Files.isExecutable(file) && file.toRealPath().startsWith(directory.toRealPath()));
        } catch (IOException e) {
            return false;
        }
    }

    private static String start(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(2), StandardCharsets.ISO_8859_1);
        }
    }

    private static boolean isPython(Path file) {
        return file.toString().endsWith(".py");
    }

    private void add(Iterable<Path> files) {
        for (Path file : files) {
            if (found.size() < MOST_FILES && found.add(file)) {
                unread.add(file);
            }
        }
    }

    private void read(Path file) {
        String text;
        try {
            boolean code = NAMED.matcher(String.valueOf(file.getFileName())).matches()
                    || start(file).equals("#!");
            if (!code || Files.size(file) > MOST_BYTES) {
                return;
            }
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return; // its digest will say that it cannot be read
        }
        Path folder = FolderTools.parent(file);
        if (isPython(file)) {
            add(imports.of(text, folder));
        }
        if (file.toString().endsWith(".java")) {
            add(names(JAVA_TYPE, text, folder, ".java"));
        }
        add(names(NAMED, text, folder, ""));
    }

    private List<Path> names(Pattern pattern, String text, Path folder, String suffix) {
        List<Path> files = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            String name = matcher.group() + suffix;
            resolve(folder, name).or(() -> resolve(directory, name)).ifPresent(files::add);
        }
        return files;
    }
}
