package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mgit.fixtures.Element;
import dev.mgit.fixtures.Families;
import dev.mgit.fixtures.MadeModel;
import dev.mgit.fixtures.ModelShape;
import dev.mgit.fixtures.RealModel;
import dev.mgit.fixtures.RealModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole families, planned, coded and decoded. */
@Tag("slow")
class FamilyPlansTest {
    /** Real: one set of weights, published as ONNX and as safetensors. */
    @Test
    void aSecondFormatCostsNextToNothing() throws IOException {
        Optional<Path> folder = RealModels.miniLmSafetensors();
        assumeTrue(folder.isPresent(), "needs Python and its package index");
        try (PlannedFile files = new PlannedFile()) {
            files.store(0, RealModels.miniLm().weights());
            var second = files.store(0, folder.orElseThrow().resolve("model.safetensors"));

            assertThat(second.share()).isLessThan(0.001);
            assertThat(second.rawByPlan()).containsKeys("transpose", "same");
        }
    }

    /** Real: what onnxruntime's dynamic quantization made of a model. */
    @Test
    void aQuantizedModelFollowsFromItsFloats() throws IOException {
        assertQuantized(RealModels.miniLm(), RealModels.miniLmQuantized());
    }

    /** Real. */
    @Test
    void soDoesAnother() throws IOException {
        assertQuantized(RealModels.bgeSmallV15(), RealModels.bgeSmallV15Quantized());
    }

    /** Real: the columns of one of its layers differ by powers of ten. */
    @Test
    void soDoesOneOfUnevenColumns() throws IOException {
        assertQuantized(RealModels.e5Small(), RealModels.e5SmallQuantized());
    }

    private static void assertQuantized(RealModel model, RealModel quantized) throws IOException {
        try (PlannedFile files = new PlannedFile()) {
            files.store(0, model.weights());
            var second = files.store(0, quantized.weights());

            assertThat(second.share()).isLessThan(0.002);
            assertThat(second.rawByPlan()).containsKeys("quantize per tensor", "quantize per column", "absmax-scale");
        }
    }

    /** Made, one model of every kind. What is computable from its parents costs a hundredth at most. */
    @Test
    void everyKindOfChildIsRecognised(@TempDir Path dir) throws IOException {
        Map<String, String> computed = Map.ofEntries(
                Map.entry("more-words", "rows"),
                Map.entry("tied", "same"),
                Map.entry("chat-sharded", "same"),
                Map.entry("chat-code", "combine"),
                Map.entry("moe", "same"),
                Map.entry("pruned", "pruned"),
                Map.entry("lora-merged", "low-rank"),
                Map.entry("chat-bf16", "cast"),
                Map.entry("chat-f16", "cast"),
                Map.entry("chat-f8", "cast"),
                Map.entry("chat-int8", "quantize absmax"),
                Map.entry("chat-renamed", "same"),
                Map.entry("chat-transposed", "transpose"),
                Map.entry("chat-fused", "slice-concat"));
        Map<String, Double> updated = Map.of("chat", 0.70, "code", 0.55, "frozen", 0.20, "rl", 0.03, "step-1", 0.70);
        List<String> seen = new ArrayList<>();
        for (MadeModel model : Families.standard(1, new ModelShape(4000, 256, 2, Element.F32))) {
            model.writeTo(dir);
            String plan = computed.get(model.name());
            if (plan == null && !updated.containsKey(model.name())) {
                continue;
            }
            try (PlannedFile files = new PlannedFile()) {
                for (String parent : model.parents()) {
                    files.store(0, weights(dir.resolve(parent)));
                }
                var outcome = files.store(0, weights(dir.resolve(model.name())));
                assertThat(outcome.share())
                        .as("%s: %s", model.name(), outcome)
                        .isLessThan(plan == null ? updated.getOrDefault(model.name(), 0.0) : 0.01);
                assertThat(outcome.rawByPlan()).as(model.name()).containsKey(plan == null ? "parent" : plan);
                seen.add(model.name());
            }
        }
        assertThat(seen).hasSize(computed.size() + updated.size());
    }

    private static Path[] weights(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".safetensors"))
                    .sorted()
                    .toArray(Path[]::new);
        }
    }
}
