package dev.mgit.bench;

import dev.mgit.bench.Spawned.Usage;
import dev.mgit.cli.console.Output;
import dev.mgit.cli.console.Table;
import dev.mgit.delta.Dtype;
import dev.mgit.delta.TensorSpec;
import dev.mgit.fixtures.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What it takes to check out one tensor of a model: it must follow the tensor's size, not the model's. */
final class TensorTable {
    /** Of the model's values. */
    private static final Map<String, Integer> PERCENT = shares();

    private static final List<String> MEASURED = List.of("one", "ten");

    private static final int ROW = 1024;

    private final Output output;
    private final int runs;

    TensorTable(Output output, int runs) {
        this.output = output;
        this.runs = runs;
    }

    private static Map<String, Integer> shares() {
        Map<String, Integer> shares = new LinkedHashMap<>();
        shares.put("one", 1);
        shares.put("ten", 10);
        shares.put("rest", 89);
        return shares;
    }

    /** @param bytes of the model */
    void print(Path scratch, long bytes) throws IOException {
        List<TensorSpec> tensors = new ArrayList<>();
        PERCENT.forEach((name, percent) -> tensors.add(new TensorSpec(
                name, Dtype.BF16, List.of(Math.max(1, bytes / 100 * percent / ((long) Dtype.BF16.bytes() * ROW)), (long)
                        ROW))));
        var made = new Bf16File(tensors, 1);
        Path base = scratch.resolve("base.safetensors");
        Path tuned = scratch.resolve("tuned.safetensors");
        made.write(base, false);
        made.write(tuned, true);
        Path repository = new PreparedRepository(scratch, base, "balanced").fresh();
        Spawned.run(repository, Spawned.mgit("commit", tuned.toString(), "--model", "child", "--from", "parent"))
                .orFail("mgit commit");
        output.line("");
        output.line("One tensor of " + Output.bytes(made.size()) + ", predicted from a parent, median of " + runs);
        Table table = output.table("tensor", "of the model", "seconds", "cpu");
        for (String name : MEASURED) {
            row(table, name, PERCENT.getOrDefault(name, 0), median(repository, scratch.resolve("out"), name));
        }
        row(table, "all of them", 100, median(repository, scratch.resolve("out"), "*"));
        table.print();
    }

    private Usage median(Path repository, Path out, String tensors) throws IOException {
        List<Usage> usages = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
            Trees.delete(out);
            usages.add(Spawned.run(repository, Spawned.mgit("checkout", "child", out.toString(), "--tensors", tensors))
                    .orFail("mgit checkout"));
        }
        usages.sort(Comparator.comparingDouble(Usage::processor));
        return usages.get(runs / 2);
    }

    private static void row(Table table, String name, int percent, Usage usage) {
        table.row(
                name,
                percent + "%",
                String.format(Locale.ROOT, "%.2f", usage.seconds()),
                String.format(Locale.ROOT, "%.2f", usage.processor()));
    }
}
