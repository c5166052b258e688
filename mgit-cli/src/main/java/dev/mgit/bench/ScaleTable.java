package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.bench.Tool.Trial;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.codec.Effort;
import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** What a commit and a checkout take per GB, at sizes a hundredfold apart: it must stay flat. */
final class ScaleTable {
    private static final long[] SIZES = {100_000_000L, 1_000_000_000L, 4_000_000_000L, 16_000_000_000L};
    /** Parent, child, their store and what is checked out. */
    private static final double ROOM = 4.2;

    private final Output output;

    ScaleTable(Output output) {
        this.output = output;
    }

    void print(Path scratch) throws IOException {
        output.line("");
        output.line("By size, BF16, update 1e-04, balanced; seconds per GB");
        Table table = output.table("size", "commit", "cpu", "peak", "checkout", "out cpu", "out peak");
        for (long size : SIZES) {
            if (Files.getFileStore(scratch).getUsableSpace() < ROOM * size) {
                output.note(
                        Output.bytes(size) + "skipped: it needs " + Output.bytes((long) (ROOM * size)) + " of disk");
                continue;
            }
            Path folder = Files.createTempDirectory(scratch, "size-");
            ModelPair pair = new ModelPairs(folder, name -> true).fineTune(size, Element.BF16, 1e-4);
            Trial trial = new MgitTool(Effort.BALANCED).run(pair, Files.createDirectory(folder.resolve("tool")));
            Usage write = trial.write().orElseThrow();
            Usage read = trial.read().orElseThrow();
            double gigabytes = trial.inputBytes() / 1e9;
            table.row(
                    Output.bytes(trial.inputBytes()),
                    number(write.seconds() / gigabytes),
                    number(write.processor() / gigabytes),
                    Output.bytes(write.peakBytes()),
                    number(read.seconds() / gigabytes),
                    number(read.processor() / gigabytes),
                    Output.bytes(read.peakBytes()));
            Trees.delete(folder);
        }
        table.print();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
