package dev.mgit.bench;

import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** By how much a repository grows with commits that have next to nothing new, part by part. */
final class GrowthTable {
    private static final int COMMITS = 20;
    private static final int BYTES = 1_300_000;
    /** New bytes of each version. */
    private static final int EDIT = 40;

    private final Output output;

    GrowthTable(Output output) {
        this.output = output;
    }

    private record Sizes(long options, long parameters, long git, long rest) {
        static Sizes of(Path mgit) throws IOException {
            long parameters = Contents.bytesBelow(mgit.resolve("parameters"));
            long git = Contents.bytesBelow(mgit.resolve("lineage.git"));
            long options;
            try (Stream<Path> files = Files.list(mgit.resolve("parameters"))) {
                options = files.filter(
                                file -> String.valueOf(file.getFileName()).startsWith("OPTIONS"))
                        .mapToLong(file -> file.toFile().length())
                        .sum();
            }
            return new Sizes(options, parameters - options, git, Contents.bytesBelow(mgit) - parameters - git);
        }

        long all() {
            return options + parameters + git + rest;
        }
    }

    void print(Path scratch) throws IOException {
        Random random = new Random(1);
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        Path file = scratch.resolve("model.unknown");
        Spawned.run(scratch, Spawned.mgit("init")).orFail("mgit init");
        List<Sizes> sizes = new ArrayList<>();
        for (int commit = 1; commit <= COMMITS; commit++) {
            for (int i = 0; i < EDIT; i++) {
                bytes[commit * (BYTES / (COMMITS + 1)) + i] ^= (byte) (1 + random.nextInt(255));
            }
            Files.write(file, bytes);
            Spawned.run(scratch, Spawned.mgit("commit", file.toString(), "--model", "model"))
                    .orFail("mgit commit");
            sizes.add(Sizes.of(scratch.resolve(".mgit")));
        }
        output.line("");
        output.line("Growth of .mgit, a file of " + Output.bytes(BYTES) + " of which each commit changes " + EDIT
                + " bytes");
        Table table =
                output.table("after commit", "RocksDB's options", "other parameters", "Git", "index and log", "all");
        for (int commit : new int[] {1, 2, 5, 10, 15, 20}) {
            row(table, String.valueOf(commit), sizes.get(commit - 1));
        }
        Sizes second = sizes.get(1);
        Sizes last = sizes.get(COMMITS - 1);
        int more = COMMITS - 2;
        row(
                table,
                "each, from 3 on",
                new Sizes(
                        (last.options() - second.options()) / more,
                        (last.parameters() - second.parameters()) / more,
                        (last.git() - second.git()) / more,
                        (last.rest() - second.rest()) / more));
        table.print();
    }

    private static void row(Table table, String what, Sizes sizes) {
        table.row(
                what,
                Output.bytes(sizes.options()),
                Output.bytes(sizes.parameters()),
                Output.bytes(sizes.git()),
                Output.bytes(sizes.rest()),
                Output.bytes(sizes.all()));
    }
}
