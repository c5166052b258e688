package dev.mgit.delta.planner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Codes that a calibration chose: how many follow from the floats? Real: 64 rows and 256 columns of a query matrix of
 * all-MiniLM-L6-v2 in bfloat16 and what reaches it from real text, quantized in groups of 64 by GPTQModel 7.7.0 (GPTQ, the
 * codes packed again by compressed-tensors 0.20.1) and AutoAWQ 0.2.9.
 */
class CalibratedTensorsTest {
    private static final String LAYER = "encoder.query.";

    private final InMemoryTensors shelf = new InMemoryTensors();
    private final Candidates candidates = new Candidates();
    private final Planner planner = new Planner(new EntropyCost());

    @ParameterizedTest
    @CsvSource({
        "gptq, qweight, packed-codes, 84",
        "gptq-v2, qweight, packed-codes, 84",
        "gptq-asym, qweight, packed-codes, 84",
        "gptq-act, qweight, packed-codes, 84",
        "gptq-8, qweight, packed-codes, 84",
        "awq, qweight, scaled-channels+packed-codes, 99",
        "packed, weight_packed, group-quantize, 81",
        "packed-asym, weight_packed, group-quantize, 81",
        "packed-awq, weight_packed, scaled-channels+packed-codes, 99",
    })
    void codesFollowFromFloats(String kind, String words, String predictor, int percent) throws IOException {
        Map<String, InMemoryTensors.Child> file = file(kind);
        InMemoryTensors.Child child = file.get(words);
        TensorPlan plan = planner.plan(child, candidates).orElseThrow();

        assertThat(plan.name()).isEqualTo(predictor);
        assertThat(right(child, plan, kind.endsWith("8") ? 8 : 4)).isGreaterThanOrEqualTo(percent);
    }

    /** What the file has of a kind, beside the parent that it was made of. */
    private Map<String, InMemoryTensors.Child> file(String kind) throws IOException {
        Map<String, InMemoryTensors.Child> all = RealTensors.read("minilm-query-calibrated.safetensors");
        InMemoryTensors.Child floats = all.get("weight");
        candidates.add(
                shelf.put(LAYER + "weight", floats.spec().dtype(), floats.spec().shape(), floats.bytes(), 0, "parent"));
        Map<String, InMemoryTensors.Child> file = new TreeMap<>();
        all.forEach((name, one) -> {
            if (name.startsWith(kind + "/")) {
                String own = name.substring(kind.length() + 1);
                file.put(
                        own,
                        InMemoryTensors.Child.of(
                                LAYER + own, one.spec().dtype(), one.spec().shape(), one.bytes()));
            }
        });
        file.values().forEach(child -> file.values().forEach(child::beside));
        return file;
    }

    /** Codes in a hundred that are predicted right, in blocks that begin at any word. */
    private double right(InMemoryTensors.Child child, TensorPlan plan, int bits) {
        int block = 428;
        int right = 0;
        int all = child.bytes().length * 8 / bits;
        for (int at = 0; at < child.bytes().length; at += block) {
            int length = Math.min(block, child.bytes().length - at);
            byte[] predicted = shelf.predicted(
                    plan.predictionFor(at, length).orElseThrow(), child.spec().dtype(), length);
            for (int i = 0; i < length * 8 / bits; i++) {
                right += code(predicted, 0, i, bits) == code(child.bytes(), at, i, bits) ? 1 : 0;
            }
        }
        return 100.0 * right / all;
    }

    private static int code(byte[] bytes, int from, int place, int bits) {
        return bytes[from + place * bits / 8] >> place * bits % 8 & (1 << bits) - 1;
    }
}
