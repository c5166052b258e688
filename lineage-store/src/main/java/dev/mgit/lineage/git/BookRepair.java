package dev.mgit.lineage.git;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Config;
import org.eclipse.jgit.lib.Repository;

/**
 * Mends the files by which Git finds its objects, so that the repository opens: configuration, HEAD, references that are
 * none, indexes of packs. What is replaced is kept in the folder {@code damaged}. Where references belong is no business
 * of this; see {@link GitRepair}.
 */
final class BookRepair {
    private static final Pattern REFERENCE = Pattern.compile("(ref: refs/[!-~]+|[0-9a-f]{40})\\R?");
    private static final Pattern DIRECT = Pattern.compile("[0-9a-f]{40}\\R?");
    private static final Pattern PACKED = Pattern.compile("[0-9a-f]{40} (refs/.+)");
    private static final Pattern PACKED_HEADER = Pattern.compile("# pack-refs with:( peeled| fully-peeled| sorted)+ ?");
    private static final Pattern PEELED = Pattern.compile("\\^[0-9a-f]{40}");
    private static final String DEFAULT_HEAD = "ref: refs/heads/master\n";

    private final Path git;
    private final List<String> done = new ArrayList<>();

    private BookRepair(Path git) {
        this.git = git;
    }

    /**
     * Works without opening the repository. The caller holds mgit's lock.
     *
     * @return what was done, a line each
     */
    static List<String> run(Path git) throws IOException {
        var repair = new BookRepair(git);
        for (String folder : List.of("refs/heads", "refs/tags", "objects/info", "objects/pack")) {
            Files.createDirectories(git.resolve(folder));
        }
        repair.config();
        repair.head();
        repair.packedReferences(name -> true);
        repair.looseReferences();
        repair.packIndexes();
        return repair.done;
    }

    /** Takes a reference away that leads to an object there is none of, so that it can be put where it belongs. */
    static void takeAway(Path git, String ref) throws IOException {
        var repair = new BookRepair(git);
        Path loose = git.resolve(ref);
        if (Files.isRegularFile(loose, LinkOption.NOFOLLOW_LINKS)) {
            repair.setAside(loose);
            Files.delete(loose);
            DurableNames.sync(folderOf(loose));
        }
        repair.packedReferences(name -> !name.equals(ref));
    }

    private void config() throws IOException {
        Path file = git.resolve("config");
        var config = new Config();
        String text = text(file);
        boolean sound;
        try {
            config.fromText(text);
            sound = config.getBoolean("core", null, "bare", false)
                    && config.getInt("core", null, "repositoryformatversion", -1) == 0;
        } catch (ConfigInvalidException | IllegalArgumentException e) {
            sound = false;
        }
        if (!sound) {
            config = new Config();
            config.setInt("core", null, "repositoryformatversion", 0);
            config.setBoolean("core", null, "filemode", true);
            config.setBoolean("core", null, "bare", true);
        }
        if (LineageFolder.configure(config, false)) {
            replace(file, config.toText());
            done.add(sound ? "set what was missing in lineage.git/config" : "wrote lineage.git/config again");
        }
    }

    private void head() throws IOException {
        Path file = git.resolve("HEAD");
        if (!REFERENCE.matcher(text(file)).matches()) {
            replace(file, DEFAULT_HEAD);
            done.add("wrote lineage.git/HEAD again");
        }
    }

    /**
     * Keeps the lines that say where a reference is, and where a tag leads if the first line says that they do; by name, since
     * the first line may say that too, and then they are looked up as if they were.
     */
    private void packedReferences(Predicate<String> wanted) throws IOException {
        Path file = git.resolve("packed-refs");
        List<String> lines = text(file).lines().toList();
        List<String> kept = new ArrayList<>();
        boolean header = !lines.isEmpty() && PACKED_HEADER.matcher(lines.get(0)).matches();
        boolean reference = false;
        for (String line : lines) {
            boolean peels = header
                    && (kept.isEmpty() || reference && PEELED.matcher(line).matches());
            reference = isPacked(line, wanted);
            if (reference || peels) {
                kept.add(line);
            }
        }
        List<String> sorted = sorted(kept);
        if (kept.size() < lines.size() || !sorted.equals(kept)) {
            sorted.add("");
            replace(file, sorted.size() == 1 ? "" : String.join("\n", sorted));
            done.add(
                    kept.size() < lines.size()
                            ? "took " + (lines.size() - kept.size()) + " damaged lines out of lineage.git/packed-refs"
                            : "put the lines of lineage.git/packed-refs in order");
        }
    }

    /** References by name, each with the line that says where its tag leads. */
    private static List<String> sorted(List<String> lines) {
        List<String> sorted = new ArrayList<>();
        Map<String, List<String>> references = new TreeMap<>();
        List<String> last = sorted;
        for (String line : lines) {
            Matcher packed = PACKED.matcher(line);
            if (packed.matches()) {
                last = references.computeIfAbsent(packed.group(1), name -> new ArrayList<>());
            }
            last.add(line);
        }
        references.values().forEach(sorted::addAll);
        return sorted;
    }

    private static boolean isPacked(String line, Predicate<String> wanted) {
        var packed = PACKED.matcher(new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        return packed.matches()
                && packed.group(1).indexOf('\ufffd') < 0
                && Repository.isValidRefName(packed.group(1))
                && wanted.test(packed.group(1));
    }

    private void looseReferences() throws IOException {
        for (Path file : files(git.resolve("refs"))) {
            String name = git.relativize(file).toString();
            boolean symbolic = name.startsWith("refs/remotes/") && name.endsWith("/HEAD"); // as Git has them
            if (!name.endsWith(".lock")
                    && !(symbolic ? REFERENCE : DIRECT).matcher(text(file)).matches()) {
                setAside(file);
                Files.delete(file);
                DurableNames.sync(folderOf(file));
                done.add("took away lineage.git/" + name + ", which names no object");
            }
        }
    }

    /** An index is made from its pack, which has all that is in it. */
    private void packIndexes() throws IOException {
        for (Path pack : files(git.resolve("objects/pack"))) {
            if (pack.toString().endsWith(".pack")) {
                Path index = PackIndexes.of(pack);
                if (!PackIndexes.isSound(index, pack) && GitFiles.endsWithItsHash(pack)) {
                    replace(index, PackIndexes.make(pack));
                    done.add("made the index of " + git.relativize(pack) + " again");
                }
            }
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList();
        }
    }

    /** Byte for byte; empty if there is no such file. */
    private static String text(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                ? Files.readString(file, StandardCharsets.ISO_8859_1)
                : "";
    }

    private void replace(Path file, String text) throws IOException {
        replace(file, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void replace(Path file, byte[] content) throws IOException {
        setAside(file);
        Path whole = file.resolveSibling(file.getFileName() + ".lock"); // removed after a crash, as Git's are
        Files.write(whole, content);
        DurableNames.syncTree(whole);
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        DurableNames.sync(folderOf(file));
    }

    private void setAside(Path file) throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Path folder = Files.createDirectories(git.resolve("damaged"));
            String name = git.relativize(file).toString().replace('/', '_').replace('\\', '_');
            Path free = folder.resolve(name);
            for (int number = 2; Files.exists(free); number++) {
                free = folder.resolve(name + "-" + number);
            }
            if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(file, free); // a folder where a file belongs is in its way
            } else {
                Files.copy(file, free);
            }
            DurableNames.syncTree(folder);
        }
    }

    private static Path folderOf(Path file) {
        return file.toAbsolutePath().resolveSibling("");
    }
}
