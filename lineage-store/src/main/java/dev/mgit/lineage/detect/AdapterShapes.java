package dev.mgit.lineage.detect;

import java.util.HashMap;
import java.util.Map;

/** Whether a low-rank adapter (Hu et al., LoRA, 2021) can be meant for a model: B·A has the shape of a weight. */
final class AdapterShapes {
    private AdapterShapes() {}

    /** The least rank of the factors. */
    static long rank(ModelSketch adapter) {
        return adapter.tensors().stream()
                .filter(tensor -> tensor.name().contains("lora_A"))
                .mapToLong(tensor -> Math.min(tensor.rows(), tensor.columns()))
                .min()
                .orElse(0);
    }

    /** Weights of a base that a pair of factors fits by name and shape; 0 if any pair fits none. */
    static int fitting(ModelSketch adapter, ModelSketch base) {
        Map<String, TensorSketch> factors = new HashMap<>();
        adapter.tensors().forEach(tensor -> factors.put(tensor.name(), tensor));
        int fitting = 0;
        for (TensorSketch a : adapter.tensors()) {
            TensorSketch b = factors.get(a.name().replace("lora_A", "lora_B"));
            if (!a.name().contains("lora_A") || b == null) {
                continue;
            }
            String target = a.name().replaceFirst("\\.?lora_A.*", "").replaceFirst("^base_model\\.model\\.", "");
            boolean fits = base.tensors().stream()
                    .anyMatch(weight -> weight.name().endsWith(target + ".weight")
                            && weight.rows() == b.rows()
                            && weight.columns() == a.columns());
            if (!fits) {
                return 0;
            }
            fitting++;
        }
        return fitting;
    }
}
