package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.fixtures.GitServers;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The commands that one part of a benchmark of limits runs, each a process of its own and a row of a table. */
final class LimitSteps {
    private final Path scratch;
    private final LimitPart part;
    private final Table table;
    private long peak;

    LimitSteps(Path scratch, LimitPart part, Table table) throws IOException {
        this.scratch = scratch;
        this.part = part;
        this.table = table;
        Files.createDirectories(repository());
        Files.createDirectories(model());
    }

    /** A folder for a repository. */
    Path repository() {
        return scratch.resolve("repository");
    }

    /** A folder for a model's files. */
    Path model() {
        return scratch.resolve("model");
    }

    /** Resident memory of the largest process so far, in bytes. */
    long peak() {
        return peak;
    }

    /** Commits the model's folder, checks it out, and compares. */
    void inAndOut() throws IOException {
        Spawned.run(repository(), Spawned.mgit("init")).orFail("mgit init");
        mgit("commit", model().toString(), "--model", "m");
        mgit("checkout", "m", "out");
        requireSame(model(), out());
    }

    private Path out() {
        return repository().resolve("out");
    }

    private void requireSame(Path given, Path back) throws IOException {
        for (Path file : files(given)) {
            Contents.requireSame(
                    part.label(), file, back.resolve(given.relativize(file).toString()));
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /** Does something to a file. */
    interface Change {
        void to(Path file) throws IOException;
    }

    /** Changes every file that was checked out. */
    void change(Change change) throws IOException {
        for (Path file : files(out())) {
            change.to(file);
        }
    }

    /** Pushes to folders, clones from them, checks out what was checked out here, and compares. */
    void pushAndClone() throws IOException {
        Path lineage = scratch.resolve("lineage.git");
        String[] origin = {
            lineage.toString(), "--store", scratch.resolve("store").toUri().toString()
        };
        GitServers.bare(lineage);
        Spawned.run(repository(), Spawned.mgit("remote", "add", "origin", origin[0], origin[1], origin[2]))
                .orFail("mgit remote add");
        mgit("push", "origin");
        Path clone = scratch.resolve("clone");
        mgit("clone", lineage.toString(), clone.toString());
        Spawned.run(clone, Spawned.mgit("checkout", "m", "out")).orFail("mgit checkout");
        requireSame(out(), clone.resolve("out"));
        Trees.delete(clone);
    }

    void mgit(String... words) throws IOException {
        Usage usage = Spawned.run(repository(), Spawned.mgit(words)).orFail("mgit " + words[0]);
        peak = Math.max(peak, usage.peakBytes());
        table.row(
                part.label(),
                String.join(
                        " ",
                        List.of(words).stream()
                                .filter(word -> !word.startsWith("/"))
                                .toList()),
                String.format(Locale.ROOT, "%.1f", usage.seconds()),
                String.format(Locale.ROOT, "%.1f", usage.processor()),
                Output.bytes(usage.peakBytes()),
                Output.bytes(Contents.bytesBelow(repository().resolve(".mgit"))));
    }
}
