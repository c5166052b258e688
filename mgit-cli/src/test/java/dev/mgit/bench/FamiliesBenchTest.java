package dev.mgit.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mgit.cli.Cli;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every kind of made child through the whole store, by the benchmark that prints the table in the documentation: it
 * checks each out again and compares it byte for byte. Models are smaller here, so fixed costs weigh more.
 */
@Tag("slow")
class FamiliesBenchTest {
    /** Of a child whose tensors are all stored already only the header is new, and most of it is found in the parent's. */
    private static final String HEADER = "reference";

    /** What is computable from its parents takes a hundredth of its size at most. */
    private static final Map<String, String> COMPUTED = Map.ofEntries(
            Map.entry("pruned", "pruned"),
            Map.entry("more-words", HEADER),
            Map.entry("chat-sharded", HEADER),
            Map.entry("chat-code", "combine"),
            Map.entry("moe", HEADER),
            Map.entry("lora-merged", "low-rank"),
            Map.entry("chat-bf16", "cast"),
            Map.entry("chat-f16", "cast"),
            Map.entry("chat-f8", "cast"),
            Map.entry("chat-int8", "quantize"),
            Map.entry("chat-renamed", HEADER),
            Map.entry("chat-transposed", "transpose"),
            Map.entry("chat-fused", "slice-concat"),
            Map.entry("permuted-words", "rows"),
            Map.entry("tensor-parallel", "slice-concat"),
            Map.entry("pipeline-parallel", HEADER),
            Map.entry("chat-f8-e5m2", "cast"),
            Map.entry("tf32", "parent"),
            Map.entry("base-bf16", "cast"));

    /** Updates: what is new in them has to be stored. The sparse ones follow a dense one, and are not taken for it. */
    private static final Map<String, Double> UPDATED = Map.of(
            "chat", 1.4, "code", 1.8, "frozen", 3.0, "rl", 20.0, "step-2", 1.8, "rl-bf16", 20.0, "chat-of-bf16", 2.5);

    @Test
    void everyKindOfChildIsStoredByItsPredictor(@TempDir Path folder) {
        Cli.Ran ran = Cli.run(folder, "bench", "families", "--made-only", "--hidden", "128");
        assertThat(ran.exit()).as(ran.toString()).isZero();
        Map<String, List<String>> rows = new HashMap<>();
        ran.out().lines().skip(1).forEach(line -> {
            List<String> cells = Arrays.asList(line.split(" {2,}", -1));
            rows.put(cells.get(0), cells);
        });
        COMPUTED.forEach((child, predictor) -> {
            assertThat(ratio(rows, child)).as(child).isGreaterThan(100);
            assertThat(rows.get(child).get(6)).as(child).contains(predictor);
        });
        UPDATED.forEach(
                (child, least) -> assertThat(ratio(rows, child)).as(child).isGreaterThan(least));
        assertThat(ratio(rows, "net-a")).isGreaterThan(1);
        assertThat(ratio(rows, "net-rl-bf16")).isGreaterThan(ratio(rows, "net-a-bf16"));
        assertThat(rows.get("net-a-pruned").get(6)).contains("pruned");
        assertThat(rows.get("net-ab").get(6)).contains("combine");
        assertThat(rows.get("net-lora-merged").get(6)).contains("low-rank");
        assertThat(rows.get("step-2").get(6)).contains("extrapolate");
        assertThat(rows.get("tied").get(4)).isEqualTo("0 B");
    }

    private static double ratio(Map<String, List<String>> rows, String child) {
        assertThat(rows).containsKey(child);
        return Double.parseDouble(rows.get(child).get(5).replace("x", ""));
    }
}
