package dev.mgit.hooks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The files that Python code imports from its own folders, in the order Python looks; installed packages are not among them. */
final class PythonImports {
    private static final String STATEMENT = "(?:^|[;:])[ \\t]*";
    private static final Pattern IMPORT = Pattern.compile(STATEMENT + "import[ \\t]+([^\\n;#]+)", Pattern.MULTILINE);
    private static final Pattern FROM = Pattern.compile(
            STATEMENT + "from[ \\t]+(\\.*)[ \\t]*([\\w.]*)[ \\t]+import\\b[ \\t]*(\\([^)]*\\)|[^\\n;#]+)",
            Pattern.MULTILINE);
    private static final Pattern BY_NAME =
            Pattern.compile("(?:import_module|__import__)\\(\\s*[\"'](\\.*)([\\w.]+)[\"']");

    private final List<Path> roots = new ArrayList<>();

    /** @param directory where the command runs: looked in last */
    PythonImports(Path directory) {
        roots.add(directory);
    }

    /** The folder of a script that is run. */
    void addRoot(Path folder) {
        if (!roots.contains(folder)) {
            roots.add(roots.size() - 1, folder);
        }
    }

    /**
     * What some code imports.
     *
     * @param folder of the code, where relative imports start
     */
    List<Path> of(String code, Path folder) {
        String joined = code.replace("\\\n", " ");
        List<Path> files = new ArrayList<>();
        Matcher plain = IMPORT.matcher(joined);
        while (plain.find()) {
            for (String name : plain.group(1).split(",")) {
                files.addAll(absolute(name.strip().split("\\s")[0]));
            }
        }
        Matcher from = FROM.matcher(joined);
        while (from.find()) {
            String[] names = from.group(3).replaceAll("#[^\\n]*|[()]", " ").split(",");
            files.addAll(from(from.group(1).length(), from.group(2), names, folder));
        }
        Matcher named = BY_NAME.matcher(joined);
        while (named.find()) {
            files.addAll(from(named.group(1).length(), named.group(2), new String[0], folder));
        }
        return files;
    }

    private List<Path> from(int dots, String module, String[] names, Path folder) {
        List<String> wanted = new ArrayList<>();
        wanted.add(module);
        for (String name : names) {
            wanted.add((module.isEmpty() ? "" : module + ".") + name.strip().split("\\s")[0]);
        }
        List<Path> files = new ArrayList<>();
        for (String name : wanted) {
            files.addAll(dots == 0 ? absolute(name) : module(above(folder, dots - 1), name));
        }
        return files;
    }

    private static Path above(Path folder, int levels) {
        Path above = folder;
        for (int level = 0; level < levels; level++) {
            above = FolderTools.parent(above);
        }
        return above;
    }

    private List<Path> absolute(String name) {
        return roots.stream()
                .map(root -> module(root, name))
                .filter(files -> !files.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    /** The files of a module below a folder: itself, and those of the packages it is in; none if it is not there. */
    List<Path> module(Path folder, String name) {
        List<Path> files = new ArrayList<>();
        Path at = folder;
        for (String part : name.split("\\.")) {
            if (!part.matches("\\w+")) {
                return files;
            }
            Path file = at.resolve(part + ".py");
            at = at.resolve(part);
            List.of(at.resolve("__init__.py"), file).stream()
                    .filter(Files::isRegularFile)
                    .findFirst()
                    .ifPresent(files::add);
        }
        Path main = at.resolve("__main__.py");
        if (Files.isRegularFile(main)) {
            files.add(main);
        }
        return files;
    }
}
